import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { trustBundle } from './binds.ts';
import { firstDescriptor, listenersFolder } from './init.ts';
import type { SandboxedCommand } from './port.ts';

/**
 * What a process inside sees: the machine's /usr and nothing else of it, a small /etc made here, an empty /tmp and home of
 * bounded size, and what the run was given. No /proc, /sys or /run; everything else is read-only, so no memory can be
 * filled but what has a size. Built as arguments of bubblewrap. They hold the environment, and with it credentials, so they
 * reach it through a descriptor and never stand in the list of processes.
 */
export interface View {
  readonly args: readonly string[];
  /** Contents the arguments refer to by descriptor, counted from `firstDescriptor`. */
  readonly files: readonly Buffer[];
}

export interface ViewOptions {
  readonly uid: number;
  readonly gid: number;
  readonly fileBytes: number;
}

const home = '/home/plan';
/** Where programs installed by hand keep their configuration, with the tokens that are in it. */
const hidden = ['/usr/local/etc'];
const devices = ['/dev/null', '/dev/zero', '/dev/full', '/dev/random', '/dev/urandom'];
const shortestPath = '/usr/local/bin:/usr/bin:/bin';

export function viewOf(command: SandboxedCommand, { uid, gid, fileBytes }: ViewOptions): View {
  const size = String(fileBytes);
  const files = etcFiles(command, uid, gid);
  const env = { HOME: home, TMPDIR: '/tmp', PATH: shortestPath, LANG: 'C.UTF-8', ...command.env };
  const privileged = command.sockets.some(({ port }) => port < 1024);
  const args = [
    ...['--unshare-user', '--unshare-all', '--die-with-parent', '--new-session', '--as-pid-1'],
    ...['--hostname', 'plan', '--clearenv', '--cap-drop', 'ALL'],
    // For the listeners alone: the command gives it up before it starts. It counts only in the one user namespace that owns
    // the network, so then the filter of system calls alone keeps anybody from making another.
    ...(privileged ? ['--cap-add', 'CAP_NET_BIND_SERVICE'] : ['--disable-userns']),
    ...['--ro-bind', '/usr', '/usr'],
    ...hidden.flatMap((path) => (existsSync(path) ? ['--perms', '0500', '--size', '4096', '--tmpfs', path] : [])),
    ...topFolders(),
    // Not bubblewrap's own /dev: it has terminals, memory without a size, and a user namespace more.
    ...devices.flatMap((path) => ['--dev-bind', path, path]),
    ...['--ro-bind-try', '/etc/alternatives', '/etc/alternatives'],
    ...files.flatMap(({ path }, index) => ['--perms', '0444', '--file', String(firstDescriptor + index), path]),
    ...['--perms', '0700', '--size', '1048576', '--tmpfs', listenersFolder],
    ...['--perms', '0700', '--size', size, '--tmpfs', '/tmp', '--perms', '0700', '--size', size, '--tmpfs', home],
    ...command.sockets.flatMap(({ from, port }) => ['--ro-bind', from, `${listenersFolder}/${port}.sock`]),
    ...command.binds.flatMap(({ from, to, writable }) => [writable ? '--bind' : '--ro-bind', from, to]),
    ...['--remount-ro', '/', '--chdir', command.cwd],
    ...Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value]),
  ];
  return { args, files: files.map(({ text }) => Buffer.from(text)) };
}

/** /bin and the like are symbolic links into /usr on most systems, folders of their own on some. */
function topFolders(): readonly string[] {
  return ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'].flatMap((name) => {
    const path = `/${name}`;
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return [];
    return found.isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path];
  });
}

function etcFiles({ sockets, binds }: SandboxedCommand, uid: number, gid: number) {
  const names = [...new Set(['localhost', ...sockets.flatMap(({ hosts }) => hosts)])];
  const trustIsGiven = binds.some(({ to }) => to === trustBundle);
  return [
    { path: '/etc/passwd', text: `plan:x:${uid}:${gid}::${home}:/bin/sh\n` },
    { path: '/etc/group', text: `plan:x:${gid}:\n` },
    { path: '/etc/hosts', text: names.map((name) => `127.0.0.1 ${name}\n`).join('') },
    { path: '/etc/nsswitch.conf', text: 'passwd: files\ngroup: files\nhosts: files\n' },
    { path: '/etc/resolv.conf', text: '' },
    // A file to bind over; bubblewrap would make it too, but as a folder when what is bound is one.
    ...(trustIsGiven ? [] : [{ path: trustBundle, text: '' }]),
  ];
}
