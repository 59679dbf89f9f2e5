/** The line of `CLIENT LIST` for a connection, in Valkey's form: tools take it apart. */
import type { Session } from '../session.ts';

export function describeClient(session: Session, nowMs: number): string {
  const { statistics, subscriptions } = session;
  const { counts } = subscriptions;
  const fields: readonly (readonly [name: string, value: string | number])[] = [
    ['id', session.id],
    ['addr', session.address],
    ['laddr', session.localAddress],
    ['fd', session.fileDescriptor],
    ['name', session.name],
    ['age', seconds(nowMs - session.connectedAt)],
    ['idle', seconds(nowMs - session.lastInteractionAt)],
    ['flags', flagsOf(session)],
    ['db', session.db],
    ['sub', counts.channel],
    ['psub', counts.pattern],
    ['ssub', counts.shardChannel],
    ['multi', session.transaction?.commands.length ?? -1],
    ['watch', session.watches.length],
    ['qbuf', statistics.queryBufferBytes],
    ['qbuf-free', 0],
    ['argv-mem', 0],
    ['multi-mem', 0],
    ['rbs', 0],
    ['rbp', 0],
    ['obl', 0],
    ['oll', 0],
    ['omem', statistics.outputBytes],
    ['tot-mem', statistics.queryBufferBytes + statistics.outputBytes + statistics.unansweredBytes],
    ['events', 'r'],
    ['cmd', session.lastCommand === '' ? 'NULL' : session.lastCommand],
    ['user', session.user],
    ['redir', -1],
    ['resp', session.protocol],
    ['lib-name', session.libraryName],
    ['lib-ver', session.libraryVersion],
    ['tot-net-in', statistics.bytesIn],
    ['tot-net-out', statistics.bytesOut],
    ['tot-cmds', statistics.commandCount],
  ];
  return fields.map(([name, value]) => `${name}=${value}`).join(' ');
}

function flagsOf(session: Session): string {
  let flags = '';
  if (session.subscriptions.total > 0) flags += 'P';
  if (session.transaction !== undefined) flags += 'x';
  if (session.isBlocked) flags += 'b';
  if (session.watches.some(({ tripped }) => tripped)) flags += 'd';
  if (session.noEvict) flags += 'e';
  if (session.noTouch) flags += 'T';
  return flags === '' ? 'N' : flags;
}

function seconds(ms: number): number {
  return Math.max(0, Math.floor(ms / 1000));
}
