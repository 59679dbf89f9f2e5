/** All formats are read, and what is wrong in a file is said with its line. */
import { describe, expect, it } from 'vitest';
import { decodeHistoryText, HistoryError, readHistory, writeHistory, type History } from '../../src/verify/index.ts';
import { mixes, randomHistory } from './support/random-history.ts';

const header = '{"format":"valthree-history","version":1,"model":"register"}';

function event(process: number, type: string, f: string, more: object = {}): string {
  return JSON.stringify({ process, type, f, ...more });
}

function operationsOf(text: string): History['operations'] {
  return readHistory(text).operations;
}

describe('JSON lines', () => {
  it('are events, which become operations in order of their calls', () => {
    const text = [
      header,
      event(0, 'invoke', 'write', { key: 'x', value: 1, time: 10, more: 'is ignored' }),
      event(1, 'invoke', 'read', { key: 'x', time: 11 }),
      '',
      event(1, 'ok', 'read', { key: 'x', value: 1, time: 12.5 }),
      event(0, 'ok', 'write', { key: 'x', time: 20 }),
      event(2, 'invoke', 'write', { key: 'x', value: 2, time: 21 }),
      event(2, 'fail', 'write', { key: 'x', time: 22 }),
      event(3, 'invoke', 'write', { key: 'x', value: 3, time: 23 }),
      event(3, 'info', 'write', { key: 'x', time: 24, error: 'timeout' }),
      event(4, 'invoke', 'read', { key: 'x', time: 25 }),
      '{"process":"nemesis","type":"info","f":"partition","time":26}',
    ].join('\r\n');
    expect(readHistory(text)).toEqual({
      model: 'register',
      initial: undefined,
      nullReadIsWildcard: false,
      operations: [
        { process: 0, f: 'write', key: 'x', input: 1, output: null, call: 10, return: 20, outcome: 'ok' },
        { process: 1, f: 'read', key: 'x', input: null, output: 1, call: 11, return: 12.5, outcome: 'ok' },
        { process: 2, f: 'write', key: 'x', input: 2, output: null, call: 21, return: 22, outcome: 'fail' },
        { process: 3, f: 'write', key: 'x', input: 3, output: null, call: 23, return: Infinity, outcome: 'info' },
        { process: 4, f: 'read', key: 'x', input: null, output: null, call: 25, return: Infinity, outcome: 'info' },
      ],
    });
  });

  it('need no header and no times', () => {
    const text = [event(7, 'invoke', 'read'), event(8, 'invoke', 'read'), event(7, 'ok', 'read', { value: 3 })].join(
      '\n',
    );
    expect(readHistory(text).model).toBeUndefined();
    expect(operationsOf(text)).toEqual([
      { process: 7, f: 'read', key: null, input: null, output: 3, call: 1, return: 3, outcome: 'ok' },
      { process: 8, f: 'read', key: null, input: null, output: null, call: 2, return: Infinity, outcome: 'info' },
    ]);
  });

  it('may be in any order that keeps that of each process', () => {
    const text = [
      event(0, 'invoke', 'read', { time: 5 }),
      event(0, 'ok', 'read', { time: 6 }),
      event(1, 'invoke', 'read', { time: 1 }),
      event(1, 'ok', 'read', { time: 2 }),
    ].join('\n');
    expect(operationsOf(text).map(({ process }) => process)).toEqual([1, 0]);
  });

  it('may note what is of no interest, under any name and with numbers of any length', () => {
    const line = event(7, 'invoke', 'read', { ops: 4, format: 'x', trace: { id: 1 } }).replace(
      '"id":1',
      `"id":${'9'.repeat(30)}`,
    );
    expect(operationsOf(line)).toMatchObject([{ process: 7, f: 'read' }]);
    expect(operationsOf(`${header}\n${line}`)).toMatchObject([{ process: 7, f: 'read' }]);
  });

  it('have transactions', () => {
    const invoked = [
      ['append', 'x', 1],
      ['r', 5, null],
    ];
    const done = [
      ['append', 'x', 1],
      ['r', 5, [1, 2]],
    ];
    const text = [
      '{"format":"valthree-history","version":1,"model":"list-append"}',
      event(0, 'invoke', 'txn', { value: invoked }),
      event(0, 'ok', 'txn', { value: done }),
      event(0, 'invoke', 'txn', { value: invoked }),
      event(0, 'info', 'txn', { value: invoked }),
    ].join('\n');
    const input = [
      ['append', 'x', 1],
      ['r', '5', null],
    ];
    expect(operationsOf(text).map(({ input, output }) => [input, output])).toEqual([
      [
        input,
        [
          ['append', 'x', 1],
          ['r', '5', [1, 2]],
        ],
      ],
      [input, null],
    ]);
  });

  it.each(Object.keys(mixes))('are written as they are read: %s', (model) => {
    const options = { seed: 5, operations: 300, keys: 3, clients: 5, uncertainPerMille: 100, mix: mixes[model]! };
    const history = randomHistory(model, options);
    expect(readHistory(writeHistory(history))).toEqual(history);
  });

  it('are written with an answer of unknown time at the end', () => {
    const read = {
      process: 0,
      f: 'read',
      key: null,
      input: null,
      output: 1,
      call: 1,
      return: Infinity,
      outcome: 'ok',
    } as const;
    const write = { ...read, process: 1, f: 'write', input: 1, output: null, call: 2, return: 9 } as const;
    const history = { model: 'register', initial: 0, nullReadIsWildcard: true, operations: [read, write] };
    expect(readHistory(writeHistory(history))).toEqual({ ...history, operations: [{ ...read, return: 9 }, write] });
  });
});

