import type { RunView } from '../../change/wire/run.ts';
import { createRedactor } from '../../redaction/index.ts';
import type { Database } from '../../store/database.ts';
import type { AuditedCall } from '../../store/index.ts';
import { migrate } from '../../store/migrate.ts';
import { openEmbeddedDatabase } from '../../store/pglite.ts';
import { keepMigrations, openTables } from '../journal/journal.ts';
import { openTrustedRepository } from '../repository/trusted-repository.ts';
import type { RunParts } from './parts.ts';
import { openRuns, type Runs } from './runs.ts';
import { createSlots } from './slots.ts';
import { MemoryRepository, StandInPlanner, someProfile, standInParts } from './stand-ins.fixture.ts';
import { openTrees } from './trees.ts';

export const alice = { agent: 'claude', human: 'alice' };
export const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

export interface Bench extends AsyncDisposable {
  readonly runs: Runs;
  readonly git: MemoryRepository;
  readonly planner: StandInPlanner;
  readonly database: Database;
  readonly audited: AuditedCall[];
  readonly consents: Set<string>;
  readonly base: string;
  /** Until it has ended or waits for a human. */
  ended(view: RunView): Promise<RunView>;
}

/** The keep's database's schema, in a new directory. */
export async function openKeepDatabase(directory: string): Promise<Database> {
  const database = await openEmbeddedDatabase(directory);
  await migrate(database, { build: 'test', migrations: keepMigrations() });
  return database;
}

export async function openBench(
  database: Database,
  options: {
    parts?: Partial<RunParts>;
    plansPerHour?: number;
    now?: () => Date;
    refusal?: string;
    auditFault?: string;
  } = {},
): Promise<Bench> {
  const git = new MemoryRepository();
  const base = git.commitTree(
    {
      'stacks/mail/main.tf': 'mail',
      'stacks/blog/main.tf': 'blog',
      'stacks/vault/main.tf': 'vault',
      'modules/x/main.tf': 'x',
    },
    'main',
  );
  const planner = new StandInPlanner();
  const audited: AuditedCall[] = [];
  const consents = new Set<string>();
  const now = options.now ?? (() => new Date());
  const parts = standInParts(options.parts);
  const journal = openTables(database, {
    append: async (call) => {
      // A step of this name cannot be written down.
      if (call.tool === options.auditFault) throw new Error('no room for the row');
      audited.push(call);
    },
  });
  const repository = openTrustedRepository({
    git,
    config: { branch: 'main', trustedBase: base },
    authority: { adopted: () => ({ value: [], problem: undefined }) },
    log: silent,
    now,
    signal: new AbortController().signal,
  });
  const runs = openRuns({
    config: { profiles: [someProfile] },
    repository,
    trees: openTrees(repository, parts),
    parts,
    planner,
    records: journal.records,
    authority: {
      refusal: options.refusal,
      hasConsent: (digest) => ({ value: consents.has(digest), problem: undefined }),
    },
    slots: createSlots(2),
    now,
    journal,
    plansPerHour: options.plansPerHour ?? 100,
    redactor: createRedactor(),
    log: silent,
    consentEveryMs: 10,
  });
  return {
    runs,
    git,
    planner,
    database,
    audited,
    consents,
    base,
    ended: ({ id }) => runs.status(id, 30_000),
    [Symbol.asyncDispose]: () => runs[Symbol.asyncDispose](),
  };
}
