import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Audit } from '../../store/audit.ts';
import type { AuditReport } from '../../store/audit-verify.ts';
import type { Database } from '../../store/database.ts';
import { takeLock } from '../../store/lock.ts';
import type { StoreLog } from '../../store/log.ts';
import { auditMigrations, loadMigrations, type Migration } from '../../store/migrate.ts';
import { openStore, type StoreConfig, takeStoreLock } from '../../store/open.ts';
import type { KeepConfig } from '../config/valid.ts';
import { type AuditRows, openAuditRows } from './audit-rows.ts';
import { type ChangeTable, openChangeTable } from './change-table.ts';
import { type DecisionTable, openDecisionTable } from './decision-table.ts';
import { type DriftTable, openDriftTable } from './drift-table.ts';
import { type ForeignTable, openForeignTable } from './foreign-table.ts';
import { type LandedTable, openLandedTable } from './landed-table.ts';
import { type LatchTable, openLatchTable } from './latch-table.ts';
import { type LeaseTable, openLeaseTable } from './lease-table.ts';
import { openQuotaTable, type QuotaTable } from './quota-table.ts';
import { openRecordTable, type RecordTable } from './record-table.ts';
import { openRequestTable, type RequestTable } from './request-table.ts';
import { openRunTable, type RunTable } from './run-table.ts';
import { openStepTable, type StepTable } from './step-table.ts';

/** What the keep writes down: a database and a hash chain of its own, which the daemon has no way to. */
export interface Journal extends AsyncDisposable {
  readonly audit: Pick<Audit, 'append'>;
  readonly runs: RunTable;
  readonly records: RecordTable;
  readonly quota: QuotaTable;
  readonly drift: DriftTable;
  readonly latches: LatchTable;
  readonly changes: ChangeTable;
  readonly leases: LeaseTable;
  readonly decisions: DecisionTable;
  readonly steps: StepTable;
  readonly landed: LandedTable;
  readonly foreign: ForeignTable;
  readonly requests: RequestTable;
  readonly auditRows: AuditRows;
  /** Reads the whole audit; what it finds is told, not thrown. */
  verifyAudit(): Promise<AuditReport>;
}

export interface JournalOptions {
  readonly config: Pick<KeepConfig, 'stateDirectory' | 'database'>;
  readonly build: string;
  /** For whoever finds the journal locked. */
  readonly socket: string;
  readonly log: StoreLog;
}

/**
 * Opens it for this process alone. Errors: `data-locked`, `data-lock-unclear`, `data-lock-failed`, those of a database and
 * its migrations.
 */
export async function openJournal({ config, build, socket, log }: JournalOptions): Promise<Journal> {
  mkdirSync(config.stateDirectory, { recursive: true, mode: 0o700 });
  const store: StoreConfig = {
    home: config.stateDirectory,
    database: config.database,
    backup: { everyHours: 24, keep: 7 },
  };
  await using opened = new AsyncDisposableStack();
  // The database on a server has no lock of its own, and one keep at a time plans here.
  opened.use(takeLock({ directory: join(config.stateDirectory, 'keep'), socket, build }));
  const lock = takeStoreLock(store, { socket, build });
  const kept = opened.use(await openStore({ config: store, build, log, lock, migrations: keepMigrations() }));
  const { database, audit } = kept;
  const everything = opened.move();
  return {
    ...openTables(database, audit),
    audit,
    verifyAudit: () => kept.verifyAudit(),
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

export function openTables(database: Database, audit: Pick<Audit, 'append'>) {
  return {
    runs: openRunTable(database, audit),
    records: openRecordTable(database),
    quota: openQuotaTable(database),
    drift: openDriftTable(database),
    latches: openLatchTable(database),
    changes: openChangeTable(database, audit),
    leases: openLeaseTable(database),
    decisions: openDecisionTable(database, audit),
    steps: openStepTable(database),
    landed: openLandedTable(database),
    foreign: openForeignTable(database),
    requests: openRequestTable(database, audit),
    auditRows: openAuditRows(database),
  };
}

/** The audit's schema, and the keep's own after it. */
export function keepMigrations(): readonly Migration[] {
  return loadMigrations(new URL('./migrations/', import.meta.url), auditMigrations());
}
