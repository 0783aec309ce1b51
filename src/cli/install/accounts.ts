import { readFileSync } from 'node:fs';
import { installError } from './errors.ts';
import { agentsGroup, fingerprinterUser, humansGroup, type Ids, keepUser } from './layout.ts';

/** Runs a program of the system as root, to its end. Throws `install-failed`. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<void>;

/** What /etc/passwd and /etc/group say, as text: accounts of this host alone, which is where these must be. */
export interface AccountFiles {
  readonly passwd: string;
  readonly group: string;
}

export function readAccountFiles(): AccountFiles {
  return { passwd: readFileSync('/etc/passwd', 'utf8'), group: readFileSync('/etc/group', 'utf8') };
}

/** What has to be run so that user and groups are there; nothing when they are. Errors: `install-account-unfit`. */
export function accountCommands(files: AccountFiles, agentUsers: readonly string[]): readonly (readonly string[])[] {
  const missing = serviceUsers.filter(({ name }) => {
    const user = userOf(files, name);
    if (user !== undefined) assertFit(files, name, user);
    return user === undefined;
  });
  for (const name of agentUsers) {
    if (entry(files.passwd, name) !== undefined) continue;
    throw installError('install-account-unfit', {
      message: `there is no user ${JSON.stringify(name)} on this host that could talk to the keep`,
      next: 'name one of /etc/passwd with --agent-user; nothing was changed',
    });
  }
  const members = new Set(groupOf(files, agentsGroup)?.members ?? []);
  return [
    ...missing.map(({ name, comment }) => ['useradd', ...asService, '--comment', comment, name]),
    ...[agentsGroup, humansGroup]
      .filter((group) => groupOf(files, group) === undefined)
      .map((group) => ['groupadd', '--system', group]),
    ...agentUsers
      .filter((name) => !members.has(name))
      .map((name) => ['usermod', '--append', '--groups', agentsGroup, name]),
  ];
}

const asService = [
  '--system',
  '--user-group',
  '--no-create-home',
  '--home-dir',
  '/nonexistent',
  '--shell',
  '/usr/sbin/nologin',
];

/** Each has files that the other must not read. */
const serviceUsers = [
  { name: keepUser, comment: 'Castellan keep' },
  { name: fingerprinterUser, comment: 'Castellan fingerprinter' },
] as const;

/** Undefined where one of them is missing. */
export function idsOf(files: AccountFiles): Ids | undefined {
  const [keep, fingerprinter] = [userOf(files, keepUser), userOf(files, fingerprinterUser)];
  const [agents, humans] = [groupOf(files, agentsGroup), groupOf(files, humansGroup)];
  if (keep === undefined || fingerprinter === undefined || agents === undefined || humans === undefined)
    return undefined;
  assertFit(files, keepUser, keep);
  assertFit(files, fingerprinterUser, fingerprinter);
  return {
    uid: keep.uid,
    gid: keep.gid,
    agents: agents.gid,
    humans: humans.gid,
    fingerprinter: { uid: fingerprinter.uid, gid: fingerprinter.gid },
  };
}

/** The home of a user of this host. */
export function homeOf({ passwd }: AccountFiles, name: string): string | undefined {
  return entry(passwd, name)?.[5];
}

interface User {
  readonly uid: number;
  readonly gid: number;
  readonly shell: string;
}

function userOf({ passwd }: AccountFiles, name: string): User | undefined {
  const fields = entry(passwd, name);
  return fields === undefined ? undefined : { uid: Number(fields[2]), gid: Number(fields[3]), shell: fields[6] ?? '' };
}

function groupOf(
  { group }: AccountFiles,
  name: string,
): { readonly gid: number; readonly members: readonly string[] } | undefined {
  const fields = entry(group, name);
  if (fields === undefined) return undefined;
  return { gid: Number(fields[2]), members: (fields[3] ?? '').split(',').filter((member) => member !== '') };
}

function entry(text: string, name: string): readonly string[] | undefined {
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .find(([first, ...others]) => first === name && others.length > 0);
}

/** Groups whose members can become root, or read what only root should. */
const mighty = new Set([
  'root',
  'sudo',
  'wheel',
  'admin',
  'adm',
  'docker',
  'lxd',
  'incus-admin',
  'libvirt',
  'disk',
  'shadow',
  'kvm',
]);

/** An account of that name that was there before may be somebody's. */
function assertFit({ passwd, group }: AccountFiles, name: string, { uid, gid, shell }: User): void {
  const groups = group
    .split('\n')
    .map((line) => line.split(':'))
    .filter(([, , id, members = '']) => Number(id) === gid || members.split(',').includes(name))
    .map(([one = '']) => one);
  const closed = [agentsGroup, ...serviceUsers.map((one) => one.name).filter((one) => one !== name)];
  const shared = passwd.split('\n').filter((line) => Number(line.split(':')[2] || Number.NaN) === uid).length > 1;
  const flaws = [
    ...(uid === 0 || gid === 0 ? ['it is root'] : []),
    ...(shared ? ['another user has the same number'] : []),
    ...(/\/(?:nologin|false)$/.test(shell) ? [] : [`it can log in (shell ${shell})`]),
    ...groups.filter((one) => mighty.has(one) || closed.includes(one)).map((one) => `it is in the group ${one}`),
  ];
  if (flaws.length === 0) return;
  throw installError('install-account-unfit', {
    message: `the user ${name} is there already, and does not fit: ${flaws.join('; ')}`,
    next: 'take that from it, or remove it (userdel) and run this again; nothing was changed',
  });
}

/** Execa is loaded here: no other step starts a program. */
export const runProgram: RunProgram = async (program, args) => {
  const { execa } = await import('execa');
  const { failed, exitCode } = await execa(program, [...args], {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
    extendEnv: false,
    stdin: 'ignore',
    stderr: 'inherit',
    reject: false,
    timeout: 60_000,
  });
  if (!failed) return;
  throw installError('install-failed', {
    message: `${[program, ...args].join(' ')} failed (${exitCode ?? 'not found, or stopped'})`,
    next: 'its own words are above; correct that and run this again: what is done stays',
  });
};
