/** What commands use of the keep without running one; keep.ts and compose.ts are imported from their files, by the one that does. */
export { defaultKeepConfig, loadKeepConfig } from './config/load.ts';
export { ownersFor, proveOwnership } from './config/ownership.ts';
