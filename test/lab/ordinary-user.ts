import { execaSync } from 'execa';

const unshare = '/usr/bin/unshare';
/** The user nobody, by number: it has to exist nowhere. */
const asNobody = ['--user', '--map-user=65534', '--map-group=65534', '--'];

/**
 * The command line that starts a program which refuses to run as root. Root starts it in a user namespace, where files of root
 * look like nobody's own: nothing has to change hands, and no folder to be opened for others. The process keeps its pid.
 */
export function asOrdinaryUser(file: string, args: readonly string[]): { file: string; args: readonly string[] } {
  if (process.getuid?.() !== 0) return { file, args };
  const tried = execaSync(unshare, [...asNobody, '/bin/true'], { reject: false, stdin: 'ignore' });
  if (tried.exitCode !== 0) {
    const why = tried.stderr || tried.originalMessage;
    throw new Error(`${file} refuses to run as root, and no user namespace is to be had: use another user. ${why}`);
  }
  return { file: unshare, args: [...asNobody, file, ...args] };
}
