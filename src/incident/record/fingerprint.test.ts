import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprintOf, symptomTemplate } from './fingerprint.ts';

const of = (
  symptom: string,
  services: readonly string[] = ['photos'],
  namespaces: readonly string[] = ['media'],
): string => fingerprintOf({ symptom, services, namespaces });

describe('what makes two openings the same', () => {
  it.each([
    ['uploads answer 502 since 12:04', 'Uploads answer 503, since 14:31:07!'],
    ['photos-7f9c6d5b4-x2x9q was killed 3 times', 'photos-66d4f7c9b8-k2lqp was killed 12 times'],
    ['192.0.2.17 cannot be reached', '192.0.2.200:8443 cannot be reached'],
    ['2001:db8::1 cannot be reached', '2001:db8:0:1::abcd cannot be reached'],
    ['dead::beef is down', 'fe80::abcd is down'],
    ['request deadbeef failed', 'request 9c1185a5c5e9fc54 failed'],
    ['id 3f2a9c1e-0b1d-4c5e-8f70-112233445566 is lost', 'id aaaabbbb-cccc-dddd-eeee-ffffaaaabbbb is lost'],
    ['mail\u200b is   slow', 'Mail is slow'],
    ['ｍail is slow', 'mail is slow'],
  ])('%s, and %s', (one, other) => {
    expect(of(one)).toBe(of(other));
  });

  it.each([
    ['uploads fail', 'downloads fail'],
    ['mail is slow', 'mail is down'],
    ['größer', 'kleiner'],
  ])('%s is another thing than %s', (one, other) => {
    expect(of(one)).not.toBe(of(other));
  });

  it('names are held against each other whatever their order, and one more is another thing', () => {
    expect(of('x', ['b', 'A', 'a'], ['n', ''])).toBe(of('x', ['a', 'b'], [' N ']));
    expect(of('x', ['a'])).not.toBe(of('x', ['a', 'b']));
    expect(of('x', ['a'], [])).not.toBe(of('x', [], ['a']));
    // Unlike a pod's, a service's number tells it from another.
    expect(of('x', ['disk-1'])).not.toBe(of('x', ['disk-2']));
  });

  it('an alert’s own fingerprint stands alone, and never for a symptom', () => {
    expect(fingerprintOf({ alert: 'c0ffee0123456789' })).toBe(fingerprintOf({ alert: ' C0FFEE0123456789 ' }));
    expect(fingerprintOf({ alert: 'c0ffee' })).not.toBe(fingerprintOf({ alert: 'c0ffef' }));
    expect(fingerprintOf({ alert: 'x' })).toMatch(/^alert-[0-9a-f]{32}$/);
    expect(of('x')).toMatch(/^symptom-[0-9a-f]{32}$/);
  });

  it('takes any text, and its template is its own template', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (symptom) => {
        expect(of(symptom)).toMatch(/^symptom-[0-9a-f]{32}$/);
        expect(symptomTemplate(symptomTemplate(symptom))).toBe(symptomTemplate(symptom));
      }),
    );
    // Of something endless only the beginning is looked at.
    for (const piece of ['a:', '::', 'f0', ':.', '# ']) {
      const endless = piece.repeat(2 ** 20 / piece.length);
      expect(of(endless)).toBe(of(endless.slice(0, 4_000)));
    }
  });
});
