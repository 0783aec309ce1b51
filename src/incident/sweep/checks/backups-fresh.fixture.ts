import { type CheckFixture, measured } from '../check.fixture.ts';
import { backupsFresh } from './backups-fresh.ts';

const [query = ''] = backupsFresh.queries ?? [];

export const fixture: CheckFixture = {
  red: [
    {
      because: 'one is lost',
      sight: measured({ [query]: [[980, { backup: 'archive-offsite' }]] }),
      status: 'fail',
      says: /^archive-offsite: 980 h ago$/,
    },
    {
      because: 'one is late',
      sight: measured({ [query]: [[30, { job: 'photos-backup' }]] }),
      status: 'warn',
      says: /30 h ago/,
    },
  ],
  green: [['it ran in the night', measured({ [query]: [[9, { backup: 'photos' }]] })]],
  unknown: [['no backup tells', measured({ [query]: [] })]],
};
