/** What a testing platform is told of properties, by the programs themselves. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { antithesisWatcher } from '../../src/cli/antithesis.ts';
import { nodeProperties } from '../../src/environment/properties.ts';
import { workloadProperties } from '../../src/workload/properties.ts';
import { NodeProcess, valthree } from '../support/node-process.ts';

interface Line {
  readonly antithesis_sdk?: object;
  readonly antithesis_setup?: object;
  readonly antithesis_assert?: { id: string; assert_type: string; hit: boolean; condition: boolean; must_hit: boolean };
}

const directory = mkdtempSync(join(tmpdir(), 'valthree-antithesis-'));
const file = join(directory, 'sdk.jsonl');
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function lines(path = file): Line[] {
  const text = readFileSync(path, 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

it('is there only where a platform asks for it', () => {
  expect(antithesisWatcher(nodeProperties, {})).toBeUndefined();
  expect(antithesisWatcher(nodeProperties, { ANTITHESIS_OUTPUT_DIR: '' })).toBeUndefined();
  expect(() => antithesisWatcher(nodeProperties, { ANTITHESIS_OUTPUT_DIR: join(directory, 'none') })).toThrow(
    /ANTITHESIS_OUTPUT_DIR.*ENOENT/,
  );
});

it('tells of each property once as holding and once as not', () => {
  const path = join(directory, 'local.jsonl');
  const watcher = antithesisWatcher(nodeProperties, { ANTITHESIS_SDK_LOCAL_OUTPUT: path })!;
  const declared = lines(path);
  expect(declared[0]).toHaveProperty('antithesis_sdk.language.name', 'JavaScript');
  expect(declared.slice(1).map((line) => line.antithesis_assert?.id)).toEqual(
    Object.values(nodeProperties).map(({ message }) => message),
  );
  expect(declared.slice(1).every((line) => line.antithesis_assert?.hit === false)).toBe(true);
  for (const holds of [true, true, false, false]) watcher.observe(nodeProperties.commandsShareCommit, holds, { of: 2 });
  watcher.observe(nodeProperties.databaseVanished, true);
  expect(lines(path).slice(declared.length)).toEqual([
    ...[true, false].map((condition): unknown => ({
      antithesis_assert: {
        id: nodeProperties.commandsShareCommit.message,
        message: nodeProperties.commandsShareCommit.message,
        assert_type: 'sometimes',
        display_type: 'Sometimes',
        must_hit: true,
        location: expect.objectContaining({ begin_line: 0 }) as unknown,
        hit: true,
        condition,
        details: { of: 2 },
      },
    })),
    { antithesis_assert: expect.objectContaining({ hit: true, condition: false, must_hit: false }) as unknown },
  ]);
});

it('is told by a node and by the workload what they have seen, and that all is up', async () => {
  const env = { ANTITHESIS_OUTPUT_DIR: directory };
  const node = new NodeProcess(['serve', '--addr', '127.0.0.1:0', '--store', 'memory:', '--json'], env);
  const port = await node.port();
  const run = await valthree(['workload', '--addrs', `127.0.0.1:${port}`, '--iterations', '2', '--seed', '7'], env);
  expect(run.code).toBe(0);
  await node.kill('SIGTERM');
  const seen = lines();
  expect(seen.filter((line) => line.antithesis_setup !== undefined)).toEqual([
    { antithesis_setup: { status: 'complete', details: { servers: `127.0.0.1:${port}` } } },
  ]);
  const hit = seen.flatMap(({ antithesis_assert: assert }) =>
    assert?.hit === true && assert.condition ? assert.id : [],
  );
  for (const property of [nodeProperties.databaseAbsent, nodeProperties.commandsShareCommit]) {
    expect(hit).toContain(property.message);
  }
  for (const property of [workloadProperties.linearizable, workloadProperties.serializable]) {
    expect(hit).toContain(property.message);
  }
  const broken = seen.filter(({ antithesis_assert: assert }) => assert?.hit && !assert.condition);
  expect(broken.filter(({ antithesis_assert: assert }) => assert?.assert_type === 'always')).toEqual([]);
});
