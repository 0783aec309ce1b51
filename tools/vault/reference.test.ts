import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseClusterReference, parseReference } from './reference.ts';
import { referenceText } from './words.ts';

const mounts = ['secret', 'kv', 'kv/team', 'database'];
const parse = (text: string) => parseReference(text, mounts);

describe('a reference', () => {
  it.each([
    ['secret/apps/mail', { mount: 'secret', path: 'apps/mail' }],
    ['vault://secret/apps/mail#password@3', { mount: 'secret', path: 'apps/mail', key: 'password', version: 3 }],
    ['secret/apps/mail@2', { mount: 'secret', path: 'apps/mail', version: 2 }],
    ['kv/team/a#b', { mount: 'kv/team', path: 'a', key: 'b' }],
    ['secret/data/apps/mail', { mount: 'secret', path: 'apps/mail' }],
    ['secret/a#user@example.net', { mount: 'secret', path: 'a', key: 'user@example.net' }],
    ['secret/a#b#c', { mount: 'secret', path: 'a', key: 'b#c' }],
  ])('%s', (text, found) => expect(parse(text)).toEqual(found));

  const place = fc.stringMatching(/^[a-z0-9_-]{1,20}$/);
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(
        fc.array(place, { minLength: 1, maxLength: 4 }),
        place,
        fc.integer({ min: 1, max: 999 }),
        (path, key, version) => {
          const reference = { mount: 'secret', path: ['x', ...path].join('/'), key, version };
          expect(parse(referenceText(reference))).toEqual(reference);
        },
      ),
    );
  });

  it.each([
    'secret/../sys/raw',
    'secret/apps/../../database/static-creds/mail',
    'secret/./a',
    'secret//a',
    'secret/a%2f..%2fb',
    'secret/a?list=true',
    'secret/a#',
    'secret/a#pass\u0000word',
    'secret/a#pass\u202Eword',
    'secret/a\nb',
    'secret',
    'secret/',
    'nowhere/a',
    '#password',
    '@3',
    `secret/${'x'.repeat(500)}`,
    `secret/a#${'x'.repeat(300)}`,
    'a-password-somebody-pasted',
  ])('is not %j, and the refusal does not repeat it', (text) => {
    let told = '';
    try {
      parse(text);
    } catch (error) {
      told = `${(error as Error).message} ${(error as { next?: string }).next}`;
    }
    expect(told).toContain('no reference to a secret');
    expect(text.length > 10 && told.includes(text)).toBe(false);
  });

  it('of a Kubernetes Secret begins with k8s:', () => {
    expect(parseClusterReference('k8s:mail/mail-secret#tls.key')).toEqual({
      namespace: 'mail',
      name: 'mail-secret',
      key: 'tls.key',
    });
    expect(parseClusterReference('secret/a#b')).toBeUndefined();
    for (const wrong of ['k8s:', 'k8s:mail#x', 'k8s:a/b', 'k8s:../b#c', 'k8s:a/b#c d', 'k8s:a/b/c#d']) {
      expect(() => parseClusterReference(wrong)).toThrow(expect.objectContaining({ code: 'vault-reference-invalid' }));
    }
  });
});
