import { at, dateAt } from '../../../fields.ts';
import { type Condition, conditionsOf } from '../../../health/verdict.ts';
import type { ClusterObject } from '../../../reader.ts';
import type { Shape } from '../../../shape.ts';
import { hostText, listed } from '../../../words.ts';

export const certificateShape: Shape = {
  spec: { dnsNames: true },
  status: { conditions: true, notBefore: true, notAfter: true, renewalTime: true },
};

/** Its hosts, for a sentence; empty where it has none. */
export function hostsOf({ body }: ClusterObject): string {
  const names = at(body, 'spec')?.['dnsNames'];
  return Array.isArray(names) ? listed(names.map(hostText)) : '';
}

export function expiryOf({ body }: ClusterObject): Date | undefined {
  return dateAt(at(body, 'status'), 'notAfter');
}

/** What its controller said last: the attempt that failed says more than the state it left behind. */
export function lastWord(certificate: ClusterObject): Condition | undefined {
  const conditions = conditionsOf(certificate);
  const attempt = conditions.find(
    ({ type, status, reason }) => type === 'Issuing' && (status === 'True' || reason === 'Failed'),
  );
  return attempt ?? conditions.find(({ type }) => type === 'Ready');
}
