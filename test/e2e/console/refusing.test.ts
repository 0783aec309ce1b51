import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inventedSet } from '../../../src/keep/console/scripted-rooms.fixture.ts';
import { openScene, type Scene } from './scene.fixture.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene('ada');
});
afterAll(() => scene[Symbol.asyncDispose]());

const signed = () => scene.scripted.rooms.decisions.latest(50);
const button = (name: string) => scene.human.page.getByRole('button', { name });
const alert = () => scene.human.page.getByRole('alert');

/** The page of a set, with what the keep answers to it for a document changed on the way. */
async function tamper(change: string): Promise<void> {
  await scene.look('mail-memory');
  await scene.human.page.evaluate(`{
    const real = globalThis.fetch;
    globalThis.fetch = async (path, init) => {
      const response = await real(path, init);
      if (path !== '/api/documents') return response;
      const draft = await response.json();
      ${change};
      return Response.json(draft);
    };
  }`);
}

describe('nothing is signed', () => {
  it('by a human who is there and not verified', async () => {
    await scene.look('mail-memory');
    await scene.human.authenticator.isUserVerified(false);
    await button('Approve with passkey').click();
    await alert().getByText('The passkey was not used').waitFor();
    await scene.human.authenticator.isUserVerified(true);
    expect(await signed()).toEqual([]);
  });

  it('of a document that does not name what the page shows', async () => {
    // Between the keep and the page somebody swaps the digest of one plan, and keeps the challenge right for it.
    await tamper(`draft.document = draft.document.replace(/"sha256":"[0-9a-f]{64}"/, '"sha256":"${'0'.repeat(64)}"');
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(draft.document)));
      draft.sha256 = digest.toHex();
      draft.options.challenge = digest.toBase64({ alphabet: 'base64url', omitPadding: true });`);
    await button('Approve with passkey').click();
    await alert().getByText('it is about something else than the page shows').waitFor();
    expect(await signed()).toEqual([]);
  });

  it('when the challenge is that of another document', async () => {
    await tamper("draft.options.challenge = 'B'.repeat(43)");
    await button('Approve with passkey').click();
    await alert().getByText('the passkey would sign something else than this document').waitFor();
    expect(await signed()).toEqual([]);
  });

  it('of a plan that came while the one before it was read', async () => {
    await scene.look('mail-memory');
    const { rooms } = scene.scripted;
    const index = rooms.stored.findIndex(({ view }) => view.set === inventedSet('mail-memory'));
    const change = rooms.stored[index];
    const document = change?.facts.document;
    if (change === undefined || document === undefined) throw new Error('no such change');
    rooms.stored[index] = {
      ...change,
      view: { ...change.view, attempt: 2 },
      facts: { ...change.facts, document: { ...document, attempt: 2 } },
    };
    await alert().getByText('It was planned again while you read.').waitFor();
    expect(await button('Approve with passkey').isDisabled()).toBe(true);
    await button('Show the new plan').click();
    expect(await button('Approve with passkey').isEnabled()).toBe(true);
    expect(await signed()).toEqual([]);
  });

  it('by another device than the enrolled one', async () => {
    await scene.look('mail-memory');
    await scene.human.authenticator.swap();
    await button('Approve with passkey').click();
    await alert().getByText('The passkey was not used').waitFor();
    expect(await signed()).toEqual([]);
  });

  it('by somebody who is not logged in, who comes back to where they were', async () => {
    await scene.look('labels');
    await scene.human.page.route('**/api/**', (route) =>
      route.fulfill({
        status: 401,
        json: { error: { code: 'console-login-needed', message: 'Nobody is logged in.', next: 'Log in.' } },
      }),
    );
    await button('Log in with passkey').waitFor();
    await scene.human.page.unroute('**/api/**');
    expect(scene.human.page.url()).toContain(inventedSet('labels'));
    expect(await scene.human.page.evaluate('sessionStorage.length')).toBe(0);
  });
});

it('a login with a device nobody enrolled is refused', async () => {
  await scene.human.open('#/login');
  await button('Log in with passkey').click();
  await alert().getByText('The passkey was not used').waitFor();
});

it('a wrong code enrols nobody', async () => {
  await scene.human.open('#/enrol');
  await scene.human.page.getByLabel('One-time code').fill('wrong-code');
  await scene.human.page.getByLabel('Your name').fill('mallory');
  await button('Make two passkeys').click();
  await alert().waitFor();
  expect(scene.scripted.rooms.approvers.list().map(({ name }) => name)).not.toContain('mallory');
});
