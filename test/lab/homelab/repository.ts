import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { execa } from 'execa';
import type { Lab } from '../lab.ts';
import { documents } from './documents.ts';
import { stackFile, terragruntFile } from './hcl.ts';
import { type Commit, history, replay } from './history.ts';
import type { Stack } from './model.ts';
import { postMortemFiles } from './post-mortems.ts';

/** Files that are the same in every homelab: root.hcl and the modules. */
const fixed = join(import.meta.dirname, 'files');

/** Writes the work tree with its history, and a bare repository it is pushed to. */
export async function writeRepository(lab: Lab, stacks: readonly Stack[], recipient: string): Promise<void> {
  const tree = lab.path('homelab');
  mkdirSync(tree, { mode: 0o700 });
  cpSync(fixed, tree, { recursive: true });
  const reports = postMortemFiles(stacks, new Date());
  const files = new Map([
    ['.gitignore', '.terragrunt-cache/\n.terraform/\n*.tfstate\n*.tfstate.backup\n*.tfplan\n'],
    ['.sops.yaml', `creation_rules:\n  - path_regex: ^state/\n    age: ${recipient}\n`],
    ...documents(stacks),
    ...[...reports].map(([path, { text }]) => [path, text] as const),
    ...stacks.flatMap((stack) => [
      [`stacks/${stack.name}/terragrunt.hcl`, terragruntFile(stack)] as const,
      [`stacks/${stack.name}/main.tf`, stackFile(stack)] as const,
    ]),
  ]);
  for (const [path, text] of files) writeInto(tree, path, text);
  await execa(lab.program('tofu'), ['fmt', '-recursive', tree], { env: { HOME: lab.path() }, extendEnv: false });

  const last = readTree(tree);
  await git(lab, ['init', '--quiet', '--initial-branch=main']);
  for (const { commit, files: then } of replay(history(stacks, reports), last)) {
    for (const path of readTree(tree).keys()) if (!then.has(path)) rmSync(join(tree, path));
    for (const [path, text] of then) writeInto(tree, path, text);
    await commitAll(lab, commit);
  }
  mkdirSync(lab.path('remote.git'));
  await git(lab, ['-C', lab.path('remote.git'), 'init', '--quiet', '--bare', '--initial-branch=main']);
  await git(lab, ['remote', 'add', 'origin', lab.path('remote.git')]);
  await push(lab);
}

export async function commitAll(lab: Lab, { message, hoursAgo }: Pick<Commit, 'message' | 'hoursAgo'>): Promise<void> {
  const date = new Date(Date.now() - hoursAgo * 3_600_000).toISOString();
  await git(lab, ['add', '--all']);
  await git(lab, ['commit', '--quiet', `--message=${message}`], { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date });
}

export async function push(lab: Lab): Promise<void> {
  await git(lab, ['push', '--quiet', '--set-upstream', 'origin', 'main']);
}

/** Git without anything of the machine's: no system or user configuration, no hooks. */
async function git(lab: Lab, args: readonly string[], dates: Readonly<Record<string, string>> = {}): Promise<void> {
  await execa(lab.program('git'), ['-c', 'core.hooksPath=/dev/null', ...args], {
    cwd: lab.path('homelab'),
    env: {
      HOME: lab.path(),
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_AUTHOR_NAME: 'Robin',
      GIT_AUTHOR_EMAIL: 'robin@example.net',
      GIT_COMMITTER_NAME: 'Robin',
      GIT_COMMITTER_EMAIL: 'robin@example.net',
      ...dates,
    },
    extendEnv: false,
    stdin: 'ignore',
    ...(lab.signal === undefined ? {} : { cancelSignal: lab.signal }),
  });
}

function writeInto(tree: string, path: string, text: string): void {
  const file = join(tree, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function readTree(tree: string): Map<string, string> {
  const files = readdirSync(tree, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(tree, join(entry.parentPath, entry.name)))
    .filter((path) => !path.startsWith('.git/'))
    .sort();
  return new Map(files.map((path) => [path, readFileSync(join(tree, path), 'utf8')]));
}
