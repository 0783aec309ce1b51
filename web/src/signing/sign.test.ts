import { createHash } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { changeOf, pageOf, viewOf } from '../set/shown.fixture.ts';
import { connectKeep } from '../wire/keep.ts';
import { openSessionStore } from '../wire/session.ts';
import { signSubject } from './sign.ts';

const page = pageOf([changeOf(viewOf('mail'))]);
const answer = { id: 'key-1', response: { clientDataJSON: 'c', authenticatorData: 'a', signature: 's' } };

function keepWith(set: string) {
  const document = JSON.stringify({
    kind: 'approve',
    set,
    documents: page.changes.map(({ view, documentSha256 }) => ({ change: view.id, sha256: documentSha256 })),
    approver: { name: 'ada', credential: 'key-1' },
    expiresAt: new Date(Date.now() + 60_000).toISOString(),
  });
  const digest = createHash('sha256').update(document).digest();
  const options = {
    challenge: digest.toString('base64url'),
    rpId: 'castellan.localhost',
    timeout: 60_000,
    userVerification: 'required',
    allowCredentials: [{ type: 'public-key', id: 'key-1' }],
  };
  const sent: [string, string][] = [];
  const storage = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
  const keep = connectKeep(
    openSessionStore(storage),
    () => undefined,
    async (path, init) => {
      sent.push([path, String(init.body)]);
      if (path === '/api/documents') return Response.json({ document, sha256: digest.toString('hex'), options });
      return Response.json({ kind: 'approve', subject: set, outcome: 'It is applied.' });
    },
  );
  return { keep, sent, document };
}

it('drafts, looks, asks the passkey, sends the very text', async () => {
  const { keep, sent, document } = keepWith(page.set);
  const steps: string[] = [];
  const askPasskey = vi.fn(async () => answer);
  const taken = await signSubject(
    { keep, askPasskey },
    {
      subject: { kind: 'approve', set: page.set },
      shown: { who: 'ada', page },
      onStep: ({ step }) => steps.push(step),
    },
    keep.sign,
  );
  expect(taken.outcome).toBe('It is applied.');
  expect(steps).toEqual(['drafting', 'signing', 'sending']);
  expect(JSON.parse(sent[1]?.[1] ?? '')).toEqual({ document, assertion: answer });
});

it('never asks the passkey for a document about something else', async () => {
  const { keep, sent } = keepWith('set_other');
  const askPasskey = vi.fn(async () => answer);
  const signing = signSubject(
    { keep, askPasskey },
    { subject: { kind: 'approve', set: page.set }, shown: { who: 'ada', page }, onStep: () => undefined },
    keep.sign,
  );
  await expect(signing).rejects.toMatchObject({ code: 'document-refused' });
  expect(askPasskey).not.toHaveBeenCalled();
  expect(sent).toHaveLength(1);
});
