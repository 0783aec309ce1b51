import { ageText, millisecondsSince } from '../../../fields.ts';
import { conditionsOf } from '../../../health/verdict.ts';
import { ownerOf, refText } from '../../../owner.ts';
import type { ClusterObject } from '../../../reader.ts';
import type { ClusterView } from '../../../view.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

const failures = new Set(['Failed', 'Denied', 'InvalidRequest']);
const patienceMs = 60 * 60_000;

export const certificateRequestFailed: Rule = {
  id: 'certificate-request-failed',
  title:
    'The newest CertificateRequest of a Certificate failed, was denied, or has waited for an hour. Older ones are history.',
  needs: { 'certificaterequests.cert-manager.io': { status: { conditions: true } } },
  *find(view) {
    for (const request of newestOf(view)) {
      const conditions = conditionsOf(request);
      const ready = conditions.find(({ type }) => type === 'Ready');
      const denied = conditions.some(({ type, status }) => type === 'Denied' && status === 'True');
      if (ready?.status === 'True') continue;
      const failed = denied || failures.has(ready?.reason ?? '');
      const age = millisecondsSince(request.created, view.now);
      if (!failed && (age ?? 0) < patienceMs) continue;
      yield {
        severity: 'warning',
        object: request,
        summary: denied
          ? 'its request was denied'
          : failed
            ? 'its request failed'
            : `its request has waited ${ageText(age)}`,
        detail: outsideText(ready?.reason, ready?.message),
        since: ready?.since ?? request.created,
        next: describeCall(request),
      };
    }
  },
};

/** One a Certificate; a request nobody owns stands for itself. */
function newestOf(view: ClusterView): Iterable<ClusterObject> {
  const newest = new Map<string, ClusterObject>();
  for (const request of view.all('certificaterequests.cert-manager.io')) {
    const key = refText(ownerOf(request) ?? request);
    const known = newest.get(key);
    if (known === undefined || (request.created?.getTime() ?? 0) > (known.created?.getTime() ?? 0))
      newest.set(key, request);
  }
  return newest.values();
}
