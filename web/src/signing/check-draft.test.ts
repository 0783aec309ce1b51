import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Draft } from '../../../src/keep/console/api.ts';
import { changeOf, pageOf, viewOf } from '../set/shown.fixture.ts';
import { checkDraft, type Shown } from './check-draft.ts';
import type { Subject } from './subject.ts';

const now = new Date('2026-11-26T06:00:00.000Z');
const page = pageOf([changeOf(viewOf('mail')), changeOf(viewOf('blog'), { documentSha256: 'b'.repeat(64) })]);
const [mail, blog] = page.changes.map(({ view, documentSha256 }) => ({ change: view.id, sha256: documentSha256 }));
const shown: Shown = { who: 'ada', page };
const approve: Subject = { kind: 'approve', set: page.set };
const common = { approver: { name: 'ada', credential: 'key-1' }, expiresAt: '2026-11-26T06:05:00.000Z' };
const approval = { ...common, kind: 'approve', set: page.set, documents: [mail, blog] };

function drafted(document: unknown, more: Partial<Draft['options']> = {}): Draft {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  const digest = createHash('sha256').update(text).digest();
  return {
    document: text,
    sha256: digest.toString('hex'),
    options: {
      challenge: digest.toString('base64url'),
      rpId: 'castellan.localhost',
      timeout: 60_000,
      userVerification: 'required',
      allowCredentials: [{ type: 'public-key', id: 'key-1' }],
      ...more,
    },
  };
}
const refusal = (draft: Draft, subject: Subject = approve, seen: Shown = shown): Promise<unknown> =>
  checkDraft(draft, subject, seen, now).then(
    () => 'signed',
    (problem: Error) => problem.message,
  );

it('lets a document be signed that is what the page shows', async () => {
  const checked = await checkDraft(drafted(approval), approve, shown, now);
  expect(checked).toMatchObject({ kind: 'approve', sha256: drafted(approval).sha256 });
});

describe('a document is not signed', () => {
  it('whose challenge or digest is that of another text', async () => {
    const other = drafted({ ...approval, set: 'other' });
    expect(await refusal({ ...drafted(approval), sha256: other.sha256 })).toContain('not what its digest says');
    expect(await refusal(drafted(approval, { challenge: other.options.challenge }))).toContain('something else');
  });

  it('with another passkey than the one it names, or with any', async () => {
    expect(await refusal(drafted(approval, { allowCredentials: [] }))).toContain('another passkey');
    const two = ['key-1', 'key-2'].map((id) => ({ type: 'public-key' as const, id }));
    expect(await refusal(drafted(approval, { allowCredentials: two }))).toContain('another passkey');
  });

  it.each([
    ['for another approver', { approver: { name: 'bea', credential: 'key-1' } }, 'another approver'],
    ['of another kind', { kind: 'break-glass', why: 'x' }, 'another kind'],
    ['that is over', { expiresAt: '2026-11-26T05:59:59.000Z' }, 'expired'],
    ['that ends never', { expiresAt: undefined }, 'expired'],
    ['of another set', { set: 'set_x' }, 'something else'],
    [
      'that names a plan the page does not show',
      { documents: [mail, { ...blog, sha256: 'e'.repeat(64) }] },
      'something else',
    ],
    [
      'that names a change the page does not show',
      { documents: [mail, blog, { change: 'chg_x', sha256: 'a' }] },
      'something else',
    ],
    ['that leaves out one that waits', { documents: [mail] }, 'something else'],
    ['that names one twice', { documents: [mail, mail, blog] }, 'something else'],
    ['that names none', { documents: [] }, 'something else'],
  ])('%s', async (_, more, reason) => {
    expect(await refusal(drafted({ ...approval, ...more }))).toContain(reason);
  });

  it('that cannot be read', async () => {
    expect(await refusal(drafted('not JSON'))).toContain('cannot be read');
    expect(await refusal(drafted('[]'))).toContain('cannot be read');
  });

  it('over policy for another reason than the human gave', async () => {
    const glass: Subject = { kind: 'break-glass', set: page.set, why: 'mail is down' };
    const document = { ...approval, kind: 'break-glass', why: 'mail is down' };
    expect(await refusal(drafted(document), glass)).toBe('signed');
    expect(await refusal(drafted({ ...document, why: 'all is well' }), glass)).toContain('something else');
  });

  it('that consents to something else than stands on the page', async () => {
    const consent: Subject = { kind: 'consent', id: 'chg_x' };
    const document = { ...common, kind: 'consent', subject: 'chg_x', digest: 'c0' };
    expect(await refusal(drafted(document), consent, { who: 'ada', consent: 'c0' })).toBe('signed');
    expect(await refusal(drafted(document), consent, { who: 'ada', consent: 'c1' })).toContain('something else');
    expect(await refusal(drafted(document), consent, { who: 'ada' })).toContain('something else');
  });

  it.each([
    [{ kind: 'adopt', commit: 'c1' }, { commit: 'c1' }, { commit: 'c2' }],
    [{ kind: 'revoke', name: 'bea' }, { name: 'bea' }, { name: 'cleo' }],
    [{ kind: 'unlock', stack: 'stacks/mail' }, { stack: 'stacks/mail' }, { stack: 'stacks/blog' }],
    [
      { kind: 'reject-policy', change: mail?.change ?? '', days: 3 },
      { stack: 'stacks/mail' },
      { stack: 'stacks/blog' },
    ],
    [
      { kind: 'enrol', name: 'eve', approval: { id: 'a', publicKey: 'k' }, login: { id: 'l', publicKey: 'm' } },
      { name: 'eve', approval: { id: 'a', publicKey: 'k' }, login: { id: 'l', publicKey: 'm' } },
      { name: 'eve', approval: { id: 'a', publicKey: 'other' }, login: { id: 'l', publicKey: 'm' } },
    ],
  ] satisfies [Subject, object, object][])('of kind %j about another thing', async (subject, right, wrong) => {
    expect(await refusal(drafted({ ...common, kind: subject.kind, ...right }), subject)).toBe('signed');
    expect(await refusal(drafted({ ...common, kind: subject.kind, ...wrong }), subject)).toContain('something else');
  });
});