describe('other formats', () => {
  it('a JSON object, in one line or in many', () => {
    const operation = { process: 3, f: 'cas', key: 'k', input: [1, 2], output: true, call: 4, return: 6, ok: true };
    const uncertain = { ...operation, process: 4, output: null, call: 2, return: null, ok: 'unknown' };
    const document = {
      model: 'cas-register',
      init: 1,
      nullReadIsWildcard: true,
      expected: 'ok',
      ops: [operation, uncertain],
    };
    const expected: History = {
      model: 'cas-register',
      initial: 1,
      nullReadIsWildcard: true,
      operations: [
        { process: 4, f: 'cas', key: 'k', input: [1, 2], output: null, call: 2, return: Infinity, outcome: 'info' },
        { process: 3, f: 'cas', key: 'k', input: [1, 2], output: true, call: 4, return: 6, outcome: 'ok' },
      ],
    };
    expect(readHistory(JSON.stringify(document))).toEqual(expected);
    expect(readHistory(JSON.stringify(document, undefined, 2))).toEqual(expected);
  });

  it('a JSON object of transactions', () => {
    const txn = [
      ['r', 'x', [1]],
      ['append', 'y', 2],
    ];
    const text = JSON.stringify({ model: 'list-append', ops: [{ process: 0, txn, call: 0, return: 1, ok: true }] });
    expect(operationsOf(text)).toEqual([
      {
        process: 0,
        f: 'txn',
        key: null,
        input: [
          ['r', 'x', null],
          ['append', 'y', 2],
        ],
        output: txn,
        call: 0,
        return: 1,
        outcome: 'ok',
      },
    ]);
  });

  it('logs of Jepsen', () => {
    const text = `INFO  jepsen.util - 0	:invoke	:read	nil
INFO  jepsen.core - nemesis cut the network
INFO  jepsen.util - 0	:ok	:read	nil
INFO  jepsen.util - 1   :invoke :cas    [3 -1]
INFO  jepsen.util - :nemesis	:info	:start	nil
INFO  jepsen.util - 2	:invoke	:cas	[0 2]
INFO  jepsen.util - 1   :fail   :cas    [3 -1]
INFO  jepsen.util - 2	:ok	:cas	[0 2]
INFO  jepsen.util - 1	:invoke	:write	4
INFO  jepsen.util - 1	:info	:write	:timed-out
INFO  jepsen.util - 0	:invoke	:read	nil
INFO  jepsen.util - 0	:fail	:read	:timed-out
`;
    const history = readHistory(text);
    expect([history.model, history.initial]).toEqual(['cas-register', null]);
    expect(history.operations).toEqual([
      { process: 0, f: 'read', key: null, input: null, output: null, call: 1, return: 3, outcome: 'ok' },
      { process: 1, f: 'cas', key: null, input: [3, -1], output: false, call: 4, return: 7, outcome: 'ok' },
      { process: 2, f: 'cas', key: null, input: [0, 2], output: true, call: 6, return: 8, outcome: 'ok' },
      { process: 1, f: 'write', key: null, input: 4, output: null, call: 9, return: Infinity, outcome: 'info' },
      { process: 0, f: 'read', key: null, input: null, output: null, call: 11, return: 12, outcome: 'fail' },
    ]);
  });

  it('logs of Jepsen in which a cas fails for another reason than the value', () => {
    const text = `INFO  jepsen.util - 0	:invoke	:cas	[1 2]
INFO  jepsen.util - 0	:fail	:cas	:connection-refused
INFO  jepsen.util - 0	:invoke	:cas	[1 2]
INFO  jepsen.util - 0	:fail	:cas	:timed-out
INFO  jepsen.util - 0	:invoke	:cas	[1 2]
INFO  jepsen.util - 0	:fail	:cas	[1 2]
INFO  jepsen.util - 3	:invoke	:read	nil
`;
    expect(operationsOf(text).map(({ process, outcome, output }) => [process, outcome, output])).toEqual([
      [0, 'fail', null],
      [0, 'info', null],
      [4, 'ok', false],
      [3, 'info', null],
    ]);
  });

  it('a JSON object whose first line ends as an event does', () => {
    const operation = { process: 3, f: 'read', key: 5, input: null, output: 1, call: 4, return: 6, ok: true };
    const text = `{"model":"register","ops":[${JSON.stringify(operation)}\n,${JSON.stringify({ ...operation, call: 7, return: 8 })}]}`;
    // A number as a key is its text, as in JSON lines.
    expect(operationsOf(text).map(({ key, call }) => [key, call])).toEqual([
      ['5', 4],
      ['5', 7],
    ]);
  });

  it("Porcupine's key-value logs", () => {
    const text = String.raw`{:process 0, :type :invoke, :f :append, :key "a \"b\"", :value "x\n"}
{:process 1, :type :invoke, :f :get, :key "a \"b\"", :value nil}
{:process 1, :type :ok, :f :get, :key "a \"b\"", :value "x\n\\"}
{:process 0, :type :ok, :f :append, :key "a \"b\"", :value "x\n"}`;
    const history = readHistory(text);
    expect([history.model, history.initial]).toEqual(['kv', '']);
    expect(history.operations).toEqual([
      { process: 0, f: 'append', key: 'a "b"', input: 'x\n', output: null, call: 1, return: 4, outcome: 'ok' },
      { process: 1, f: 'get', key: 'a "b"', input: null, output: 'x\n\\', call: 2, return: 3, outcome: 'ok' },
    ]);
  });
});

