import type { Rule } from '../../rule.ts';
import { claimLost } from './claim-lost.ts';
import { claimPending } from './claim-pending.ts';
import { claimResizeFailed } from './claim-resize-failed.ts';
import { claimWithoutBackup } from './claim-without-backup.ts';
import { csiDriverMissing } from './csi-driver-missing.ts';
import { provisionerRemoved } from './provisioner-removed.ts';
import { severalDefaultClasses } from './several-default-classes.ts';
import { storageClassMissing } from './storage-class-missing.ts';
import { volumeAttachmentStuck } from './volume-attachment-stuck.ts';
import { volumeFailed } from './volume-failed.ts';
import { volumeReleased } from './volume-released.ts';

export const storageRules: readonly Rule[] = [
  claimLost,
  claimPending,
  claimResizeFailed,
  claimWithoutBackup,
  csiDriverMissing,
  provisionerRemoved,
  severalDefaultClasses,
  storageClassMissing,
  volumeAttachmentStuck,
  volumeFailed,
  volumeReleased,
];
