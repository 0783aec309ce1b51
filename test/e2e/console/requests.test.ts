import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loginOptions, session } from '../../../src/keep/console/api.ts';
import { inventedRequest } from '../../../src/keep/console/invented-requests.fixture.ts';
import { assertionOf } from '../../../src/keep/console/visitor.fixture.ts';
import { faultsOfPage, unreadable } from './audit-page.ts';
import { openScene, type Scene } from './scene.fixture.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene('ada');
  await scene.human.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: scene.scripted.origin });
});
afterAll(() => scene[Symbol.asyncDispose]());

const kinds = ['reveal', 'reveal-old', 'write', 'write-new', 'generate', 'lease', 'lease-wide'];
beforeEach(() => {
  const expiresAt = new Date(Date.now() + 3_000_000).toISOString();
  for (const name of kinds) scene.scripted.rooms.secrets.set(inventedRequest(name), 'waiting', { expiresAt });
});

const page = () => scene.human.page;
const button = (name: string) => page().getByRole('button', { name });
const stateOf = (name: string) =>
  scene.scripted.rooms.secrets.views.find(({ id }) => id === inventedRequest(name))?.state;
const inVault = (place: string): string => scene.scripted.rooms.secrets.values.get(place) ?? '';
const given = (): number => scene.scripted.rooms.secrets.given.length;

async function look(name: string): Promise<void> {
  // A page of its own: nothing of the one before.
  await page().goto('about:blank');
  await scene.human.open(`#/requests/${inventedRequest(name)}`);
  await page().getByRole('region', { name: 'Decision' }).waitFor();
}
async function reveal(): Promise<string> {
  await look('reveal');
  await button('Show it with passkey').click();
  await page().getByLabel('Value of secret/apps/mail#password').last().waitFor();
  return inVault('apps/mail#password');
}

/** Bea logs in beside: her session, for what is sent in ada's tab. */
async function tokenOfBea(): Promise<string> {
  const ask = (path: string, body: unknown): Promise<unknown> =>
    page().evaluate(`fetch('${path}', {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(JSON.stringify(body))},
    }).then((response) => response.json())`);
  const { options } = loginOptions.parse(await ask('/api/login/options', {}));
  const assertion = assertionOf(scene.scripted.bea.login.assert(options.challenge));
  return session.parse(await ask('/api/login', { challenge: options.challenge, assertion })).token;
}

/** Everywhere a value could be left in the page: markup, fields, what it stores, its address and its title. */
const left = `JSON.stringify([
  document.documentElement.outerHTML,
  [...document.querySelectorAll('input, textarea')].map(({ value }) => value),
  Object.entries(localStorage), Object.entries(sessionStorage), location.href, document.title, history.state, document.cookie,
])`;
const isLeft = async (value: string): Promise<boolean> =>
  String(await page().evaluate(left)).includes(JSON.stringify(JSON.stringify(value).slice(1, -1)).slice(1, -1));

