import { millisecondsSince } from '../../../fields.ts';
import { conditionsOf } from '../../../health/verdict.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { certificateShape, expiryOf, hostsOf, lastWord } from './shared-certificate.ts';

/** A challenge takes minutes. */
const patienceMs = 15 * 60_000;

export const certificateNotReady: Rule = {
  id: 'certificate-not-ready',
  title:
    'A cert-manager Certificate that has not been issued, or no longer fits what was asked for, for a quarter of an hour.',
  needs: { 'certificates.cert-manager.io': certificateShape },
  *find(view) {
    for (const certificate of view.all('certificates.cert-manager.io')) {
      const ready = conditionsOf(certificate).find(({ type }) => type === 'Ready');
      const since = ready?.since ?? certificate.created;
      if (ready?.status === 'True' || (millisecondsSince(since, view.now) ?? patienceMs) < patienceMs) continue;
      const expiry = expiryOf(certificate);
      // Run out is told by `certificate-expires`.
      if (expiry !== undefined && expiry <= view.now) continue;
      const hosts = hostsOf(certificate);
      const word = lastWord(certificate);
      yield {
        severity: expiry === undefined ? 'critical' : 'warning',
        object: certificate,
        summary: `${ready === undefined ? 'no controller answers for it' : expiry === undefined ? 'never issued' : 'not ready, an older one still serves'}${hosts === '' ? '' : `: ${hosts}`}`,
        detail: outsideText(word?.reason, word?.message),
        since,
        next: describeCall(certificate),
      };
    }
  },
};
