/** CLIENT: what the node knows of its connections. */
import type { ByteString } from '../../resp/bytes.ts';
import { ok, type Reply } from '../../resp/reply.ts';
import { defineContainer, defineSession } from '../command.ts';
import { CommandError, shown, syntaxError, wrongSubcommand } from '../command-error.ts';
import { helpReply } from '../help.ts';
import { timeoutMsOf } from '../numbers.ts';
import { describeClient } from './client-description.ts';
import { clientKill } from './client-kill.ts';
import { clientList } from './client-list.ts';
import { clientUnblock } from './client-unblock.ts';
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
      [
        'UNBLOCK <clientid> [TIMEOUT|ERROR]',
        'Ends the wait of a connection that is blocked, as if its time were over or with an error.',
      ],
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
    clientUnblock,
    clientUnpause,
  ],
});
