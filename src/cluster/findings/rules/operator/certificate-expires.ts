import { ageText, at, dateAt, millisecondsSince } from '../../../fields.ts';
import type { ClusterObject } from '../../../reader.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Finding, Rule } from '../../rule.ts';
import { certificateShape, expiryOf, hostsOf, lastWord } from './shared-certificate.ts';

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;
/** Renewal is on time for so long. */
const graceMs = hourMs;

export const certificateExpires: Rule = {
  id: 'certificate-expires',
  title:
    'A cert-manager Certificate that has run out, or runs out within two weeks although it should have been renewed. A short-lived one whose renewal is still to come is left alone.',
  needs: { 'certificates.cert-manager.io': certificateShape },
  *find(view) {
    for (const certificate of view.all('certificates.cert-manager.io')) {
      const expiry = expiryOf(certificate);
      const left = expiry === undefined ? undefined : expiry.getTime() - view.now.getTime();
      if (left === undefined || left >= 14 * dayMs) continue;
      const overdue = overdueFor(certificate, view.now);
      if (left > 0 && overdue === undefined) continue;
      const hosts = hostsOf(certificate);
      const word = lastWord(certificate);
      const late = overdue === undefined || overdue === 0 ? '' : `, its renewal is ${ageText(overdue)} late`;
      yield {
        severity: left < 2 * dayMs ? 'critical' : 'warning',
        object: certificate,
        summary: `${left <= 0 ? `ran out ${ageText(-left)} ago` : `runs out in ${ageText(left)}`}${late}${hosts === '' ? '' : `: ${hosts}`}`,
        detail: word?.type === 'Issuing' ? outsideText(word.reason, word.message) : undefined,
        next: describeCall(certificate),
      } satisfies Finding;
    }
  },
};

/** How late its renewal is; 0 when nobody said when it is due, undefined when it is not. */
function overdueFor(certificate: ClusterObject, now: Date): number | undefined {
  const due = dateAt(at(certificate.body, 'status'), 'renewalTime');
  const late = millisecondsSince(due, now);
  if (late === undefined) return 0;
  return late > graceMs ? late : undefined;
}
