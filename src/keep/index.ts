/** What commands use of the keep without running one; keep.ts and compose.ts are imported from their files, by the one that does. */
export { removeEnrolment, writeEnrolment } from './approvers/enrolments.ts';
export { fingerprintOf } from './approvers/passkey.ts';
export { readRootApprovers } from './approvers/root-file.ts';
export { writeApprover } from './approvers/write-approver.ts';
export { defaultKeepConfig, loadKeepConfig, loadKeepDirectories } from './config/load.ts';
export { ownersFor } from './config/ownership.ts';
