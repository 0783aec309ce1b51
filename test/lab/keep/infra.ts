import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

/** An infra repository of one test's own: a clone of the lab's with a bare remote that a keep fetches from. */
export interface Infra {
  /** The bare repository. */
  readonly remote: string;
  /** The work tree of whoever edits. */
  readonly tree: string;
  read(path: string): string;
  /** The patch that these edits are, leaving the work tree as it was. A link is given as `{ link: target }`. */
  patch(edits: Readonly<Record<string, Edit>>): Promise<string>;
  /** Commits the edits and pushes them to the branch; gives the commit's id. */
  commit(message: string, edits: Readonly<Record<string, Edit>>, branch?: string): Promise<string>;
  head(): Promise<string>;
  /** As the remote has it now. */
  remoteHead(): Promise<string>;
  remoteFile(path: string): Promise<string>;
  /** Brings the work tree to what is on the remote's branch. */
  pull(): Promise<void>;
}

export type Edit = string | ((before: string) => string) | { readonly link: string } | undefined;

export async function cloneInfra(source: string, directory: string): Promise<Infra> {
  const remote = join(directory, 'infra.git');
  const tree = join(directory, 'infra');
  // The remote belongs to the keep's user, who pushes there too.
  writeFileSync(join(directory, 'gitconfig'), '[safe]\n\tdirectory = *\n');
  const git = gitIn(directory);
  // Files of its own: they are given to the keep's user, and another suite clones the same source at the same time.
  await git(directory, ['clone', '--quiet', '--bare', '--no-hardlinks', source, remote]);
  await git(remote, ['config', 'core.sharedRepository', '0666']);
  await git(directory, ['clone', '--quiet', '--branch', 'main', remote, tree]);

  const write = (edits: Readonly<Record<string, Edit>>): void => {
    for (const [path, edit] of Object.entries(edits)) {
      const file = join(tree, path);
      mkdirSync(dirname(file), { recursive: true });
      if (edit === undefined) rmSync(file);
      else if (typeof edit === 'string') writeFileSync(file, edit);
      else if (typeof edit === 'function') writeFileSync(file, edit(readFileSync(file, 'utf8')));
      else {
        rmSync(file, { force: true });
        symlinkSync(edit.link, file);
      }
    }
  };
  const head = async (): Promise<string> => (await git(tree, ['rev-parse', 'HEAD'])).trim();

  return {
    remote,
    tree,
    head,
    remoteHead: async () => (await git(remote, ['rev-parse', 'refs/heads/main'])).trim(),
    remoteFile: (path) => git(remote, ['show', `refs/heads/main:${path}`]),
    pull: async () => {
      await git(tree, ['fetch', '--quiet', 'origin']);
      await git(tree, ['reset', '--quiet', '--hard', 'origin/main']);
    },
    read: (path) => readFileSync(join(tree, path), 'utf8'),
    patch: async (edits) => {
      write(edits);
      await git(tree, ['add', '--all', '--force']);
      const patch = await git(tree, ['diff', '--cached', '--binary', '--no-renames']);
      await git(tree, ['reset', '--quiet', '--hard']);
      return patch;
    },
    commit: async (message, edits, branch = 'main') => {
      write(edits);
      await git(tree, ['add', '--all', '--force']);
      await git(tree, ['commit', '--quiet', '--allow-empty', `--message=${message}`]);
      await git(tree, ['push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`]);
      const id = await head();
      if (branch !== 'main') await git(tree, ['reset', '--quiet', '--hard', 'origin/main']);
      return id;
    },
  };
}

/** Git without anything of the machine's. */
const gitIn =
  (home: string) =>
  async (cwd: string, args: readonly string[]): Promise<string> => {
    const { stdout } = await execa('/usr/bin/git', ['-c', 'core.hooksPath=/dev/null', ...args], {
      cwd,
      env: {
        HOME: home,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: join(home, 'gitconfig'),
        GIT_AUTHOR_NAME: 'Robin',
        GIT_AUTHOR_EMAIL: 'robin@example.net',
        GIT_COMMITTER_NAME: 'Robin',
        GIT_COMMITTER_EMAIL: 'robin@example.net',
      },
      extendEnv: false,
      stdin: 'ignore',
      stripFinalNewline: false,
    });
    return stdout;
  };
