import { join } from 'node:path';
import type { KeepRequest } from '../change/wire/protocol.ts';
import { defineErrors } from '../kit/index.ts';
import { createRedactor } from '../redaction/index.ts';
import type { StoreLog } from '../store/log.ts';
import { type Answering, answerTo } from './answers.ts';
import type { Compose } from './composed.ts';
import { openAuthority } from './config/authority.ts';
import type { KeepConfig } from './config/valid.ts';
import { openDrift } from './drift/drift.ts';
import { everyDayAt } from './drift/schedule.ts';
import { openFreeze } from './freeze/freeze.ts';
import { openJournal } from './journal/journal.ts';
import { openTrustedRepository } from './repository/trusted-repository.ts';
import { openRuns } from './runs/runs.ts';
import { unlessUnsandboxed } from './runs/sandboxed.ts';
import { createSlots } from './runs/slots.ts';
import { openTrees } from './runs/trees.ts';
import { listenOnKeepSocket } from './sockets/listen.ts';
import { agentVerbs, humanVerbs } from './sockets/request.ts';
import { describeKeep } from './state.ts';

/**
 * The keep: the human plane, a process of its own under a user of its own. It trusts nothing that comes over keep.sock, reads
 * only what belongs to root, and plans only in its sandbox. It starts in the order of what could go wrong, and a keep that
 * was killed is tidied up after by the next one before anybody is listened to.
 *
 *   user → journal, and with it the lock → leftovers → repository → sockets → the night's plans
 */
export interface KeepOptions {
  readonly config: KeepConfig;
  /** One user for agents and keep: every reply says so, and root's files beside keep.yaml do not count. */
  readonly seatBelt: boolean;
  readonly build: { readonly version: string; readonly stamp: string };
  readonly log: StoreLog;
  /** The real parts, `composeKeep`, or a test's own. */
  readonly compose: Compose;
  readonly now?: () => Date;
}

export interface Keep {
  readonly sockets: { readonly agents: string; readonly humans: string };
  /** Resolves when everything has ended. */
  readonly stopped: Promise<void>;
  stop(reason: string): void;
  /** One pass over all stacks now. */
  planAll(): Promise<void>;
}

const keepError = defineErrors({
  'keep-is-root': { audience: 'operator', meaning: 'The keep was started as root, which none of it needs to be.' },
});

/** Errors: `keep-is-root`, those of the journal, of the sockets and of the repository's options. */
export async function startKeep(options: KeepOptions): Promise<Keep> {
  const { config, seatBelt, build, log, now = () => new Date() } = options;
  const user = process.geteuid?.();
  if (user === 0 && !seatBelt) {
    throw keepError('keep-is-root', {
      message: 'the keep does not run as root: it reads what strangers wrote',
      next: '`sudo castellan install` makes a user and a service for it; --seat-belt runs it all the same, and says so everywhere',
    });
  }
  const sockets = {
    agents: join(config.directories.agents, 'keep.sock'),
    humans: join(config.directories.humans, 'human.sock'),
  };
  const closing = new AbortController();
  await using opened = new AsyncDisposableStack();
  const journal = opened.use(
    await openJournal({ config, build: `${build.version} ${build.stamp}`.trim(), socket: sockets.agents, log }),
  );
  const parts = opened.use(await options.compose(config));
  await parts.planner.cleanUp();
  for (const run of await journal.runs.interruptAll(now()))
    log.warn({ run: run.id, state: run.state }, 'run.interrupted');

  const authority = openAuthority(config, { seatBelt, user });
  const repository = openTrustedRepository({
    git: parts.git,
    config: config.repository,
    authority,
    log,
    now,
    signal: closing.signal,
  });
  const trees = openTrees(repository, parts.runs);
  const slots = createSlots(plansAtOnce);
  const planner = unlessUnsandboxed(parts);
  const work = { config, repository, trees, parts: parts.runs, planner, records: journal.records, slots, now };
  const runs = opened.use(
    openRuns({
      ...work,
      authority,
      journal,
      plansPerHour: config.plansPerHour,
      redactor: createRedactor(),
      log,
    }),
  );
  const drift = openDrift({ ...work, table: journal.drift, log, signal: closing.signal });
  const freeze = openFreeze({ folder: config.directories.freeze, latches: journal.latches, authority, now });
  const answering: Answering = { config, parts, journal, repository, trees, runs };
  const state = () => describeKeep({ build, seatBelt, repository, freeze, problems: () => planner.problems() });
  const answer = (request: KeepRequest, signal: AbortSignal) => answerTo(request, signal, answering);

  await planner.probe();
  repository.fetch('soon').catch(() => undefined); // The state says what went wrong.
  const polling = setInterval(() => {
    repository.fetch('soon').catch(() => undefined); // As above.
    freeze.look().catch((error: unknown) => log.error({ err: error }, 'freeze.look.failed'));
  }, lookEveryMs).unref();
  opened.defer(() => clearInterval(polling));
  const shared = { state, answer, log };
  opened.use(await listenOnKeepSocket({ ...shared, path: sockets.agents, mode: 0o660, verbs: agentVerbs }));
  opened.use(await listenOnKeepSocket({ ...shared, path: sockets.humans, mode: 0o660, verbs: humanVerbs }));
  if (config.drift.at !== undefined) {
    everyDayAt(config.drift.at, () => drift.pass(), { now, signal: closing.signal, log });
  }
  log.info({ version: build.version, seatBelt, ...sockets }, 'keep.serving');

  const everything = opened.move();
  const { promise: asked, resolve: stop } = Promise.withResolvers<string>();
  const stopped = asked.then(async (reason) => {
    log.info({ reason }, 'keep.stopping');
    closing.abort(new Error('the keep is being stopped'));
    await everything.disposeAsync();
    log.info({}, 'keep.stopped');
  });
  return { sockets, stopped, stop, planAll: () => drift.pass() };
}

const plansAtOnce = 2;
const lookEveryMs = 60_000;
