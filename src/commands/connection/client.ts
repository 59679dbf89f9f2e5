/** CLIENT: what the node knows of its connections. */
import type { ByteString } from '../../resp/bytes.ts';
import { parseInteger } from '../../resp/integer.ts';
import { ok, type Reply } from '../../resp/reply.ts';
import { defineContainer, defineSession } from '../command.ts';
import { CommandError, shown, syntaxError, wrongSubcommand } from '../command-error.ts';
import { helpReply } from '../help.ts';
import { timeoutMsOf } from '../numbers.ts';
import { describeClient } from './client-description.ts';
import { parseKill } from './client-kill.ts';
import { checkedAttribute, checkedName } from './client-name.ts';

const clientGetname = defineSession({
  name: 'GETNAME',
  group: 'connection',
  arity: 2,
  flags: ['noscript', 'loading', 'stale'],
  categories: ['connection'],
  doc: { summary: 'Returns the name of the connection.', since: '2.6.9', complexity: 'O(1)' },
  parse: () => undefined,
  run: ({ session }) => (session.name === '' ? null : session.name),
});

const clientHelp = defineSession({
  name: 'HELP',
  group: 'connection',
  arity: 2,
  flags: ['loading', 'stale'],
  categories: ['connection'],
  doc: { summary: 'Lists the subcommands.', since: '5.0.0', complexity: 'O(1)' },
  parse: () => undefined,
  run: () =>
    helpReply('CLIENT', [
      ['GETNAME', 'The name of this connection.'],
      ['ID', 'The number of this connection.'],
      ['INFO', 'What the node knows of this connection.'],
      ['KILL <ip:port>', 'Closes the connection from this address.'],
      [
        'KILL <option> <value> [<option> <value> [...]]',
        'Closes connections, by:',
        '* ADDR (<ip:port>|<unixsocket>:0)',
        '* LADDR (<ip:port>|<unixsocket>:0)',
        '* TYPE (NORMAL|PRIMARY|REPLICA|PUBSUB)',
        '* USER <username>',
        '* SKIPME (YES|NO)',
        '* ID <client-id>',
        '* MAXAGE <maxage>',
      ],
      [
        'LIST [options ...]',
        'What the node knows of its connections. Options:',
        '* TYPE (NORMAL|PRIMARY|REPLICA|PUBSUB)',
        '* ID <client-id> [<client-id> ...]',
      ],
      ['NO-EVICT (ON|OFF)', 'Accepted; this node evicts no clients.'],
      ['NO-TOUCH (ON|OFF)', 'Whether reading a key leaves its idle time alone.'],
      ['PAUSE <timeout> [WRITE|ALL]', 'Holds commands of all connections back, for <timeout> milliseconds.'],
      ['REPLY (ON|OFF|SKIP)', 'Whether this connection gets replies.'],
      ['SETINFO <option> <value>', 'Sets LIB-NAME or LIB-VER of this connection.'],
      ['SETNAME <name>', 'Names this connection.'],
      ['UNPAUSE', 'Ends a pause.'],
    ]),
});

const clientId = defineSession({
  name: 'ID',
  group: 'connection',
  arity: 2,
  flags: ['noscript', 'loading', 'stale'],
  categories: ['connection'],
  doc: { summary: 'Returns the number of the connection.', since: '5.0.0', complexity: 'O(1)' },
  parse: () => undefined,
  run: ({ session }) => session.id,
});

const clientInfo = defineSession({
  name: 'INFO',
  group: 'connection',
  arity: 2,
  flags: ['noscript', 'loading', 'stale'],
  categories: ['connection'],
  tips: ['nondeterministic_output'],
  doc: { summary: 'Describes the connection.', since: '6.2.0', complexity: 'O(1)' },
  parse: () => undefined,
  run: ({ session, environment }) => ({
    kind: 'verbatim',
    format: 'txt',
    text: `${describeClient(session, environment.clock.now())}\n`,
  }),
});

