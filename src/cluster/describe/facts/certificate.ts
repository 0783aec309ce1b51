import { ageText, at, millisecondsSince, textAt, textsAt } from '../../fields.ts';
import { hostText, listed, nameText } from '../../words.ts';
import { type Section, section } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';

/** For which names it is, how long it is good, and who uses it. */
export function certificateFacts(around: Surroundings): Section | undefined {
  const { object, now } = around;
  const [spec, status] = [at(object.body, 'spec'), at(object.body, 'status')];
  const names = textsAt(spec, 'dnsNames').map(hostText);
  const [until, renews] = [
    millisecondsSince(textAt(status, 'notAfter'), now),
    millisecondsSince(textAt(status, 'renewalTime'), now),
  ];
  return section('certificate', [
    `for ${names.length === 0 ? 'no DNS name' : listed(names)}, issuer ${nameText(textAt(at(spec, 'issuerRef'), 'name'))}, Secret ${nameText(textAt(spec, 'secretName'))}`,
    until === undefined
      ? 'it does not say until when it is good'
      : until > 0
        ? `EXPIRED ${ageText(until)} ago`
        : `good for ${ageText(-until)} more`,
    renews === undefined
      ? undefined
      : renews > 0
        ? `its renewal is overdue, since ${ageText(renews)}`
        : `renews in ${ageText(-renews)}`,
    usedText(around),
  ]);
}

/** Routes that say the Secret's name are told by their hosts: those are what breaks. */
function usedText({ object, routes }: Surroundings): string | undefined {
  if (routes === undefined) return 'hosts that need it unknown';
  const names = new Set(textsAt(at(object.body, 'spec'), 'dnsNames'));
  const hosts = routes
    .filter(({ host }) => names.has(host))
    .map(({ host, object: route }) => `${host} (${route.kind} ${route.name})`);
  return hosts.length === 0 ? undefined : `serves ${listed(hosts)}`;
}
