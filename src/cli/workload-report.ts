/** What `valthree workload` says and writes of an iteration in which a promise was broken. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderReport } from '../verify/report/html.ts';
import { writeHistory } from '../verify/readers/write-history.ts';
import type { Iteration } from '../workload/runner.ts';
import { describeVerdict } from './describe-verdict.ts';

const answersShown = 10;

/** @param directory where the histories and their reports go */
export function reportViolation(iteration: Iteration, seed: number, directory: string): void {
  const { index, judgements, wrongAnswers } = iteration;
  const stem = join(directory, `workload-${seed}-${index}`);
  if (wrongAnswers.length > 0) reportAnswers(wrongAnswers, `${stem}.answers.txt`);
  for (const { history, verdict } of judgements) {
    if (verdict.verdict !== 'illegal') continue;
    const path = `${stem}.${verdict.model}`;
    process.stdout.write(describeVerdict(verdict, `${path}.jsonl`, 0));
    writeFileSync(`${path}.jsonl`, writeHistory(history));
    const notes = [`valthree workload, seed ${seed}, iteration ${index}`];
    writeFileSync(`${path}.html`, renderReport(verdict, { title: 'A promise was broken', notes }));
    print(`the report: ${path}.html`);
  }
}

function reportAnswers(wrongAnswers: readonly string[], path: string): void {
  print('a promise was broken: answers that nothing that was asked can have');
  for (const answer of wrongAnswers.slice(0, answersShown)) print(`  ${answer}`);
  const more = wrongAnswers.length - answersShown;
  if (more > 0) print(`  and ${more} more`);
  writeFileSync(path, wrongAnswers.map((answer) => `${answer}\n`).join(''));
  print(`all of them: ${path}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