const clientKill = defineSession({
  name: 'KILL',
  group: 'connection',
  arity: -3,
  flags: ['admin', 'noscript', 'loading', 'stale'],
  categories: ['connection'],
  doc: {
    summary: 'Closes connections.',
    since: '2.4.0',
    complexity: 'O(N) where N is the number of client connections',
    arguments: [
      {
        name: 'filter',
        type: 'oneof',
        arguments: [
          { name: 'old-format', type: 'string', displayText: 'ip:port', deprecatedSince: '2.8.12' },
          {
            name: 'new-format',
            type: 'oneof',
            multiple: true,
            arguments: [
              { name: 'client-id', type: 'integer', token: 'ID', optional: true, since: '2.8.12' },
              {
                name: 'client-type',
                type: 'oneof',
                token: 'TYPE',
                optional: true,
                since: '2.8.12',
                arguments: [
                  { name: 'normal', type: 'pure-token', token: 'normal' },
                  { name: 'master', type: 'pure-token', token: 'master', since: '3.2.0' },
                  { name: 'primary', type: 'pure-token', token: 'primary', since: '8.0.0' },
                  { name: 'slave', type: 'pure-token', token: 'slave' },
                  { name: 'replica', type: 'pure-token', token: 'replica', since: '5.0.0' },
                  { name: 'pubsub', type: 'pure-token', token: 'pubsub' },
                ],
              },
              { name: 'username', type: 'string', token: 'USER', optional: true },
              { name: 'addr', type: 'string', displayText: 'ip:port', token: 'ADDR', optional: true },
              { name: 'laddr', type: 'string', displayText: 'ip:port', token: 'LADDR', optional: true, since: '6.2.0' },
              {
                name: 'skipme',
                type: 'oneof',
                token: 'SKIPME',
                optional: true,
                arguments: [
                  { name: 'yes', type: 'pure-token', token: 'YES' },
                  { name: 'no', type: 'pure-token', token: 'NO' },
                ],
              },
              { name: 'maxage', type: 'integer', token: 'MAXAGE', optional: true, since: '8.0.0' },
            ],
          },
        ],
      },
    ],
  },
  parse: (argv) => parseKill(argv),
  run: ({ session, server, environment }, { matches, skipMe, legacy }) => {
    const now = environment.clock.now();
    const victims = [...server.sessions].filter((other) => matches(other, now) && !(skipMe && other === session));
    if (legacy && victims.length === 0) throw new CommandError('ERR No such client');
    for (const victim of victims) {
      if (victim === session) victim.closeAfterReplies();
      else victim.kill();
    }
    return legacy ? ok : victims.length;
  },
});

const clientList = defineSession({
  name: 'LIST',
  group: 'connection',
  arity: -2,
  flags: ['admin', 'noscript', 'loading', 'stale'],
  categories: ['connection'],
  tips: ['nondeterministic_output'],
  doc: {
    summary: 'Describes the connections.',
    since: '2.4.0',
    complexity: 'O(N) where N is the number of client connections',
    arguments: [
      {
        name: 'client-type',
        type: 'oneof',
        token: 'TYPE',
        optional: true,
        since: '5.0.0',
        arguments: [
          { name: 'normal', type: 'pure-token', token: 'normal' },
          { name: 'master', type: 'pure-token', token: 'master' },
          { name: 'replica', type: 'pure-token', token: 'replica' },
          { name: 'pubsub', type: 'pure-token', token: 'pubsub' },
        ],
      },
      { name: 'client-id', type: 'integer', token: 'ID', optional: true, multiple: true, since: '6.2.0' },
    ],
  },
  parse: (argv) => parseList(argv.slice(2)),
  run: ({ server, environment }, { ids, type }) => {
    const now = environment.clock.now();
    const chosen =
      ids?.flatMap((id) => server.findSession(id) ?? []) ?? (type === 'normal' ? [...server.sessions] : []);
    const text = chosen.map((session) => `${describeClient(session, now)}\n`).join('');
    return { kind: 'verbatim', format: 'txt', text };
  },
});

