/** What other floors use of the store. */
export type { Audit } from './audit.ts';
export type { AuditedCall, Outcome } from './audit-chain.ts';
export type { AuditProblem, AuditReport } from './audit-verify.ts';
export { type Backup, listBackups, type Restored, restoreBackup } from './backup.ts';
export { canonicalJson } from './canonical-json.ts';
export type { Database, Queryable } from './database.ts';
export { sqlStateOf } from './errors.ts';
export type { Features } from './features.ts';
export type { EnqueueOptions, JobHandler, Jobs } from './jobs.ts';
export { loadOrCreateKey } from './key-file.ts';
export { type DataLock, type LockHolder, readLock } from './lock.ts';
export type { StoreLog } from './log.ts';
export { type OpenStoreOptions, openStore, type Store, type StoreConfig, storePaths, takeStoreLock } from './open.ts';
