import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import type { ObjectId, Repository } from '../repository.ts';
import { openRepository, type RepositoryOptions } from './open.ts';

/** A real repository somebody works in, and a mirror of it, in a folder that goes with the test. */
export interface Origin {
  readonly folder: string;
  readonly work: string;
  /** Runs git in it, as its owner would. */
  git(...args: readonly string[]): Promise<string>;
  hash(content: string): Promise<ObjectId>;
  /** Writes files (undefined removes one) and commits all of it. */
  commit(files: Readonly<Record<string, string | undefined>>, message?: string): Promise<ObjectId>;
  link(path: string, target: string): void;
  open(options?: Partial<RepositoryOptions>): Promise<Repository>;
}

export const never: AbortSignal = new AbortController().signal;

const owner = {
  PATH: '/usr/local/bin:/usr/bin:/bin',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Robin',
  GIT_AUTHOR_EMAIL: 'robin@example.net',
  GIT_COMMITTER_NAME: 'Robin',
  GIT_COMMITTER_EMAIL: 'robin@example.net',
};

export async function makeOrigin(): Promise<Origin> {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-git-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const work = join(folder, 'work');
  mkdirSync(work);
  const run = async (args: readonly string[], input = ''): Promise<string> =>
    (await execa('git', args, { cwd: work, env: owner, extendEnv: false, input })).stdout.trim();
  const git = (...args: readonly string[]): Promise<string> => run(args);
  await git('init', '--quiet', '--initial-branch=main');
  return {
    folder,
    work,
    git,
    hash: (content) => run(['hash-object', '-w', '--stdin'], content),
    async commit(files, message = 'change') {
      for (const [path, content] of Object.entries(files)) {
        const file = join(work, path);
        if (content === undefined) rmSync(file);
        else {
          mkdirSync(dirname(file), { recursive: true });
          writeFileSync(file, content);
        }
      }
      await git('add', '--all');
      await git('commit', '--quiet', '--allow-empty', `--message=${message}`);
      return git('rev-parse', 'HEAD');
    },
    link: (path, target) => symlinkSync(target, join(work, path)),
    open: (options = {}) =>
      openRepository({ mirror: join(folder, 'mirror.git'), url: work, branch: 'main', ...options }),
  };
}

/** An origin with one commit, and its fetched mirror. */
export async function mirrored(
  files: Readonly<Record<string, string>>,
): Promise<{ origin: Origin; repository: Repository; head: ObjectId; tree: ObjectId }> {
  const origin = await makeOrigin();
  const head = await origin.commit(files);
  const repository = await origin.open();
  await repository.fetch(never);
  return { origin, repository, head, tree: (await repository.commit(head)).tree };
}

/** A program that is run instead of git. */
export function script(origin: Origin, body: string): string {
  const file = join(origin.folder, `script-${Math.trunc(performance.now() * 1_000)}`);
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o700);
  return file;
}

export async function refusal(work: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Error && 'code' in error) return { code: String(error.code), message: error.message };
  throw new Error('nothing was refused', { cause: error });
}