interface ListOptions {
  /** In this order, and as often as they are named. */
  readonly ids?: readonly number[];
  /** Every client of this node is a normal one. */
  readonly type: string;
}

function parseList(words: readonly ByteString[]): ListOptions {
  const option = words[0]?.toUpperCase();
  if (option === undefined) return { type: 'normal' };
  if (option === 'TYPE' && words.length === 2) {
    const type = (words[1] as ByteString).toLowerCase();
    if (!clientTypes.includes(type))
      throw new CommandError(`ERR Unknown client type '${shown(words[1] as ByteString)}'`);
    return { type };
  }
  if (option !== 'ID' || words.length < 2) throw new CommandError(syntaxError);
  const ids = words.slice(1).map((word) => {
    const id = parseInteger(word);
    if (id === undefined) throw new CommandError('ERR Invalid client ID');
    return Number(id);
  });
  return { ids, type: 'normal' };
}

const clientTypes = ['normal', 'replica', 'slave', 'pubsub', 'master', 'primary'];

const clientNoEvict = defineSession({
  name: 'NO-EVICT',
  group: 'connection',
  arity: 3,
  flags: ['admin', 'noscript', 'loading', 'stale'],
  categories: ['connection'],
  doc: {
    summary: 'Says whether the connection may be closed to save memory.',
    since: '7.0.0',
    complexity: 'O(1)',
    arguments: [
      {
        name: 'enabled',
        type: 'oneof',
        arguments: [
          { name: 'on', type: 'pure-token', token: 'ON' },
          { name: 'off', type: 'pure-token', token: 'OFF' },
        ],
      },
    ],
  },
  parse: (argv) => onOrOff(argv[2] as ByteString),
  run: ({ session }, on) => {
    session.noEvict = on;
    return ok;
  },
});

function onOrOff(word: ByteString): boolean {
  const value = word.toUpperCase();
  if (value !== 'ON' && value !== 'OFF') throw new CommandError(syntaxError);
  return value === 'ON';
}

const clientNoTouch = defineSession({
  name: 'NO-TOUCH',
  group: 'connection',
  arity: 3,
  flags: ['noscript', 'loading', 'stale'],
  categories: ['connection'],
  doc: {
    summary: 'Says whether reading a key leaves its idle time alone.',
    since: '7.2.0',
    complexity: 'O(1)',
    arguments: [
      {
        name: 'enabled',
        type: 'oneof',
        arguments: [
          { name: 'on', type: 'pure-token', token: 'ON' },
          { name: 'off', type: 'pure-token', token: 'OFF' },
        ],
      },
    ],
  },
  parse: (argv) => onOrOff(argv[2] as ByteString),
  run: ({ session }, on) => {
    session.noTouch = on;
    return ok;
  },
});

const clientPause = defineSession({
  name: 'PAUSE',
  group: 'connection',
  arity: -3,
  flags: ['admin', 'noscript', 'loading', 'stale'],
  categories: ['connection'],
  doc: {
    summary: 'Holds the commands of all connections of this node back for a time.',
    since: '3.0.0',
    complexity: 'O(1)',
    arguments: [
      { name: 'timeout', type: 'integer' },
      {
        name: 'mode',
        type: 'oneof',
        optional: true,
        since: '6.2.0',
        arguments: [
          { name: 'write', type: 'pure-token', token: 'WRITE' },
          { name: 'all', type: 'pure-token', token: 'ALL' },
        ],
      },
    ],
  },
  parse: (argv, { environment }) => {
    if (argv.length > 4) throw new CommandError(wrongSubcommand('CLIENT', argv[1] as ByteString));
    const mode = argv[3]?.toUpperCase() ?? 'ALL';
    if (mode !== 'ALL' && mode !== 'WRITE') throw new CommandError('ERR CLIENT PAUSE mode must be WRITE or ALL');
    const timeoutMs = timeoutMsOf(argv[2] as ByteString, environment.clock.now());
    return { timeoutMs, mode: mode === 'ALL' ? ('all' as const) : ('write' as const) };
  },
  run: ({ server, environment }, { timeoutMs, mode }) => {
    server.pause(environment.clock.now() + timeoutMs, mode);
    return ok;
  },
});