describe('a value that is asked for', () => {
  it('waits where everything waits, and says who asks, for what and why', async () => {
    await scene.human.open('#/');
    await page().getByRole('link', { name: 'secret/apps/photos#smtp-password' }).click();
    await page().getByRole('heading', { name: 'Write a value' }).waitFor();
    const text = await scene.human.text();
    for (const said of ['agent:claude', 'human:ada', 'said by the agent, not checked', 'session-key', 'version 3'])
      expect(text).toContain(said);
    expect(text).toMatch(/expires in \d+ min/);
  });

  it('is shown once, in a field and nowhere else, and is gone when it is put away', async () => {
    const before = given();
    const value = await reveal();
    expect(value).not.toBe('');
    expect(await page().locator('#once').inputValue()).toBe(value);
    expect(await page().evaluate('document.documentElement.outerHTML')).not.toContain(value);
    expect(await page().title()).not.toContain(value);
    expect(await page().evaluate('document.activeElement?.getAttribute("aria-label")')).toContain('Value of');
    await page()
      .getByText(/Gone in \d+ seconds/)
      .waitFor();
    await button('Hide it now').click();
    await page().getByText('It is gone from this page.').waitFor();
    expect(await isLeft(value)).toBe(false);
    await page().getByText('The value was shown to ada, and is not shown again.').waitFor();
    expect(await button('Show it with passkey').count()).toBe(0);
    await page().reload();
    await page().getByText('The value was shown to ada').waitFor();
    expect([given() - before, await isLeft(value)]).toEqual([1, false]);
  });

  it.each([
    ['another window has the keyboard', 'window.dispatchEvent(new Event("blur"))'],
    [
      'the page is hidden',
      'Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true }); document.dispatchEvent(new Event("visibilitychange"))',
    ],
    ['another page of the console is opened', 'location.hash = "#/audit"'],
    ['the session ends', 'document.querySelector(".me button").click()'],
  ])('is gone when %s', async (_, happening) => {
    const value = await reveal();
    expect(await isLeft(value)).toBe(true);
    await page().evaluate(happening);
    await page().locator('#once').waitFor({ state: 'detached' });
    expect(await isLeft(value)).toBe(false);
    if (happening.includes('.me button')) await scene.human.logIn();
  });

  it('is gone when its minute is over', async () => {
    await look('reveal');
    await page().evaluate(`{
      const real = globalThis.setTimeout;
      globalThis.setTimeout = (work, ms, ...more) => real(work, ms === 60_000 ? 50 : ms, ...more);
    }`);
    await button('Show it with passkey').click();
    await page().getByText('Its time is over').waitFor();
    expect(await isLeft(inVault('apps/mail#password'))).toBe(false);
  });

  it('can be copied, and is taken out of the clipboard again', async () => {
    const value = await reveal();
    await page().evaluate(`{
      const real = globalThis.setTimeout;
      globalThis.setTimeout = (work, ms, ...more) => real(work, ms === 30_000 ? 700 : ms, ...more);
    }`);
    await button('Copy').click();
    await page().getByText('Copied.').waitFor();
    expect(await page().evaluate('navigator.clipboard.readText()')).toBe(value);
    await page().getByText('The clipboard is cleared.').waitFor();
    expect(await page().evaluate('navigator.clipboard.readText()')).toBe('');
  });

  it('is not shown without the passkey, nor of a document that says something else', async () => {
    const before = given();
    await look('reveal');
    await scene.human.authenticator.isUserVerified(false);
    await button('Show it with passkey').click();
    await page().getByRole('alert').getByText('The passkey was not used').waitFor();
    await scene.human.authenticator.isUserVerified(true);

    await page().evaluate(`{
      const real = globalThis.fetch;
      globalThis.fetch = async (path, init) => {
        const response = await real(path, init);
        if (path !== '/api/documents') return response;
        const draft = await response.json();
        draft.document = draft.document.replace('"key":"password"', '"key":"username"');
        const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(draft.document)));
        draft.sha256 = digest.toHex();
        draft.options.challenge = digest.toBase64({ alphabet: 'base64url', omitPadding: true });
        return Response.json(draft);
      };
    }`);
    await button('Show it with passkey').click();
    await page().getByRole('alert').getByText('it is about something else than the page shows').waitFor();
    await page().reload();
    expect([given(), stateOf('reveal')]).toEqual([before, 'waiting']);
  });

  it('is not shown to another approver’s session than that of who signed', async () => {
    const before = given();
    await look('reveal');
    const token = await tokenOfBea();
    await page().evaluate(`{
      const real = globalThis.fetch;
      globalThis.fetch = (path, init) => {
        if (String(path).endsWith('/reveal')) init.headers.set('authorization', 'Castellan ${token}');
        return real(path, init);
      };
    }`);
    await button('Show it with passkey').click();
    await page().getByRole('alert').getByText('the document is none of whoever is logged in').waitFor();
    expect([given(), stateOf('reveal')]).toEqual([before, 'waiting']);
  });
});

describe('a value that is typed', () => {
  const typed = (): string => randomBytes(15).toString('base64url');

  it('is hidden, committed to, written, and taken out of the field', async () => {
    const value = typed();
    await look('write');
    const field = page().getByLabel('The new value');
    expect(await field.getAttribute('type')).toBe('password');
    expect(await button('Write it with passkey').isDisabled()).toBe(true);
    await field.fill(` ${value}`);
    await page().getByText('21 characters, with blanks or line breaks at its ends.').waitFor();
    await field.fill(value);
    await button('Show what I type').press('Enter');
    expect(await field.getAttribute('type')).toBe('text');
    const sent = page().waitForRequest((request) => request.url().endsWith('/write'));
    await button('Write it with passkey').click();
    const body = Object((await sent).postDataJSON());
    expect(JSON.stringify(body.document)).not.toContain(value);
    expect(body.document).toMatch(/"commitment":"[0-9a-f]{64}"/);
    await page().getByText('Written as version 4, signed by ada.').waitFor();
    expect(inVault('apps/photos#smtp-password')).toBe(value);
    expect(await isLeft(value)).toBe(false);
  });

  it('keeps its lines where it has several, and is hidden there as well', async () => {
    const value = `-----BEGIN-----\n${typed()}\n${typed()}\n-----END-----\n`;
    await look('write-new');
    await page().getByLabel('The new value').focus();
    await page().evaluate(`{
      const data = new DataTransfer();
      data.setData('text/plain', ${JSON.stringify(value)});
      document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    }`);
    await page().getByText('in 5 lines').waitFor();
    expect(await page().evaluate('getComputedStyle(document.querySelector("#value")).webkitTextSecurity')).toBe('disc');
    await button('Write it with passkey').click();
    await page().getByText('Written as version 1').waitFor();
    expect(inVault('apps/wiki/oidc#client_secret')).toBe(value);
    expect(await isLeft(value)).toBe(false);
  });

  it('stays in the field when nothing was sent, and not when it was', async () => {
    const value = typed();
    await look('write');
    await page().getByLabel('The new value').fill(value);
    await scene.human.authenticator.isUserVerified(false);
    await button('Write it with passkey').click();
    await page().getByRole('alert').getByText('The passkey was not used').waitFor();
    await scene.human.authenticator.isUserVerified(true);
    expect(await page().getByLabel('The new value').inputValue()).toBe(value);
    await page().route('**/write', (route) =>
      route.fulfill({
        status: 409,
        json: { error: { code: 'request-moved', message: 'It moved.', next: 'Ask anew.' } },
      }),
    );
    await button('Write it with passkey').click();
    await page().getByRole('alert').getByText('It moved.').waitFor();
    await page().unroute('**/write');
    expect(await isLeft(value)).toBe(false);
    expect(stateOf('write')).toBe('waiting');
  });

  it('is not asked for where somebody else wrote meanwhile', async () => {
    await look('write-moved');
    await page().getByText('is version 3 now').waitFor();
    expect(await page().getByLabel('The new value').count()).toBe(0);
    expect(await button('Reject…').count()).toBe(1);
  });
});

