import { join } from 'node:path';
import type { KeepRequest } from '../change/wire/protocol.ts';
import { defineErrors } from '../kit/index.ts';
import type { ExtensibleRedactor } from '../redaction/redactor.ts';
import type { StoreLog } from '../store/log.ts';
import { type Answering, answerTo, readSource, viewsOf } from './answers.ts';
import type { Compose } from './composed.ts';
import type { KeepConfig } from './config/valid.ts';
import { createDrafts } from './decisions/drafts.ts';
import { openDrift, plannable } from './drift/drift.ts';
import { everyDayAt } from './drift/schedule.ts';
import { openForeignWatch } from './foreign/open.ts';
import { openFreeze } from './freeze/freeze.ts';
import { openJournal } from './journal/journal.ts';
import { openNotifier } from './notify/open.ts';
import { lendingPlanner } from './planner/lent.ts';
import { openTrustedRepository } from './repository/trusted-repository.ts';
import { openRuns } from './runs/runs.ts';
import { unlessUnsandboxed } from './runs/sandboxed.ts';
import { createSlots } from './runs/slots.ts';
import { openTrees } from './runs/trees.ts';
import { openSecrets } from './secrets.ts';
import { openPeople, openSigning } from './signing.ts';
import { listenOnKeepSocket } from './sockets/listen.ts';
import { agentVerbs, humanVerbs } from './sockets/request.ts';
import { describeKeep } from './state.ts';
import { openWindow } from './window.ts';

/**
 * The keep: the human plane, a process of its own under a user of its own. It trusts nothing that comes over keep.sock, reads
 * only what belongs to root, and plans only in its sandbox. It starts in the order of what could go wrong, and a keep that
 * was killed is tidied up after by the next one before anybody is listened to.
 *
 *   user → journal, and with it the lock → leftovers → approvers → repository → changes → sockets → console → the night's plans
 */
export interface KeepOptions {
  readonly config: KeepConfig;
  /** One user for agents and keep: every reply says so. */
  readonly seatBelt: boolean;
  readonly build: { readonly version: string; readonly stamp: string };
  readonly log: StoreLog;
  /** What `log` is redacted by; known values are added to it. */
  readonly redactor: ExtensibleRedactor;
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
  const { config, seatBelt, build, log, redactor, now = () => new Date() } = options;
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

  const people = await openPeople({ config, seatBelt, journal, now });
  const { authority } = people;
  /** Ended after what is being applied has ended: that still fetches and pushes. */
  const ending = new AbortController();
  const repository = openTrustedRepository({
    git: parts.git,
    config: config.repository,
    authority,
    landed: async () => (await journal.landed.all()).map(({ id }) => id),
    log,
    now,
    signal: ending.signal,
  });
  const trees = openTrees(repository, parts.runs);
  const slots = createSlots(plansAtOnce);
  const planner = unlessUnsandboxed({
    ...parts,
    planner: lendingPlanner(parts.planner, { vault: () => secrets.session, log }),
  });
  const work = { config, repository, trees, parts: parts.runs, planner, records: journal.records, slots, now };
  const runs = opened.use(openRuns({ ...work, authority, journal, plansPerHour: config.plansPerHour, redactor, log }));
  opened.defer(() => ending.abort(new Error('the keep is being stopped')));
  const drift = openDrift({ ...work, table: journal.drift, log, signal: closing.signal });
  const freeze = openFreeze({ folder: config.directories.freeze, latches: journal.latches, authority, now });
  const notifier = opened.use(openNotifier({ config: config.notify, origin: config.console.origin, log }));
  const drafts = createDrafts(now);
  const secrets = opened.use(
    await openSecrets({ config, seatBelt, people, drafts, journal, repository, trees, redactor, notifier, log, now }),
  );
  const signing = opened.use(
    await openSigning({
      config,
      seatBelt,
      build: `${build.version} ${build.stamp}`.trim(),
      people,
      journal,
      parts,
      repository,
      work: { ...work, redactor },
      runs,
      drafts,
      secrets: secrets.requests,
      freeze,
      notifier,
      log,
      now,
      signal: ending.signal,
    }),
  );
  const foreign = opened.use(
    openForeignWatch({
      stacks: async () => {
        const base = await trees.read((await repository.base()).tree);
        return plannable(base, config.profiles);
      },
      states: parts.states,
      git: parts.git,
      branch: config.repository.branch,
      fetch: () => repository.fetch('soon'),
      landed: journal.landed,
      changes: journal.changes,
      table: journal.foreign,
      notifier,
      log,
      now,
    }),
  );
  const problems = () => [...planner.problems(), ...notifier.problems(), ...foreign.problems(), ...secrets.problems()];
  const state = () =>
    describeKeep({
      build,
      seatBelt,
      repository,
      freeze,
      console: config.console,
      approvers: people.approvers,
      foreign: foreign.foreign,
      problems,
    });
  const { changes } = signing;
  const answering: Answering = {
    config,
    parts,
    journal,
    repository,
    trees,
    runs,
    changes,
    requests: secrets.requests,
    fingerprinter: secrets.fingerprinter,
    references: secrets.references,
    people,
  };
  const answer = (request: KeepRequest, signal: AbortSignal) => answerTo(request, signal, answering);

  await planner.probe();
  // Whoever applied while no keep watched is told of now, not in ten minutes.
  void foreign.look();
  repository.fetch('soon').catch(() => undefined); // The state says what went wrong.
  const polling = setInterval(() => {
    repository.fetch('soon').catch(() => undefined); // As above.
    freeze.look().catch((error: unknown) => log.error({ err: error }, 'freeze.look.failed'));
    people.reload().catch((error: unknown) => log.error({ err: error }, 'approvers.reload.failed'));
  }, lookEveryMs).unref();
  opened.defer(() => clearInterval(polling));
  const shared = { state, answer, log };
  opened.use(await listenOnKeepSocket({ ...shared, path: sockets.agents, mode: 0o660, verbs: agentVerbs }));
  opened.use(await listenOnKeepSocket({ ...shared, path: sockets.humans, mode: 0o660, verbs: humanVerbs }));
  opened.use(
    await openWindow({
      config,
      build,
      people,
      signing,
      secrets,
      journal,
      repository,
      runs,
      foreign,
      redactor,
      log,
      now,
      state,
      stacks: () => viewsOf(undefined, answering),
    }),
  );
  if (config.drift.at !== undefined) {
    everyDayAt(config.drift.at, () => drift.pass(), { now, signal: closing.signal, log });
  }
  // Whoever asks first where a field stands, a guard that waits for two seconds, finds the source parsed.
  readSource(answering).catch((error: unknown) => log.info({ err: error }, 'keep.read-ahead.failed'));
  log.info({ version: build.version, seatBelt, console: config.console.origin, ...sockets }, 'keep.serving');

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
