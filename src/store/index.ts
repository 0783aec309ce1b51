/** What other floors use of the store; what starts a database is imported from its file, when it is needed. */
export type { Audit } from './audit.ts';
export type { AuditedCall, Outcome } from './audit-chain.ts';
export { listBackups, restoreBackup } from './backup.ts';
export { type Store, storePaths, takeStoreLock } from './open.ts';
