import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inventedSet } from '../../../src/keep/console/scripted-rooms.fixture.ts';
import { openScene, type Scene } from './scene.fixture.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene('ada');
});
afterAll(() => scene[Symbol.asyncDispose]());

const stateOf = (set: string): (string | undefined)[] =>
  scene.scripted.rooms.stored.filter(({ view }) => view.set === inventedSet(set)).map(({ view }) => view.state);
const signed = async (): Promise<string[]> =>
  (await scene.scripted.rooms.decisions.latest(50)).map(({ kind, subject }) => `${kind} ${subject}`);
const button = (name: string) => scene.human.page.getByRole('button', { name });

describe('a human at the console', () => {
  it('approves with the passkey, and sees it applied and landed', async () => {
    await scene.look('mail-memory');
    const outcome = await scene.human.approve();
    expect(outcome).not.toBe('');
    expect(await signed()).toContain(`approve ${inventedSet('mail-memory')}`);
    await scene.human.page.locator('.title .state', { hasText: 'landed' }).waitFor();
    expect(stateOf('mail-memory')).toEqual(['landed']);
  });

  it('signs twelve stacks at once', async () => {
    await scene.look('labels');
    await scene.human.page.getByRole('heading', { name: '12 stacks, one signature' }).waitFor();
    await scene.human.approve();
    expect((await signed()).filter((one) => one === `approve ${inventedSet('labels')}`)).toHaveLength(1);
    expect(stateOf('labels')).not.toContain('awaiting-approval');
  });

  it('types the name before something critical, and cannot do with less', async () => {
    await scene.look('database-removal');
    await button('Approve with passkey').click();
    const sign = button('Sign with passkey');
    expect(await sign.isDisabled()).toBe(true);
    const typed = scene.human.page.getByLabel('to go on');
    await typed.fill('stacks/databas');
    expect(await sign.isDisabled()).toBe(true);
    await typed.fill('stacks/database');
    await sign.click();
    await scene.human.page.locator('.outcome').waitFor();
    expect(await signed()).toContain(`approve ${inventedSet('database-removal')}`);
  });

  it('adds the second signature where two are needed', async () => {
    await scene.look('blog-volume');
    await scene.human.page.getByText('1 of 2 signatures').waitFor();
    await scene.human.approve();
    expect(await signed()).toContain(`approve ${inventedSet('blog-volume')}`);
  });

  it('rejects with words, which the agent will read', async () => {
    await scene.look('shop-revert');
    await button('Reject…').click();
    await scene.human.page.getByLabel('Why, in words').fill('Not on a Friday.');
    await button('Reject').last().click();
    await scene.human.page.getByText('A human wrote: Not on a Friday.').waitFor();
    expect(stateOf('shop-revert')).toEqual(['rejected']);
  });

  it('consents to exactly the digest that is shown', async () => {
    const waits = scene.scripted.rooms.stored.find(({ view }) => view.set === inventedSet('provider-consent'));
    const digest = waits?.facts.consent?.digest ?? '';
    scene.scripted.rooms.set(waits?.view.id ?? '', 'needs-consent', { consent: digest });
    await scene.look('provider-consent');
    await scene.human.page.getByText(digest.slice(0, 4)).waitFor();
    await button('Consent to planning').click();
    await scene.human.page.locator('.outcome').waitFor();
    expect((await signed())[0]).toMatch(/^consent chg_/);
  });

  it('consents to a plan run where it waits', async () => {
    await scene.human.open('#/');
    const card = scene.human.page.getByRole('region', { name: /^Plan run of/ });
    await card.getByText('a provider goes up by a major version').waitFor();
    expect(await card.getByRole('button', { name: 'Consent to planning' }).isEnabled()).toBe(true);
  });

  it('breaks the glass only with a reason', async () => {
    await scene.look('vault-denied');
    expect(await button('Approve').count()).toBe(0);
    await button('Break glass…').click();
    const sign = button('Sign with passkey');
    await scene.human.page.getByLabel('Why it cannot wait').fill('too short');
    await scene.human.page.getByLabel('to go on').fill('stacks/vault');
    expect(await sign.isDisabled()).toBe(true);
    await scene.human.page.getByLabel('Why it cannot wait').fill('Vault is down and nobody can log in.');
    await sign.click();
    await scene.human.page.locator('.outcome').waitFor();
    expect(await signed()).toContain(`break-glass ${inventedSet('vault-denied')}`);
  });

  it('unlocks a stack whose apply was interrupted, seeing what is unknown', async () => {
    await scene.look('registry-interrupted');
    await scene.human.page.getByRole('region', { name: 'Decision' }).getByText('1 done, 1 unknown').waitFor();
    await button('Unlock the stack').click();
    await scene.human.page.locator('.outcome').waitFor();
    expect((await signed())[0]).toMatch(/^unlock /);
  });

  it('has the revert planned of what failed its expectation, and lands on its page', async () => {
    await scene.look('search-failed-expectation');
    await button('Plan the revert').click();
    await scene.human.page.getByText('Takes back what failed its expectation.').first().waitFor();
    expect(await button('Approve with passkey').isEnabled()).toBe(true);
  });

  it('adopts commits, and revokes and enrols approvers', async () => {
    await scene.human.open('#/approvers');
    await button('Adopt up to').first().click();
    await scene.human.page.locator('.outcome').waitFor();
    expect((await signed())[0]).toMatch(/^adopt /);

    await scene.human.open('#/enrol');
    await scene.human.page.getByLabel('Their name').fill('eve');
    await scene.human.authenticator.lend(async () => {
      await button('Make two passkeys').click();
      await button('Sign with passkey').waitFor();
    });
    await button('Sign with passkey').click();
    await scene.human.page.getByRole('link', { name: 'Approvers' }).last().waitFor();
    await expect.poll(signed).toContainEqual(expect.stringMatching(/^enrol /));

    await scene.human.open('#/approvers');
    await button('Revoke bea').click();
    await scene.human.page.locator('.outcome').waitFor();
    expect(await signed()).toContain('revoke bea');
  });

  it('says that an apply by other hands was seen', async () => {
    const before = scene.scripted.rooms.foreignApplies.length;
    await scene.human.open('#/stacks');
    await button('Seen: ').first().click();
    await expect.poll(() => scene.scripted.rooms.foreignApplies.length).toBe(before - 1);
  });

  it('finds their signatures in the history', async () => {
    await scene.human.open('#/history');
    await scene.human.page.getByRole('region', { name: 'Decisions' }).getByText('break glass').waitFor();
  });

  it('was never complained to by the browser', () => {
    expect(scene.human.complaints).toEqual([]);
  });
});
