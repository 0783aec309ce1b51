import { isUtf8 } from 'node:buffer';
import { readHistory } from '../../iac/git/history.ts';
import { openRepository } from '../../iac/git/open.ts';
import type { RemoteOptions } from '../../iac/git/remote.ts';
import type { Repository, TreeFile } from '../../iac/repository.ts';
import type { StackOptions } from '../../iac/stacks/read.ts';
import { CastellanError } from '../../kit/index.ts';
import { incidentError } from '../errors.ts';
import { type Held, heldBy } from './held.ts';
import type { SourceRedactor } from './opened.ts';
import type { InfraRepository } from './port.ts';

export interface InfraRepositoryOptions extends RemoteOptions {
  /** A folder in the daemon's data directory; made where it is missing. Nobody else writes there. */
  readonly mirror: string;
  readonly branch: string;
  /** Which folders are stacks; every one with Terraform in it, but for modules, unless given. */
  readonly stacks?: StackOptions | undefined;
  readonly redact: SourceRedactor;
  readonly now: () => Date;
  /** `git` in a fixed PATH unless given. */
  readonly git?: string | undefined;
}

const everyMs = 60_000;
const fetchLimitMs = 110_000;
/** Longer than this nobody waits for a fetch: what was fetched before is told, and that it is older. */
const waitMs = 12_000;
const mostBytes = 1_000_000;
const mostHcl = 20_000_000;
const standardStacks: StackOptions = { stacks: ['**'], modules: ['modules/**', '**/modules/**'] };

/** Nothing is opened or fetched before something is asked. Errors: `repository-unreachable`, `git-failed`, `ref-unknown`. */
export function openInfraRepository(options: InfraRepositoryOptions): InfraRepository {
  const { redact, now } = options;
  let opening: Promise<Repository> | undefined;
  const repository = (): Promise<Repository> => {
    opening ??= openRepository(options).catch((error: unknown) => {
      // Whoever asks next tries again.
      opening = undefined;
      throw error;
    });
    return opening;
  };
  let fetched: { readonly at: number; readonly problem: unknown } | undefined;
  let fetching: Promise<void> | undefined;
  const refresh = async (signal: AbortSignal): Promise<{ readonly problem: unknown }> => {
    if (fetched !== undefined && now().getTime() - fetched.at < everyMs) return fetched;
    const opened = await repository();
    fetching ??= opened
      .fetch(AbortSignal.timeout(fetchLimitMs))
      .then(
        () => undefined,
        (error: unknown) => error,
      )
      .then((problem) => {
        const isFirst = fetched === undefined;
        fetched = { at: now().getTime(), problem };
        fetching = undefined;
        if (isFirst && problem === undefined) warm(opened);
      });
    const done = await inTime(fetching, waitMs, signal);
    signal.throwIfAborted();
    return done ? { problem: fetched?.problem } : { problem: slow() };
  };
  const head = async (signal: AbortSignal): Promise<{ commit: string; at: Date; stale: string | undefined }> => {
    const { problem } = await refresh(signal);
    const opened = await repository();
    try {
      const commit = await opened.commit(await opened.resolve(options.branch));
      return { commit: commit.id, at: commit.at, stale: problem === undefined ? undefined : staleness(problem) };
    } catch (error) {
      // There is nothing of before: why it could not be fetched is what matters.
      throw problem === undefined ? error : problem;
    }
  };

  const trees = remembering(async (commit: string): Promise<readonly TreeFile[]> => {
    const opened = await repository();
    return opened.files((await opened.commit(commit)).tree);
  });
  const held = remembering(async (commit: string): Promise<readonly Held[]> => {
    const opened = await repository();
    const files = (await trees(commit)).filter(
      ({ path, mode, size = 0 }) => /\.(?:tf|tfvars|hcl)$/.test(path) && mode.startsWith('1006') && size <= mostBytes,
    );
    const total = files.reduce((sum, { size = 0 }) => sum + size, 0);
    if (total > mostHcl) throw unusable('its HCL is more than is read');
    const blobs = await opened.read(files.map(({ blob }) => blob));
    const texts = files.map(({ path, blob }) => [path, blobs.get(blob)?.toString('utf8') ?? ''] as const);
    return heldBy(new Map(texts), options.stacks ?? standardStacks);
  });

  /** Reading all HCL takes seconds: it is begun before the first question of a stack. What fails is told to who asks. */
  const warm = (opened: Repository): void => {
    opened
      .resolve(options.branch)
      .then((commit) => held(commit))
      .catch(() => undefined);
  };

  return {
    head,
    async log({ from, to, under, limit }, signal) {
      const { commit: tip } = await head(signal);
      const commits = await readHistory(options.mirror, { tip, from, to, under, limit }, { git: options.git, signal });
      return commits.map(({ id, at, author, subject, paths }) => ({
        id,
        at,
        author: redact.text(author).text,
        subject: redact.text(subject).text,
        paths: paths.map((path) => redact.text(path).text),
      }));
    },
    async file(path, commit) {
      const opened = await repository();
      const found = (await trees(await opened.resolve(commit))).find((one) => one.path === path);
      if (found === undefined) return undefined;
      if (!found.mode.startsWith('1006') || (found.size ?? 0) > mostBytes)
        throw unusable('it is a link, or larger than 1 MB');
      const bytes = (await opened.read([found.blob])).get(found.blob);
      if (bytes === undefined || !isUtf8(bytes)) throw unusable('it is no text');
      return redact.text(bytes.toString('utf8')).text;
    },
    async stacksOf(namespace, name) {
      const { commit } = await head(AbortSignal.timeout(waitMs + 3_000));
      const found = (await held(commit)).filter(
        (one) => one.namespace === namespace && (name === undefined || one.name === name),
      );
      return [...new Set(found.map(({ stack }) => stack))].sort();
    },
  };
}

const kept = 3;

/** What is worked out of a commit never changes: the last few are kept. What failed is tried again. */
function remembering<Value>(work: (commit: string) => Promise<Value>): (commit: string) => Promise<Value> {
  const known = new Map<string, Promise<Value>>();
  return (commit) => {
    const before = known.get(commit);
    if (before !== undefined) return before;
    const value = work(commit);
    known.set(commit, value);
    value.catch(() => known.delete(commit));
    for (const oldest of [...known.keys()].slice(0, -kept)) known.delete(oldest);
    return value;
  };
}

/** Whether it ended before the time was up, or the caller left. */
function inTime(work: Promise<void>, limitMs: number, signal: AbortSignal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const stop = (): void => resolve(false);
  const clock = setTimeout(stop, limitMs);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  return Promise.race([work.then(() => true), promise]).finally(() => {
    clearTimeout(clock);
    signal.removeEventListener('abort', stop);
  });
}

function staleness(problem: unknown): string {
  return problem instanceof CastellanError ? problem.message : 'the infra repository cannot be fetched';
}

function slow(): Error {
  return incidentError('infra-repository-slow', {
    message: 'the infra repository is still being fetched',
    next: 'ask again in a minute',
  });
}

function unusable(why: string): Error {
  return incidentError('infra-file-unusable', {
    message: `what was asked of the infra repository cannot be given: ${why}`,
    next: 'look at it in the repository itself',
  });
}