const clientUnpause = defineSession({
  name: 'UNPAUSE',
  group: 'connection',
  arity: 2,
  flags: ['admin', 'noscript', 'loading', 'stale'],
  categories: ['connection'],
  doc: { summary: 'Ends a pause.', since: '6.2.0', complexity: 'O(N) Where N is the number of paused clients' },
  parse: () => undefined,
  run: ({ server }) => {
    server.unpause();
    return ok;
  },
});

const clientReply = defineSession({
  name: 'REPLY',
  group: 'connection',
  arity: 3,
  flags: ['noscript', 'loading', 'stale'],
  categories: ['connection'],
  doc: {
    summary: 'Turns the replies of the connection on or off.',
    since: '3.2.0',
    complexity: 'O(1)',
    arguments: [
      {
        name: 'action',
        type: 'oneof',
        arguments: [
          { name: 'on', type: 'pure-token', token: 'ON' },
          { name: 'off', type: 'pure-token', token: 'OFF' },
          { name: 'skip', type: 'pure-token', token: 'SKIP' },
        ],
      },
    ],
  },
  parse: (argv) => {
    const mode = (argv[2] as ByteString).toLowerCase();
    if (mode !== 'on' && mode !== 'off' && mode !== 'skip') throw new CommandError(syntaxError);
    return mode;
  },
  run: ({ session }, mode): Reply | undefined => {
    // What is off altogether stays off.
    if (mode !== 'skip' || session.replyMode !== 'off') session.replyMode = mode;
    return mode === 'on' ? ok : undefined;
  },
});

const clientSetinfo = defineSession({
  name: 'SETINFO',
  group: 'connection',
  arity: 4,
  flags: ['noscript', 'loading', 'stale'],
  categories: ['connection'],
  tips: ['request_policy:all_nodes', 'response_policy:all_succeeded'],
  doc: {
    summary: 'Names the library that the connection uses, or its version.',
    since: '7.2.0',
    complexity: 'O(1)',
    arguments: [
      {
        name: 'attr',
        type: 'oneof',
        arguments: [
          { name: 'libname', type: 'string', token: 'lib-name' },
          { name: 'libver', type: 'string', token: 'lib-ver' },
        ],
      },
    ],
  },
  parse: (argv) => {
    const option = (argv[2] as ByteString).toLowerCase();
    if (option !== 'lib-name' && option !== 'lib-ver') {
      throw new CommandError(`ERR Unrecognized option '${shown(argv[2] as ByteString)}'`);
    }
    return { option, value: checkedAttribute(argv[3] as ByteString, argv[2] as ByteString) };
  },
  run: ({ session }, { option, value }) => {
    if (option === 'lib-name') session.libraryName = value;
    else session.libraryVersion = value;
    return ok;
  },
});

const clientSetname = defineSession({
  name: 'SETNAME',
  group: 'connection',
  arity: 3,
  flags: ['noscript', 'loading', 'stale'],
  categories: ['connection'],
  tips: ['request_policy:all_nodes', 'response_policy:all_succeeded'],
  doc: {
    summary: 'Names the connection.',
    since: '2.6.9',
    complexity: 'O(1)',
    arguments: [{ name: 'connection-name', type: 'string' }],
  },
  parse: (argv) => checkedName(argv[2] as ByteString),
  run: ({ session }, name) => {
    session.name = name;
    return ok;
  },
});

export const client = defineContainer({
  name: 'CLIENT',
  group: 'connection',
  arity: -2,
  flags: [],
  doc: { summary: 'Manages connections.', since: '2.4.0', complexity: 'Depends on subcommand.' },
  subcommands: [
    clientGetname,
    clientHelp,
    clientId,
    clientInfo,
    clientKill,
    clientList,
    clientNoEvict,
    clientNoTouch,
    clientPause,
    clientReply,
    clientSetinfo,
    clientSetname,
    clientUnpause,
  ],
});
