import type { Check } from '../port.ts';
import { daysBetween, found, unknown } from '../results.ts';

const longDays = 7;

export const incidentsOpen: Check = {
  id: 'incidents-open',
  title: 'No incident is forgotten',
  needs: ['record'],
  look({ record, at }) {
    if (record === undefined) return unknown('nobody looked');
    const bad = record.open
      .filter(({ severity, mitigatedAt }) => (severity === 'SEV1' || severity === 'SEV2') && mitigatedAt === undefined)
      .map(({ id, severity, openedAt }) => `${id}, ${severity}, open since ${openedAt.toISOString()}`);
    const old = record.open
      .filter(
        ({ openedAt, severity, mitigatedAt }) =>
          daysBetween(openedAt, at) > longDays &&
          !((severity === 'SEV1' || severity === 'SEV2') && mitigatedAt === undefined),
      )
      .map(({ id, status, openedAt }) => `${id} is ${status} since ${openedAt.toISOString().slice(0, 10)}`);
    return found({ fail: bad, warn: old }, `${record.open.length} open`, 'incident_show');
  },
};