describe('what JSON can say and a number cannot', () => {
  const invoke = event(0, 'invoke', 'write', { value: '#', time: 1 });
  const advice = 'has more digits than a number can keep: write it as a string';
  it.each<[string, string, string]>([
    ['a value', invoke.replace('"#"', '9007199254740993'), `line 1: 9007199254740993 ${advice}`],
    [
      'a value within a value',
      `\n${invoke.replace('"#"', '{"a":[1,{"b":-9007199254740992}]}')}`,
      'line 2: -9007199254740992',
    ],
    ['a fraction', invoke.replace('"#"', '0.1234567890123456789'), `line 1: 0.1234567890123456789 ${advice}`],
    [
      'an initial value',
      header.replace('}', ',"initial":12345678901234567890}'),
      `line 1: 12345678901234567890 ${advice}`,
    ],
    [
      'a time in nanoseconds',
      invoke.replace('"time":1', '"time":1700000000000000000'),
      'line 1: 1700000000000000000 has more digits than a number can keep: subtract an offset from the times',
    ],
    [
      'a time of a JSON object',
      `{"model":"register","ops":[\n{"process":0,"f":"read","call":1700000000000000000,"return":null,"ok":"unknown"}]}`,
      'line 2: 1700000000000000000 has more digits than a number can keep: subtract an offset from the times',
    ],
    ['infinity', invoke.replace('"#"', '1e400'), 'line 1: the value must not be or contain Infinity'],
    [
      'a value of Jepsen',
      'INFO  jepsen.util - 0\t:invoke\t:write\t9007199254740993',
      'line 1: 9007199254740993 is too',
    ],
  ])('is refused as %s', (_, text, message) => {
    expect(() => readHistory(text)).toThrow(HistoryError);
    expect(() => readHistory(text)).toThrow(message);
  });

  it.each([
    '9007199254740991',
    '0.30000000000000004',
    '1e300',
    '1234567890.1234567',
    '"9007199254740993"',
    '"12345678901234567890: 1"',
  ])('is not suspected of %s', (value) => {
    expect(operationsOf(invoke.replace('"#"', value))[0]!.input).toBe(JSON.parse(value));
  });
});

