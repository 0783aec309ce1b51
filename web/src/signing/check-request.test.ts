import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RequestView } from '../../../src/change/wire/secret.ts';
import { requestOf, wishes } from '../request/shown.fixture.ts';
import { checkDraft } from './check-draft.ts';
import type { Subject } from './subject.ts';

/** What may be signed of a request: exactly what its page shows. */
const now = new Date('2026-11-26T05:30:00.000Z');
const common = { approver: { name: 'ada', credential: 'key-1' }, expiresAt: '2026-11-26T05:35:00.000Z' };
const commitment = 'c0'.repeat(32);
const { id } = requestOf(wishes.reveal);
const place = { request: id, mount: 'secret', path: 'apps/mail', key: 'password', version: 3 };

const right: Readonly<Record<string, readonly [Subject, RequestView, object]>> = {
  reveal: [{ kind: 'reveal', request: id }, requestOf(wishes.reveal), place],
  write: [{ kind: 'write', request: id, commitment }, requestOf(wishes.write), { ...place, commitment }],
  generate: [{ kind: 'generate', request: id }, requestOf(wishes.generate), { ...place, length: 32, alphabet: 'hex' }],
  token: [
    { kind: 'token', request: id },
    requestOf(wishes.lease),
    { request: id, role: 'local-admin', namespace: 'mail', minutes: 30, clusterWide: false },
  ],
};

function outcome(subject: Subject, body: object, request?: RequestView): Promise<string> {
  const document = JSON.stringify({ ...common, kind: subject.kind, ...body });
  const digest = createHash('sha256').update(document).digest();
  const draft = {
    document,
    sha256: digest.toString('hex'),
    options: {
      challenge: digest.toString('base64url'),
      rpId: 'castellan.localhost',
      timeout: 60_000,
      userVerification: 'required' as const,
      allowCredentials: [{ type: 'public-key' as const, id: 'key-1' }],
    },
  };
  return checkDraft(draft, subject, { who: 'ada', ...(request === undefined ? {} : { request }) }, now).then(
    () => 'signed',
    ({ message }: Error) => message,
  );
}
const cases = Object.entries(right).map(([kind, [subject, request, body]]) => ({ kind, subject, request, body }));

describe.each(cases)('a document to $kind', ({ subject, request, body }) => {
  it('is signed when it says what the page shows', async () => {
    expect(await outcome(subject, body, request)).toBe('signed');
  });

  it.each(Object.keys(body))('is not signed with another %s, or none', async (field) => {
    const value: unknown = Reflect.get(body, field);
    const other = typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : `${value}x`;
    expect(await outcome(subject, { ...body, [field]: other }, request)).toContain('something else');
    expect(await outcome(subject, { ...body, [field]: undefined }, request)).toContain('something else');
  });

  it('is not signed on a page of something else', async () => {
    expect(await outcome(subject, body)).toContain('something else');
    expect(await outcome(subject, body, { ...request, id: `req_${'s'.repeat(26)}` })).toContain('something else');
    for (const { kind, request: other } of cases)
      if (kind !== subject.kind) expect(await outcome(subject, body, other)).toContain('something else');
  });

  it('is not signed as a document of another kind', async () => {
    for (const kind of Object.keys(right))
      if (kind !== subject.kind) expect(await outcome(subject, { ...body, kind }, request)).toContain('another kind');
  });
});

it('is not signed where the page knows no version', async () => {
  const { version: _, ...request } = requestOf(wishes.reveal);
  const { version: __, ...body } = place;
  expect(await outcome({ kind: 'reveal', request: id }, body, request)).toContain('something else');
});

it('shows the version that was asked for, and no other', async () => {
  const old = requestOf({ ...wishes.reveal, of: { ...wishes.reveal.of, version: 1 } });
  expect(await outcome({ kind: 'reveal', request: id }, { ...place, version: 1 }, old)).toBe('signed');
  expect(await outcome({ kind: 'reveal', request: id }, place, old)).toContain('something else');
});