describe('other requests', () => {
  it('a value is drawn without anybody seeing it', async () => {
    await look('generate');
    await page().getByText('48 characters (letters and digits)').waitFor();
    await button('Draw it with passkey').click();
    await page().getByText('Drawn and written as version 4, signed by ada.').waitFor();
  });

  it('a kubeconfig is handed over once, to be copied or kept as a file', async () => {
    await look('lease-wide');
    await page().getByText('In the whole cluster.').waitFor();
    await button('Lend it with passkey').click();
    const text = await page().getByLabel('Your kubeconfig').last().inputValue();
    expect(text).toMatch(/^apiVersion: v1\nkind: Config\n/);
    const download = page().waitForEvent('download');
    await button('Download').click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(/^castellan-[a-z2-7]{6}\.yaml$/);
    const chunks = await (await file.createReadStream()).toArray();
    expect(Buffer.concat(chunks).toString('utf8')).toBe(text);
    await file.delete();
    await button('Hide it now').click();
    await page().getByText('A kubeconfig was handed to ada; it ends').waitFor();
    const [token = ''] = /[\w-]{40}/.exec(text) ?? [];
    expect(await isLeft(token)).toBe(false);
  });

  it('one is rejected with words, which the agent will read', async () => {
    await look('lease');
    await button('Reject…').click();
    expect(await page().evaluate('document.activeElement?.id')).toBe('words');
    await page().keyboard.type('I look myself.');
    await button('Reject').last().click();
    await page().getByText('A human wrote: I look myself.').waitFor();
    expect(stateOf('lease')).toBe('rejected');
    await scene.human.open('#/history');
    const decisions = page().getByRole('region', { name: 'Decisions' });
    await decisions.getByRole('link', { name: inventedRequest('lease') }).waitFor();
  });

  it('one that ends while it is read offers nothing any more', async () => {
    await look('reveal');
    scene.scripted.rooms.secrets.set(inventedRequest('reveal'), 'withdrawn');
    await page().getByText('Taken back by whoever asked.').waitFor();
    expect(await button('Show it with passkey').count()).toBe(0);
  });

  it('none is made of an address that is none', async () => {
    await scene.human.open('#/requests/req_nobody');
    await page().getByRole('heading', { name: 'There is no such page' }).waitFor();
    await scene.human.open(`#/${inventedRequest('write')}`);
    await page().getByRole('heading', { name: 'Write a value' }).waitFor();
  });

  it('are decided with the keyboard alone', async () => {
    await look('reveal');
    const focused = (): Promise<unknown> => page().evaluate('document.activeElement?.textContent ?? ""');
    for (let stops = 0; stops < 5 && !String(await focused()).startsWith('Show it'); stops += 1)
      await page().keyboard.press('j');
    await page().keyboard.press('Enter');
    await page().locator('#once').waitFor();
    for (let stops = 0; stops < 5 && (await focused()) !== 'Hide it now'; stops += 1)
      await page().keyboard.press('Tab');
    await page().keyboard.press('Enter');
    await page().getByText('It is gone from this page.').waitFor();
    expect(await page().evaluate('document.activeElement?.getAttribute("role")')).toBe('status');
  });
});

describe.each(['light', 'dark'] as const)('what is handed over, in %s', (colorScheme) => {
  it.each([1280, 390])('can be read and touched at %i', async (width) => {
    await page().setViewportSize({ width, height: 844 });
    await page().emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await look('lease-wide');
    await button('Lend it with passkey').click();
    await page().locator('#once').waitFor();
    await button('Copy').click();
    await page().getByText('Copied.').waitFor();
    expect(await page().evaluate(unreadable)).toEqual([]);
    expect(await page().evaluate(faultsOfPage)).toEqual([]);
    expect(await page().evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await look('write');
    await button('Several lines').click();
    await button('Reject…').click();
    expect(await page().evaluate(unreadable)).toEqual([]);
    expect(await page().evaluate(faultsOfPage)).toEqual([]);
    await page().setViewportSize({ width: 1280, height: 900 });
    await page().emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  });
});

it('was never complained to by the browser, but for what it refused on purpose', () => {
  expect(scene.human.complaints.filter((said) => !/status of (403|409)/.test(said))).toEqual([]);
});