describe('bytes', () => {
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

  it('are UTF-8, with or without a mark', () => {
    expect(decodeHistoryText(encode('é\n'))).toBe('é\n');
    expect(decodeHistoryText(encode('\uFEFFé'))).toBe('é');
  });

  it.each([
    ['a torn character', [...encode('é\né'), 0x0a, 0xe9, 0x22, 0x0a], 'line 3: this is not UTF-8'],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0x00], 'line 1: this is not UTF-8'],
  ])('are refused where they are %s', (_, bytes, message) => {
    expect(() => decodeHistoryText(Uint8Array.from(bytes))).toThrow(HistoryError);
    expect(() => decodeHistoryText(Uint8Array.from(bytes))).toThrow(message);
  });
});

describe('what is nested without end', () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  it.each([
    ['a value', event(0, 'invoke', 'write', { value: 0 }).replace(':0}', `:${deep}}`)],
    ['a name', `{"process":${deep}}`],
    ['a transaction', event(0, 'invoke', 'txn', { value: 0 }).replace(':0}', `:${deep}}`)],
    ['a JSON object', `{"model":"register","ops":${deep}}`],
  ])('is refused: %s', (_, text) => {
    expect(() => readHistory(text)).toThrow('line 1: the value must not be nested more than 1000 deep');
  });
});

