import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core';

/**
 * A human at the console: a real Chromium with a virtual authenticator that holds passkeys and says yes, present and verified.
 * As root Chromium has no sandbox of its own to start in. Dispose of it when done.
 */
export interface HumanAtConsole extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the browser complained of: script errors, refused requests, policy violations. Empty on a good day. */
  readonly complaints: readonly string[];
  readonly authenticator: Authenticator;
  /** Opens `#/…`; without a path what waits. */
  open(hash?: string): Promise<void>;
  /** With root's one-time code; gives the fingerprint the page shows. */
  enrol(code: string, name: string): Promise<string>;
  logIn(): Promise<void>;
  /** What stands on the page. */
  text(): Promise<string>;
  /** On the page of a set: the button, what must be typed, the passkey. Gives what the keep answered. */
  approve(typed?: string): Promise<string>;
}

export interface Authenticator {
  /** A human who is there and is not who they say, or is not there. */
  isUserVerified(is: boolean): Promise<void>;
  /** Another device in place of this one: with no passkey on it. */
  swap(): Promise<void>;
  /** A security key of somebody else, plugged in beside it: it answers while `use` lasts, and this one does not. */
  lend(use: () => Promise<void>): Promise<void>;
}

interface Seat {
  readonly origin: string;
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
  /** Debian's Chromium when none is named. */
  readonly program?: string;
}

export async function sitAtConsole({ origin, viewport, colorScheme, program }: Seat): Promise<HumanAtConsole> {
  const browser = await chromium.launch({
    executablePath: program ?? '/usr/bin/chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  try {
    return await takeSeat(browser, origin, { viewport, colorScheme });
  } catch (error) {
    await browser.close();
    throw error;
  }
}

async function takeSeat(
  browser: Browser,
  origin: string,
  look: { viewport: Seat['viewport']; colorScheme: Seat['colorScheme'] },
): Promise<HumanAtConsole> {
  const context = await browser.newContext({
    viewport: look.viewport ?? { width: 1280, height: 900 },
    colorScheme: look.colorScheme ?? 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const complaints = listen(page);
  const devtools = await context.newCDPSession(page);
  const authenticator = await plugIn(devtools);
  // As a string: it runs in the page, where other names are known than here.
  await page.addInitScript(`document.addEventListener('securitypolicyviolation', (event) => {
    console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample);
  });`);

  const open = async (hash = '#/'): Promise<void> => {
    const address = `${origin}/${hash}`;
    // To go where one is already would change nothing.
    await (page.url() === address ? page.reload() : page.goto(address));
  };
  return {
    page,
    context,
    complaints,
    authenticator,
    open,
    async enrol(code, name) {
      await open('#/enrol');
      await page.getByLabel('One-time code').fill(code);
      await page.getByLabel('Your name').fill(name);
      await page.getByRole('button', { name: 'Make two passkeys' }).click();
      return (await page.locator('.fingerprint').textContent()) ?? '';
    },
    text: async () => (await page.locator('main').allInnerTexts()).join('\n'),
    async logIn() {
      await open('#/login');
      await page.getByRole('button', { name: 'Log in with passkey' }).click();
      await page.getByRole('heading', { name: 'Waiting for you' }).waitFor();
    },
    async approve(typed) {
      await page.getByRole('button', { name: 'Approve with passkey' }).click();
      if (typed !== undefined) {
        await page.getByLabel('to go on').fill(typed);
        await page.getByRole('button', { name: 'Sign with passkey' }).click();
      }
      return (await page.locator('.outcome').textContent()) ?? '';
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

function listen(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return complaints;
}

async function plugIn(devtools: CDPSession): Promise<Authenticator> {
  await devtools.send('WebAuthn.enable', { enableUI: false });
  const add = async (transport: 'internal' | 'usb' = 'internal'): Promise<string> => {
    const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport,
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return authenticatorId;
  };
  let authenticatorId = await add();
  return {
    async isUserVerified(is) {
      await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: is });
    },
    async lend(use) {
      const answers = async (id: string, enabled: boolean): Promise<void> => {
        await devtools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: id, enabled });
      };
      const lent = await add('usb');
      await answers(authenticatorId, false);
      await use();
      await answers(lent, false);
      await answers(authenticatorId, true);
    },
    async swap() {
      await devtools.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
      authenticatorId = await add();
    },
  };
}
