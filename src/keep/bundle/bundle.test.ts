import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { someChange, someChangeDocument, someSet } from '../../change/document/documents.fixture.ts';
import type { ChangeDocument } from '../../change/document/documents.ts';
import { createSoftApprover } from '../approvers/authenticator.fixture.ts';
import { fingerprintOf } from '../approvers/passkey.ts';
import { BundleBench, origin, rp } from './bundle.fixture.ts';
import { type Bundle, bundleDigest } from './bundle.ts';
import { verifyBundle } from './verify.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
type Path = readonly (string | number)[];

const bench = await BundleBench.open();
afterAll(() => bench[Symbol.asyncDispose]());
await bench.enrolBob();
await bench.landed();
const whole = await bench.export();
const trusted = [fingerprintOf(bench.alice.approver)];

const verify = (bundle: unknown) => verifyBundle(JSON.stringify(bundle), { trusted, origin });
/** As somebody would who knows how a bundle is made. */
const resealed = (bundle: Bundle): Bundle => ({ ...bundle, digest: bundleDigest(bundle) });
const failures = async (bundle: unknown): Promise<string> =>
  (await verify(bundle)).checks
    .filter(({ outcome }) => outcome === 'fail')
    .map(({ what, detail }) => `${what}: ${detail}`)
    .join('\n');

function leavesOf(value: Json, at: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([name, inner]) =>
    leavesOf(inner, [...at, Array.isArray(value) ? Number(name) : name]),
  );
}

function changedAt(value: Json, [first, ...rest]: Path, change: (leaf: Json) => Json): Json {
  if (first === undefined) return change(value);
  if (Array.isArray(value)) return value.map((one, index) => (index === first ? changedAt(one, rest, change) : one));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, one]) => [
    name,
    name === first ? changedAt(one, rest, change) : one,
  ]);
  return Object.fromEntries(entries);
}

const asJson = (bundle: Bundle): Json => JSON.parse(JSON.stringify(bundle));

/** Another value that is as likely at that place. */
function other(leaf: Json): Json {
  if (typeof leaf === 'string') {
    const middle = Math.floor(leaf.length / 2);
    const letter = leaf[middle] === 'a' || leaf[middle] === '1' ? 'b' : /\d/.test(leaf[middle] ?? '') ? '1' : 'a';
    return leaf === '' ? 'x' : `${leaf.slice(0, middle)}${letter}${leaf.slice(middle + 1)}`;
  }
  if (typeof leaf === 'number') return leaf + 1;
  if (typeof leaf === 'boolean') return !leaf;
  return 'x';
}

