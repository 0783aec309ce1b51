import { afterAll, describe, expect, it } from 'vitest';
import type { RequestView } from '../../change/wire/secret.ts';
import { createSoftApprover } from '../approvers/authenticator.fixture.ts';
import { fingerprintOf } from '../approvers/passkey.ts';
import { wishKinds } from '../requests/bench.fixture.ts';
import { someWishes } from '../requests/requests.fixture.ts';
import { BundleBench, origin, rp } from './bundle.fixture.ts';
import { type Bundle, bundleDigest } from './bundle.ts';
import { verifyBundle } from './verify.ts';

const bench = await BundleBench.open();
afterAll(() => bench[Symbol.asyncDispose]());
await bench.enrolBob();
const trusted = [fingerprintOf(bench.alice.approver)];

const verify = (bundle: unknown) => verifyBundle(JSON.stringify(bundle), { trusted, origin });
const resealed = (bundle: Bundle): Bundle => ({ ...bundle, digest: bundleDigest(bundle) });
const failures = async (bundle: unknown): Promise<string> =>
  (await verify(bundle)).checks
    .filter(({ outcome }) => outcome === 'fail')
    .map(({ what, detail }) => `${what}: ${detail}`)
    .join('\n');

const signed = await bench.requested(someWishes.write, bench.bob);
const whole = await bench.export('separate user', signed.id);
const request = (edit: (view: RequestView) => RequestView): Bundle =>
  resealed({ ...whole, ...(whole.request === undefined ? {} : { request: edit(whole.request) }) });

describe('a bundle of a request', () => {
  it.each(wishKinds)('is proved from itself, and holds no value: %s', async (kind) => {
    const { id, canaries } = await bench.requested(someWishes[kind], bench.bob);
    const bundle = await bench.export('separate user', id);
    expect(bundle).toMatchObject({ changes: [], request: { id, state: 'done', by: 'bob' } });
    const { holds, checks } = await verify(bundle);
    expect(checks.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
    expect(holds).toBe(true);
    const passed = checks.filter(({ outcome }) => outcome === 'pass').map(({ what }) => what);
    expect(passed).toEqual(expect.arrayContaining(['approver bob', `${id} signature`, `${id} order`, `${id} audit`]));
    // What only Vault knows is never said to be proved.
    expect(checks.find(({ what }) => what === `${id} outcome`)?.outcome).toBe('unknown');
    expect(canaries.length).toBeGreaterThan(4);
    for (const canary of canaries) expect(JSON.stringify(bundle)).not.toContain(canary);
  });

  it('that nobody signed says so, and holds', async () => {
    const { id } = await bench.requested(someWishes.reveal, bench.bob, 'rejected');
    const bundle = await bench.export('separate user', id);
    expect(bundle.decisions.map(({ kind }) => kind)).toEqual([]);
    expect(await failures(bundle)).toBe('');
    await expect(bench.export('separate user', `req_${'z'.repeat(26)}`)).rejects.toMatchObject({
      code: 'bundle-unknown',
    });
  });
});

describe('a bundle of a request that somebody made to look right', () => {
  it.each<[string, (view: RequestView) => RequestView]>([
    [
      'another path',
      (view) => ({ ...view, wish: { kind: 'write', of: { ...someWishes.write.of, path: 'apps/bank' } } }),
    ],
    ['another kind', (view) => ({ ...view, wish: someWishes.generate })],
    ['another version', (view) => ({ ...view, version: 7, madeVersion: 8 })],
    ['another request', (view) => ({ ...view, id: `req_${'y'.repeat(26)}` })],
    ['another approver', (view) => ({ ...view, by: 'alice' })],
    ['no approver', ({ by: _, ...view }) => view],
    ['a version that it did not make', (view) => ({ ...view, madeVersion: 9 })],
    ['a later wish', (view) => ({ ...view, createdAt: '2026-03-02T10:00:00.000Z' })],
    ['that it still waits', (view) => ({ ...view, state: 'waiting' })],
  ])('fails: %s', async (_, edit) => {
    expect(await failures(request(edit))).not.toBe('');
  });

  it('fails where nobody signed, another key did, or it was signed twice over', async () => {
    const none = resealed({ ...whole, decisions: whole.decisions.filter(({ kind }) => kind !== 'write') });
    expect(await failures(none)).toContain('nobody signed it');
    const mallory = createSoftApprover(rp, 'bob');
    const { subject = '', at = '' } = whole.decisions.find(({ kind }) => kind === 'write') ?? {};
    const { version = 0 } = whole.request ?? {};
    const body = {
      kind: 'write',
      request: signed.id,
      ...someWishes.write.of,
      version,
      commitment: '0'.repeat(64),
    } as const;
    const forged = { kind: 'write', subject, at, signature: bench.sign(body, mallory) };
    const swapped = whole.decisions.map((one) => (one.kind === 'write' ? forged : one));
    expect(await failures(resealed({ ...whole, decisions: swapped }))).toContain(
      'nobody in the bundle has the passkey',
    );
  });

  it('fails where the audit has other steps, or changes are in it', async () => {
    const rows = whole.audit.rows.filter(({ entry }) => entry['tool'] !== 'keep.request.signed');
    expect(await failures(resealed({ ...whole, audit: { ...whole.audit, rows } }))).toContain(
      'no row of its being signed',
    );
    expect(await failures(resealed({ ...whole, set: `set_${'a'.repeat(26)}` }))).toContain('at once');
    const { request: _, ...empty } = whole;
    expect(await failures(resealed(empty))).toContain('not all there');
  });
});
