import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../kit/index.ts';
import { clientOf, get, openHostile, word } from './hostile.fixture.ts';
import { encodePath, segmentsOf } from './path.ts';

const refused = expect.objectContaining({ code: 'vault-path-invalid' });

describe('a path', () => {
  it.each([
    [''],
    ['.'],
    ['..'],
    ['a/..'],
    ['../data'],
    ['%2e%2e'],
    ['a%2fb'],
    ['a?version=1'],
    ['a#b'],
    ['a\\..\\b'],
    ['a\u0000'],
    ['a\r\nX-Vault-Token: b'],
    ['a\u007f'],
    ['a\u0085'],
    ['a\ud800'],
    ['a\u2028'],
  ])('is refused with the segment %j', (segment) => {
    expect(() => encodePath(['secret', 'metadata', segment])).toThrow(refused);
    expect(() => encodePath([segment])).toThrow(refused);
  });

  it('is refused when it is empty or endless', () => {
    expect(() => encodePath([])).toThrow(refused);
    expect(() => encodePath(['a'.repeat(5_000)])).toThrow(refused);
  });

  it('cannot say where it leads', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 12 }), { minLength: 1, maxLength: 6 }), (path) => {
        let encoded: string;
        try {
          encoded = encodePath(path);
        } catch (error) {
          expect(error).toEqual(refused);
          return;
        }
        const url = new URL(`http://192.0.2.1/v1/${encoded}`);
        expect(url.pathname).toBe(`/v1/${encoded}`);
        expect(url.search + url.hash).toBe('');
        expect(encoded.split('/').map(decodeURIComponent)).toEqual(path);
        expect(encoded).toMatch(/^[A-Za-z0-9\-_.!~*'()%/]+$/);
      }),
    );
  });

  it.each([
    ['secret/', ['secret']],
    ['apps/mail', ['apps', 'mail']],
    ['', []],
    ['/apps', ['', 'apps']],
    ['a//b', ['a', '', 'b']],
  ])('is read from %j', (text, segments) => {
    expect(segmentsOf(text)).toEqual(segments);
  });

  it('reaches Vault as it is written, whatever the driver would make of it', async () => {
    await using server = await openHostile();
    const { client, sender } = clientOf(server.origin, new Secret(word()));
    await using _sender = sender;
    const names = [
      'a&b',
      'a&#x2F;b'.replaceAll('#', '').replaceAll(';', ''),
      'ä ö',
      "it's",
      '{{a}}',
      '+',
      'a:b',
      '...',
      '🔑',
    ];
    for (const name of names) await client.ask(get('secret', 'metadata', name));
    expect(server.seen.map(({ url }) => decodeURIComponent(url.slice('/v1/secret/metadata/'.length)))).toEqual(names);
  });
});
