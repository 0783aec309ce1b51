import { isAbsolute } from 'node:path';
import type { ObjectId, PushCredential, RefUpdate } from '../repository.ts';
import { gitError } from './errors.ts';
import { assertObjectId, isRefName } from './names.ts';
import { endInWords, type Git } from './program.ts';
import { type RemoteOptions, reasonOf, remoteOf } from './remote.ts';

const pushLimitMs = 120_000;

interface Push {
  readonly git: Git;
  readonly options: Pick<RemoteOptions, 'url' | 'knownHostsFile'>;
  readonly updates: readonly RefUpdate[];
  readonly credential: PushCredential;
  readonly signal: AbortSignal;
}

/**
 * See Repository.push. A lease on what was seen is stricter than "only forward": also a ref that somebody set back stays. It would
 * allow to go anywhere from there, so that what is pushed descends from what was seen is looked at here.
 */
export async function push({ git, options, updates, credential, signal }: Push): Promise<void> {
  const remote = remoteOf({ url: options.url, knownHostsFile: options.knownHostsFile, ...credential });
  for (const update of updates) await assertForward(git, update);
  const leases = updates.map(({ ref, seen }) => `--force-with-lease=${ref}:${seen ?? ''}`);
  const done = await git.attempt(
    [
      'push',
      '--porcelain',
      ...(updates.length > 1 ? ['--atomic'] : []),
      '--no-verify',
      '--no-follow-tags',
      '--recurse-submodules=no',
      ...leases,
      ...remote.pushArguments,
      '--',
      remote.url,
      ...updates.map(({ ref, to }) => `${to}:${ref}`),
    ],
    { env: remote.env, settings: remote.settings, limitMs: pushLimitMs, signal },
  );
  if (done.exitCode === 0) return;
  const refused = done.stdout
    .toString('utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'));
  // What the other end says of it travels as the cause only.
  const cause = new Error([done.stderr, ...refused].join('\n'));
  const own = refused.filter((line) => !/\(atomic (push failed|transaction failed)/.test(line));
  if (own.length > 0 && own.every((line) => moved.test(line))) {
    throw gitError('push-moved', {
      message: 'nothing was pushed: the ref is not where it was seen any more',
      next: 'fetch, and look at what came',
      cause,
    });
  }
  if (refused.length > 0) {
    throw gitError('push-refused', {
      message: `the remote does not take the push: ${whyRefused(refused.join('\n'))}`,
      next: 'let the keep’s own credential push to the branch and to refs/castellan/*, past what protects them',
      cause,
    });
  }
  throw gitError('repository-unreachable', {
    message: `nothing could be pushed to the infra repository: ${done.ended === 'exit' ? reasonOf(done.stderr) : `git ${endInWords(done)}`}`,
    next: `check repository.push in keep.yaml${isAbsolute(remote.url) ? ' and that the keep’s user may write the repository' : ' and its credential'}; it is safe to push again`,
    cause,
  });
}

/** Seen by us, or by the other end as it was about to write. */
const moved =
  /\((stale info|fetch first|non-fast-forward|needs force|failed to update ref|incorrect old value provided|reference already exists|cannot lock ref[^)]*)\)/;

function whyRefused(lines: string): string {
  if (/hook declined/.test(lines)) return 'a hook of it declined';
  if (/branch is currently checked out/.test(lines)) return 'its branch is checked out there; it must be a bare one';
  if (/protected branch|not allowed|permission|denied/i.test(lines)) return 'it is not allowed there';
  return 'it gave no reason that is known';
}

async function assertForward(git: Git, { ref, to, seen }: RefUpdate): Promise<void> {
  const name = ref.replace(/^refs\//, '');
  if (name === ref || !isRefName(name)) throw unusable('its ref is not one in full');
  const ids: readonly ObjectId[] =
    seen === undefined ? [assertObjectId(to)] : [assertObjectId(seen), assertObjectId(to)];
  if (ids.length < 2) return;
  const { exitCode } = await git.run(['merge-base', '--is-ancestor', ...ids], { accept: [0, 1] });
  if (exitCode !== 0) throw unusable('it would lead away from what is there');
}

function unusable(why: string): Error {
  return gitError('git-failed', {
    message: `what should be pushed is not: ${why}`,
    next: 'this is a defect of Castellan',
  });
}
