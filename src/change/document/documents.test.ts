import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentKinds, mutationsOf, someChangeDocument, someDocuments } from './documents.fixture.ts';
import { changeDocument, digestOf, signedDocument } from './documents.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Members in another order, at every depth. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, item]) => [name, reordered(item)] as const)
      .toReversed(),
  );
}

describe('the digest of a document', () => {
  it('is SHA-256 over RFC 8785, by hand', () => {
    const text =
      '{"approver":{"credential":"credential-a","name":"alice"},"expiresAt":"2026-03-01T10:05:00.000Z",' +
      '"issuedAt":"2026-03-01T10:00:00.000Z","keep":"keep_00000000000000000000000000000000","kind":"revoke",' +
      `"name":"bob","nonce":"${'n'.repeat(43)}","v":1}`;
    expect(digestOf(someDocuments.revoke)).toBe(sha256(text));
  });

  it('keeps text as it is but for what JSON must escape, and tells lookalikes apart', () => {
    const named = (name: string): string => digestOf({ ...someDocuments.revoke, name });
    const names = ['\u00e9', 'e\u0301', '\u20ac', '\ud83d\ude00', 'a\u200b', 'a', '\\u0061', '"', '\r', '\u2028'];
    expect(new Set(names.map(named)).size).toBe(names.length);
    const text = JSON.stringify({ n: '\u20ac\u2028\ud83d\ude00"\\' });
    expect(text).toBe('{"n":"\u20ac\u2028\ud83d\ude00\\"\\\\"}');
  });

  it('prints numbers one way', () => {
    const [metric] = someChangeDocument.expect.filter(({ kind }) => kind === 'metric');
    const valued = (value: number): string =>
      digestOf({ ...someChangeDocument, expect: [{ ...metric, value } as (typeof someChangeDocument.expect)[number]] });
    expect(valued(1e2)).toBe(valued(100));
    expect(valued(-0)).toBe(valued(0));
    expect(valued(0.1 + 0.2)).not.toBe(valued(0.3));
  });

  it.each(documentKinds)('does not depend on the order of members: %s', (kind) => {
    const again = signedDocument.parse(reordered(someDocuments[kind]));
    expect(digestOf(again)).toBe(digestOf(someDocuments[kind]));
  });

  it('depends on the order in which changes are applied', () => {
    const { approve } = someDocuments;
    const other = { ...approve, documents: approve.documents.toReversed() };
    expect(digestOf(other)).not.toBe(digestOf(approve));
  });

  it.each(documentKinds)('is another for any single mutation of any field: %s', (kind) => {
    const mutations = mutationsOf(someDocuments[kind]);
    expect(mutations.length).toBeGreaterThan(8);
    const digests = mutations.map(({ document }) => digestOf(document));
    expect(new Set([...digests, digestOf(someDocuments[kind])]).size).toBe(mutations.length + 1);
  });

  it.each(documentKinds)('is another for any other text in any text: %s', (kind) => {
    const document = someDocuments[kind];
    const texts = mutationsOf(document).map(({ path }) => path.split('.'));
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.string({ unit: 'binary' }), (path, text) => {
        const copy = structuredClone(document);
        let holder: object = copy;
        for (const name of path.slice(0, -1)) holder = Reflect.get(holder, name);
        const before: unknown = Reflect.get(holder, path.at(-1) ?? '');
        Reflect.set(holder, path.at(-1) ?? '', text);
        if (before === text) expect(digestOf(copy)).toBe(digestOf(document));
        // Lone surrogates have no UTF-8 of their own, but JSON escapes them.
        else expect(digestOf(copy)).not.toBe(digestOf(document));
      }),
    );
  });

  it('is another for any mutation of a change document', () => {
    const mutations = mutationsOf(someChangeDocument);
    expect(mutations.length).toBeGreaterThan(50);
    expect(new Set(mutations.map(({ document }) => digestOf(document))).size).toBe(mutations.length);
  });
});

describe('a document', () => {
  it.each(documentKinds)('parses as what it is: %s', (kind) => {
    expect(signedDocument.parse(someDocuments[kind])).toEqual(someDocuments[kind]);
  });

  it('of one kind is none of another', () => {
    for (const kind of documentKinds) {
      for (const other of documentKinds.filter((one) => one !== kind)) {
        // A set that was approved is no broken glass: that has to say why.
        expect(signedDocument.safeParse({ ...someDocuments[kind], kind: other }).success, `${kind} as ${other}`).toBe(
          false,
        );
      }
      expect(changeDocument.safeParse(someDocuments[kind]).success).toBe(false);
    }
    expect(signedDocument.safeParse(someChangeDocument).success).toBe(false);
    expect(signedDocument.safeParse({ ...someDocuments.thaw, kind: 'login' }).success).toBe(false);
  });

  it.each(documentKinds)('has no member that nobody knows, at any depth: %s', (kind) => {
    const document = someDocuments[kind];
    expect(signedDocument.safeParse({ ...document, more: 1 }).success).toBe(false);
    const nested = { ...document, approver: { ...document.approver, more: 1 } };
    expect(signedDocument.safeParse(nested).success).toBe(false);
  });

  it.each(documentKinds)('lacks nothing: %s', (kind) => {
    const document = someDocuments[kind];
    for (const name of Object.keys(document)) {
      const { [name as keyof typeof document]: _, ...rest } = document;
      expect(signedDocument.safeParse(rest).success, name).toBe(false);
    }
  });

  it.each([
    '2026-03-01',
    '2026-03-01T10:00:00',
    '2026-03-01T10:00:00+01:00',
    '2026-03-01 10:00:00Z',
    '2026-02-30T10:00:00.000Z',
    '2026-13-01T10:00:00.000Z',
    '2026-03-01T25:00:00.000Z',
    'tomorrow',
    1_772_359_200_000,
    '',
  ])('takes no time but ISO 8601 in UTC: %s', (time) => {
    for (const member of ['issuedAt', 'expiresAt']) {
      expect(signedDocument.safeParse({ ...someDocuments.revoke, [member]: time }).success).toBe(false);
    }
  });

  it('names each digest and id in full', () => {
    const { approve, adopt } = someDocuments;
    expect(signedDocument.safeParse({ ...adopt, commit: 'main' }).success).toBe(false);
    expect(signedDocument.safeParse({ ...adopt, commit: adopt.commit.slice(0, 12) }).success).toBe(false);
    expect(signedDocument.safeParse({ ...approve, documents: [] }).success).toBe(false);
    expect(signedDocument.safeParse({ ...approve, nonce: 'short' }).success).toBe(false);
  });
});
