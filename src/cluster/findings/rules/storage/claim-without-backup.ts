import { at, textAt } from '../../../fields.ts';
import { phaseOf } from '../../../lifecycle.ts';
import { ownerOf } from '../../../owner.ts';
import type { Rule } from '../../rule.ts';
import { backupNeeds, backupsOf } from './shared-backup.ts';

export const claimWithoutBackup: Rule = {
  id: 'claim-without-backup',
  title:
    'A bound claim that no backup job mounts or names and no backup operator covers, in a cluster where others are backed up. Claims an operator keeps are left alone: it backs up in its own way.',
  needs: {
    ...backupNeeds,
    persistentvolumeclaims: {
      spec: { volumeName: true, resources: { requests: { storage: true } } },
      status: { phase: true, capacity: { storage: true } },
    },
  },
  *find(view) {
    const isCopied = backupsOf(view);
    const claims = view
      .all('persistentvolumeclaims')
      .filter((claim) => phaseOf(claim) === 'Bound' && ownerOf(claim) === undefined);
    // A cluster that backs up nothing from inside does it elsewhere, or not at all: nothing here tells which.
    if (!claims.some(isCopied)) return;
    for (const claim of claims) {
      if (isCopied(claim)) continue;
      const size = textAt(at(claim.body, 'status', 'capacity'), 'storage');
      yield {
        severity: 'notice',
        object: claim,
        summary: `no backup: no backup job mounts or names it${size !== undefined && /^\d+\w{0,2}$/.test(size) ? ` (${size})` : ''}`,
        next: `kubectl_get kind=cronjobs namespace=${claim.namespace}`,
      };
    }
  },
};