describe('a bundle', () => {
  it('of a landed change is proved from itself and the fingerprint of root’s approver', async () => {
    const { holds, checks } = await verify(whole);
    expect(checks.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
    expect(holds).toBe(true);
    const passed = checks.filter(({ outcome }) => outcome === 'pass').map(({ what }) => what);
    for (const what of [
      'bundle',
      'origin',
      'approver alice',
      'approver bob',
      `${someChange} signature`,
      'audit heads',
    ]) {
      expect(passed).toContain(what);
    }
    expect(checks.find(({ what }) => what === `${someChange} commit`)?.outcome).toBe('pass');
    // What only the keep can prove is never said to be.
    expect(checks.filter(({ outcome }) => outcome === 'unknown').map(({ what }) => what)).toEqual([
      `${someChange} outcome`,
      'audit hashes',
    ]);
  });

  it('is the same of its set, and none of an unknown id', async () => {
    const { exportedAt: _, digest: __, ...ofSet } = await bench.export('separate user', someSet);
    expect(ofSet).toMatchObject({ changes: whole.changes, audit: whole.audit });
    await expect(bench.export('separate user', `chg_${'z'.repeat(26)}`)).rejects.toMatchObject({
      code: 'bundle-unknown',
    });
  });

  it('says what it cannot know', async () => {
    const { checks, holds } = await verifyBundle(JSON.stringify(whole));
    expect(holds).toBe(true);
    const unknown = checks.filter(({ outcome }) => outcome === 'unknown').map(({ what }) => what);
    expect(unknown).toContain('origin');
    expect(unknown).toContain('approver alice');
  });

  it.each(['', 'null', '{}', '[]', '{"v":1'])('is not %j', async (text) => {
    expect((await verifyBundle(text)).holds).toBe(false);
  });
});

describe('a bundle that was changed', () => {
  it('fails at every leaf', async () => {
    const json = asJson(whole);
    const leaves = leavesOf(json);
    expect(leaves.length).toBeGreaterThan(150);
    for (const path of leaves) {
      const { holds } = await verify(changedAt(json, path, other));
      expect({ path: path.join('.'), holds }).toEqual({ path: path.join('.'), holds: false });
    }
  });

  it('fails of any other value at any place', async () => {
    const json = asJson(whole);
    const place = fc.constantFrom(...leavesOf(json));
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)).map((one): Json => one);
    await fc.assert(
      fc.asyncProperty(place, value, async (path, leaf) => {
        const changed = changedAt(json, path, () => leaf);
        fc.pre(JSON.stringify(changed) !== JSON.stringify(json));
        expect((await verify(changed)).holds).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  it('fails also where its digest was made anew, wherever a human’s signature reaches', async () => {
    const json = asJson(whole);
    const reached = leavesOf(json).filter(
      ([first, second, third, fourth]) =>
        (first === 'changes' && (third === 'document' || third === 'signatures')) ||
        (first === 'changes' && ['id', 'stack', 'attempt', 'approvedBy', 'brokenGlass'].includes(String(third))) ||
        (first === 'decisions' && (third === 'signature' || third === 'kind' || third === 'subject')) ||
        // With which passkey root's approver logs in is no part of what they sign, and its id none of their fingerprint.
        (first === 'approvers' &&
          ['name', 'approval', 'login'].includes(String(third)) &&
          !(whole.approvers[Number(second)]?.by === 'root' && third === 'login' && fourth === 'id')) ||
        first === 'keep' ||
        first === 'origin' ||
        first === 'boundary',
    );
    expect(reached.length).toBeGreaterThan(60);
    for (const path of reached) {
      const changed = changedAt(json, path, other) as unknown as Bundle;
      const { holds } = await verify(resealed(changed));
      expect({ path: path.join('.'), holds }).toEqual({ path: path.join('.'), holds: false });
    }
  });
});

describe('a bundle that somebody made to look right', () => {
  const change = (edit: (change: Bundle['changes'][number]) => Bundle['changes'][number]): Bundle =>
    resealed({ ...whole, changes: whole.changes.map(edit) });

  it('fails where another key signed in the name of an approver', async () => {
    const mallory = createSoftApprover(rp, 'alice');
    const document = { ...someChangeDocument, expect: [] };
    const signature = bench.sign(bench.approval(document), mallory);
    const forged = change((one) => ({ ...one, signatures: [signature], approvedBy: ['alice'] }));
    expect(await failures(forged)).toContain('nobody in the bundle has the passkey');
    const enlisted = { ...forged, approvers: [{ ...mallory.approver, since: '2026-01-01T00:00:00.000Z' }] };
    expect(await failures(resealed(enlisted))).toContain('is none of those you trust');
    const beside = { ...mallory.approver, name: 'mallory', by: 'alice', since: '2026-01-01T00:00:00.000Z' };
    const withBeside = { ...forged, approvers: [...forged.approvers, beside] };
    expect(await failures(resealed(withBeside))).toContain('the document that enrolled mallory is missing');
  });

  it('fails where nobody signed, or a login passkey, another kind, or another page did', async () => {
    expect(await failures(change((one) => ({ ...one, signatures: [], approvedBy: [] })))).toContain('nobody signed it');
    const body = bench.approval({ ...someChangeDocument, expect: [] });
    const { alice } = bench;
    const asLogin = bench.sign(body, { ...alice, approval: alice.login });
    const consent = bench.sign({
      kind: 'consent',
      subject: someChange,
      tree: '1'.repeat(40),
      diffSha256: '2'.repeat(64),
      profileSha256: '3'.repeat(64),
      digest: '4'.repeat(64),
    });
    const honest = bench.sign(body);
    const elsewhere = alice.approval.signDocument(honest.document, { origin: 'http://castellan.localhost:9999' });
    const unverified = alice.approval.signDocument(honest.document, { userVerified: false });
    for (const signature of [asLogin, consent, elsewhere, unverified]) {
      const forged = change((one) => ({ ...one, signatures: [signature], approvedBy: ['alice'] }));
      expect(await failures(forged)).toContain(`${someChange} signature`);
    }
  });

  it('fails where times, results, audit or outcome do not go together', async () => {
    const report = whole.changes[0]?.apply ?? null;
    expect(report).not.toBeNull();
    if (report === null) return;
    const late = '2026-03-02T10:00:00.000Z';
    const cases: readonly [string, Bundle][] = [
      [
        'expired when the apply began',
        change((one) => ({ ...one, apply: { ...report, startedAt: late, endedAt: late } })),
      ],
      ['ended before it began', change((one) => ({ ...one, apply: { ...report, endedAt: one.createdAt } }))],
      ['no report of an apply', change((one) => ({ ...one, apply: null }))],
      ['was not empty', change((one) => ({ ...one, apply: { ...report, converged: false } }))],
      ['not everything of it was done', change((one) => ({ ...one, apply: { ...report, failed: ['a.b'] } }))],
      ['told in two ways', change((one) => ({ ...one, landedAs: null }))],
      ['no row of its approval', resealed({ ...whole, audit: { ...whole.audit, rows: [] } })],
      ['not all there', change((one) => ({ ...one, order: 2 }))],
    ];
    for (const [words, forged] of cases) expect(await failures(forged)).toContain(words);
    const rows = whole.audit.rows.map((row, index) => (index === 3 ? { ...row, previous: '0'.repeat(64) } : row));
    expect(await failures(resealed({ ...whole, audit: { ...whole.audit, rows } }))).toContain('does not link');
    const [first] = JSON.parse(whole.changes[0]?.signatures[0]?.document ?? '').audit;
    const rewritten = whole.audit.rows.map((row) => (row.seq === first.seq ? { ...row, hash: 'f'.repeat(64) } : row));
    const forged = resealed({ ...whole, audit: { ...whole.audit, rows: rewritten } });
    expect(await failures(forged)).toContain('written anew');
  });
});

describe('people of a bundle', () => {
  it('who ran it under a seat belt have that told, and cannot hide it', async () => {
    const document: ChangeDocument = { ...someChangeDocument, expect: [], boundary: 'same user' };
    const honest = JSON.parse(whole.changes[0]?.signatures[0]?.document ?? '');
    const body = { ...bench.approval(document), issuedAt: honest.issuedAt, expiresAt: honest.expiresAt };
    const text = {
      ...JSON.parse(bench.sign(body, bench.bob).document),
      issuedAt: honest.issuedAt,
      expiresAt: honest.expiresAt,
    };
    const signature = bench.bob.approval.signDocument(text);
    const changes = whole.changes.map((change) => ({ ...change, document, signatures: [signature] }));
    const same = resealed({ ...whole, boundary: 'same user', changes });
    const { holds, checks } = await verify(same);
    expect([holds, await failures(same)]).toEqual([true, '']);
    expect(checks.find(({ what }) => what === 'boundary')?.outcome).toBe('unknown');
    expect(await failures(resealed({ ...same, boundary: 'separate user' }))).toContain('another boundary');
  });

  it('fail where they signed after they had been revoked, and not before', async () => {
    bench.tick(60_000);
    await bench.decide({ kind: 'revoke', name: 'bob' }, 'bob');
    expect(await failures(await bench.export())).toBe('');
    bench.clock = Date.parse('2026-03-01T10:00:02.000Z');
    await bench.decide({ kind: 'revoke', name: 'bob' }, 'bob');
    expect(await failures(await bench.export())).toContain('had been revoked');
  });
});