describe('what is wrong is said with its line', () => {
  const invoke = event(0, 'invoke', 'write', { value: 1 });
  const pretty = JSON.stringify({ model: 'register', ops: [{ process: 0 }] }, undefined, 1);
  const operation = { process: 0, f: 'read', input: null, output: 1, call: 1, return: 2, ok: true };
  const document = (...changes: object[]): string =>
    JSON.stringify({ model: 'register', ops: changes.map((change) => ({ ...operation, ...change })) });
  it.each<[string, string, string]>([
    ['nothing', ' \n', 'there is nothing in it'],
    ['a text', 'hello\n', 'line 1: this is no history'],
    ['an array', '\n[1]', 'line 2: this is no history'],
    ['a torn line', `${header}\n${invoke}\n{"process":`, 'line 3: this is not JSON'],
    ['another version', header.replace('1', '2'), 'line 1: version 2 of the format is not known; this program knows 1'],
    ['another format', header.replace('valthree-history', 'x'), 'line 1: the format must be "valthree-history"'],
    ['a header that says more', header.replace('}', ',"x":1}'), 'line 1: the header has an unknown name, "x"'],
    ['a second header', `${invoke}\n${header}`, 'line 2: a header stands in the first line or nowhere'],
    ['no process', `${header}\n{"type":"ok","f":"read"}`, 'line 2: process must be a whole number, not null'],
    ['no type', `${header}\n{"process":1,"type":"done","f":"read"}`, 'line 2: type must be invoke, ok, fail or info'],
    ['no f', `${header}\n{"process":1,"type":"ok"}`, 'line 2: f must be a string'],
    ['a key that is a list', event(1, 'invoke', 'read', { key: [] }), 'line 1: key must be a string'],
    ['a time that is a word', event(1, 'invoke', 'read', { time: 'now' }), 'line 1: time must be a number'],
    [
      'times here and there',
      `${invoke}\n${event(0, 'ok', 'write', { time: 4 })}`,
      'line 2: either all events have a time',
    ],
    ['an end without a beginning', event(0, 'ok', 'write'), 'line 1: process 0 ends write and has not invoked it'],
    [
      'another end',
      `${invoke}\n${event(0, 'ok', 'read')}`,
      'line 2: process 0 ends read and has invoked something else in',
    ],
    ['two beginnings', `${invoke}\n${invoke}`, 'line 2: process 0 invokes write while write of line 1 has not ended'],
    [
      'an end before its beginning',
      `${event(0, 'invoke', 'read', { time: 4 })}\n${event(0, 'ok', 'read', { time: 3 })}`,
      'line 2: time 3 of process 0 is before 4',
    ],
    [
      'a process back from the dead',
      `${invoke}\n${event(0, 'info', 'write')}\n${invoke}`,
      'line 3: process 0 ended with info in line 2',
    ],
    [
      'an unknown operation',
      `${header}\n${event(0, 'invoke', 'push')}`,
      'line 2: f must be one of read, write, delete, not "push"',
    ],
    [
      'a wrong argument',
      `${header}\n${event(0, 'invoke', 'read', { value: 1 })}`,
      'line 2: the value that read is called with must be null',
    ],
    [
      'a wrong answer',
      `${header.replace('register', 'counter')}\n${event(0, 'invoke', 'read')}\n${event(0, 'ok', 'read', { value: '1' })}`,
      'line 2: the value that read answers must be a whole number, not "1"',
    ],
    ['a wrong beginning', header.replace('"register"', '"counter","initial":"x"'), 'line 1: the initial value must be'],
    [
      'a beginning with null, which pop would give for nothing',
      header.replace('"register"', '"queue","initial":[1,null]'),
      'line 1: the initial value must be an array without null',
    ],
    [
      'a transaction that is none',
      event(0, 'invoke', 'txn', { value: [['w', 'x', 1]] }),
      'line 1: an operation of a transaction must be',
    ],
    ['a torn object', '{\n"ops": [\n{,}]}', 'line 3: this is not JSON'],
    ['ops that are none', '{\n"ops": 3}', 'line 1: ops must be an array'],
    ['an operation of an object', pretty, 'line 4: ops[0]: ok must be true, false or "unknown", not null'],
    ['a call that is none', document({}, { call: '3' }), 'line 1: ops[1]: call must be a number'],
    ['an uncertain one that returns', document({ ok: 'unknown' }), 'ops[0]: return must be null where ok is "unknown"'],
    ['a return before the call', document({ return: 0 }), 'line 1: it returns at 0, before it is called at 1'],
    ['a busy process', document({}, { call: 1.5, return: 3 }), 'line 1: process 0 calls it at 1.5 and is busy until 2'],
    [
      'a log of something else',
      'INFO  jepsen.util - 0\t:invoke\t:enqueue\t1',
      'line 1: a line must be "INFO jepsen.util',
    ],
    ['a log with a wrong value', 'INFO  jepsen.util - 0\t:invoke\t:cas\t1', 'line 1: the value of cas must be'],
    [
      'a log that ends another cas',
      'INFO  jepsen.util - 0\t:invoke\t:cas\t[1 2]\nINFO  jepsen.util - 0\t:fail\t:cas\t[1 3]',
      'line 2: it ends another cas than the one of line 1',
    ],
    ['a log that answers a reason', 'INFO  jepsen.util - 0\t:ok\t:read\t:eof', 'line 1: the value of read must be nil'],
    [
      'a log with other things',
      'INFO  jepsen.util - 0\t:invoke\t:read\tnil\nthe end',
      'line 2: this is no line of a Jepsen log',
    ],
    ['a torn map', '{:process 0, :type :invoke', 'line 1: a line must be {:process 0'],
    [
      'an unknown escape',
      String.raw`{:process 0, :type :invoke, :f :put, :key "a", :value "\q"}`,
      String.raw`line 1: the escape \q is not known`,
    ],
  ])('%s', (_, text, message) => {
    expect(() => readHistory(text)).toThrow(HistoryError);
    expect(() => readHistory(text)).toThrow(message);
  });

  it('in the line of the operation in an object of many lines', () => {
    const ops = [
      { ...operation, key: 'a"],[{' },
      { ...operation, process: 1, call: 0 },
      { ...operation, process: 2, f: 'x' },
    ];
    const text = JSON.stringify({ other: [[1], { ops: [] }], 'o"ps': 1, model: 'register', ops }, undefined, 2);
    const line = 1 + text.slice(0, text.lastIndexOf('{')).split('\n').length - 1;
    expect(() => readHistory(text)).toThrow(`line ${line}: f must be one of`);
  });
});
