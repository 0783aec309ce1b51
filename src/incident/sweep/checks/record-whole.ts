import type { Check } from '../port.ts';
import { found, unknown } from '../results.ts';

export const recordWhole: Check = {
  id: 'record-whole',
  title: 'The record of incidents is as it was written',
  needs: ['record'],
  look({ record }) {
    if (record === undefined) return unknown('nobody looked');
    return found({ fail: record.broken }, 'every event and every piece of evidence has its hash');
  },
};
