/** Commands that concern the connection itself. */
import type { ByteString } from '../../resp/bytes.ts';
import { parseInteger } from '../../resp/integer.ts';
import { ok, simple, type Reply } from '../../resp/reply.ts';
import { defineSession, type Arguments, type SessionContext } from '../command.ts';
import { CommandError, indexOutOfRange, shown, syntaxError, wrongArity } from '../command-error.ts';
import { int32, rangedIntegerOf } from '../numbers.ts';
import { isSubscribedInResp2 } from '../pubsub/subscribed.ts';
import { checkedName } from './client-name.ts';

export const ping = defineSession({
  name: 'PING',
  group: 'connection',
  arity: -1,
  flags: ['fast'],
  categories: ['connection'],
  tips: ['request_policy:all_shards', 'response_policy:all_succeeded'],
  doc: {
    summary: 'Answers, to show that the node is there.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [{ name: 'message', type: 'string', optional: true }],
  },
  parse: (argv) => {
    if (argv.length > 2) throw new CommandError(wrongArity('ping'));
    return argv[1];
  },
  run: ({ session }, message) => {
    if (isSubscribedInResp2(session)) return ['pong', message ?? ''];
    return message ?? pong;
  },
});

const pong = simple('PONG');

export const echo = defineSession({
  name: 'ECHO',
  group: 'connection',
  arity: 2,
  flags: ['loading', 'stale', 'fast'],
  categories: ['connection'],
  doc: {
    summary: 'Returns its argument.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [{ name: 'message', type: 'string' }],
  },
  parse: (argv) => argv[1] as ByteString,
  run: (_, message) => message,
});

export const select = defineSession({
  name: 'SELECT',
  group: 'connection',
  arity: 2,
  flags: ['loading', 'stale', 'fast'],
  categories: ['connection'],
  doc: {
    summary: 'Selects a database for this connection.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [{ name: 'index', type: 'integer' }],
  },
  parse: (argv) => rangedIntegerOf(argv[1] as ByteString, int32),
  selects: ({ server }, db) => (db >= 0 && db < server.configuration.databases ? db : undefined),
  run: ({ session, server }, db) => {
    if (db < 0 || db >= server.configuration.databases) throw new CommandError(indexOutOfRange);
    session.db = db;
    return ok;
  },
});

export const quit = defineSession({
  name: 'QUIT',
  group: 'connection',
  arity: -1,
  flags: ['allow_busy', 'noscript', 'loading', 'stale', 'fast', 'no_auth'],
  categories: ['connection'],
  doc: {
    summary: 'Closes the connection.',
    since: '1.0.0',
    complexity: 'O(1)',
    deprecatedSince: '7.2.0',
    replacedBy: 'just closing the connection',
  },
  parse: () => undefined,
  run: ({ session }) => {
    session.closeAfterReplies();
    return ok;
  },
});

export const reset = defineSession({
  name: 'RESET',
  group: 'connection',
  arity: 1,
  flags: ['noscript', 'loading', 'stale', 'fast', 'no_auth', 'allow_busy'],
  categories: ['connection'],
  doc: { summary: 'Puts the connection back into the state of a new one.', since: '6.2.0', complexity: 'O(1)' },
  parse: () => undefined,
  run: ({ session }) => {
    session.reset();
    return simple('RESET');
  },
});

export const auth = defineSession({
  name: 'AUTH',
  group: 'connection',
  arity: -2,
  flags: ['noscript', 'loading', 'stale', 'fast', 'no_auth', 'allow_busy'],
  categories: ['connection'],
  doc: {
    summary: 'Authenticates the connection.',
    since: '1.0.0',
    complexity: 'O(N) where N is the number of passwords defined for the user',
    arguments: [
      { name: 'username', type: 'string', optional: true, since: '6.0.0' },
      { name: 'password', type: 'string' },
    ],
  },
  parse: (argv) => {
    if (argv.length > 3) throw new CommandError(syntaxError);
    return argv.length === 2
      ? { user: undefined, password: argv[1] as ByteString }
      : { user: argv[1] as ByteString, password: argv[2] as ByteString };
  },
  run: (context, { user, password }) => {
    if (user === undefined && !context.server.passwordRequired) {
      throw new CommandError(
        'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
      );
    }
    authenticate(context, user ?? 'default', password);
    return ok;
  },
});

function authenticate({ session, server }: SessionContext, user: ByteString, password: ByteString): void {
  if (!server.checkPassword(user, password)) {
    throw new CommandError('WRONGPASS invalid username-password pair or user is disabled.');
  }
  session.authenticated = true;
}

export const hello = defineSession({
  name: 'HELLO',
  group: 'connection',
  arity: -1,
  flags: ['noscript', 'loading', 'stale', 'fast', 'no_auth', 'allow_busy'],
  categories: ['connection'],
  doc: {
    summary: 'Chooses the protocol, and introduces client and node to each other.',
    since: '6.0.0',
    complexity: 'O(1)',
    arguments: [
      {
        name: 'arguments',
        type: 'block',
        optional: true,
        arguments: [
          { name: 'protover', type: 'integer' },
          {
            name: 'auth',
            type: 'block',
            token: 'AUTH',
            optional: true,
            arguments: [
              { name: 'username', type: 'string' },
              { name: 'password', type: 'string' },
            ],
          },
          { name: 'clientname', type: 'string', token: 'SETNAME', optional: true },
        ],
      },
    ],
  },
  parse: (argv) => parseHello(argv),
  run: (context, { protocol, credentials, name }) => {
    const { session } = context;
    if (credentials !== undefined) authenticate(context, credentials.user, credentials.password);
    if (!session.authenticated) {
      throw new CommandError(
        'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time',
      );
    }
    if (name !== undefined) session.name = name;
    if (protocol !== undefined) session.protocol = protocol;
    return introduction(context);
  },
});

interface Hello {
  readonly protocol: 2 | 3 | undefined;
  credentials: { readonly user: ByteString; readonly password: ByteString } | undefined;
  name: ByteString | undefined;
}

function parseHello(argv: Arguments): Hello {
  const parsed: Hello = { protocol: protocolOf(argv[1]), credentials: undefined, name: undefined };
  for (let i = 2; i < argv.length; i++) {
    const option = (argv[i] as ByteString).toUpperCase();
    const left = argv.length - 1 - i;
    if (option === 'AUTH' && left >= 2) {
      parsed.credentials = { user: argv[++i] as ByteString, password: argv[++i] as ByteString };
    } else if (option === 'SETNAME' && left >= 1) {
      parsed.name = checkedName(argv[++i] as ByteString);
    } else {
      throw new CommandError(`ERR Syntax error in HELLO option '${shown(argv[i] as ByteString)}'`);
    }
  }
  return parsed;
}

function protocolOf(word: ByteString | undefined): 2 | 3 | undefined {
  if (word === undefined) return undefined;
  const version = parseInteger(word);
  if (version === undefined) throw new CommandError('ERR Protocol version is not an integer or out of range');
  if (version !== 2 && version !== 3) throw new CommandError('NOPROTO unsupported protocol version');
  return version;
}

function introduction({ session, server }: SessionContext): Reply {
  const facts: Reply[] = ['server', 'valkey', 'version', server.valkeyVersion, 'proto', session.protocol];
  return { kind: 'map', items: [...facts, 'id', session.id, 'mode', 'standalone', 'role', 'master', 'modules', []] };
}
