import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inventedRequest } from '../../../src/keep/console/invented-requests.fixture.ts';
import { inventedSet } from '../../../src/keep/console/scripted-rooms.fixture.ts';
import { faultsOfPage, unreadable } from './audit-page.ts';
import { openScene, type Scene } from './scene.fixture.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene('ada', { viewport: { width: 360, height: 740 } }, 2_000_000);
});
afterAll(() => scene[Symbol.asyncDispose]());

const sets = [
  'mail-memory',
  'monitoring-retention',
  'blog-volume',
  'database-removal',
  'labels',
  'provider-consent',
  'vault-denied',
  'registry-interrupted',
  'search-failed-expectation',
];
const places = ['#/', '#/history', '#/audit', '#/stacks', '#/approvers', '#/enrol', '#/login', '#/nowhere'];
const requests = ['reveal-old', 'write', 'write-moved', 'generate', 'lease-wide', 'written', 'lent', 'failed-request'];
const everywhere = [
  ...places,
  ...sets.map((name) => `#/${inventedSet(name)}`),
  ...requests.map((name) => `#/requests/${inventedRequest(name)}`),
];

async function visit(hash: string): Promise<void> {
  await scene.human.open(hash);
  await scene.human.page.locator('h1').first().waitFor();
  await scene.human.page.locator('.loading').waitFor({ state: 'detached' });
}

describe('every page', () => {
  it.each(everywhere)('%s fits a phone: nothing is to the right of it', async (hash) => {
    await visit(hash);
    await scene.human.page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
    expect(await scene.human.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  });

  it.each(['light', 'dark'] as const)('can be read in %s: contrast, names, order of headings', async (colorScheme) => {
    await scene.human.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const hash of everywhere) {
      await visit(hash);
      await scene.human.page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
      expect([hash, await scene.human.page.evaluate(unreadable)]).toEqual([hash, []]);
      expect([hash, await scene.human.page.evaluate(faultsOfPage)]).toEqual([hash, []]);
    }
    await scene.human.page.emulateMedia({ colorScheme: 'light' });
  });
});

it('would see a text that cannot be read, and a button without a name', async () => {
  await visit('#/');
  await scene.human.page.evaluate("document.querySelector('h1').style.color = '#c9c9c4'");
  await scene.human.page.evaluate("document.querySelector('main').append(document.createElement('button'))");
  expect(await scene.human.page.evaluate(unreadable)).toEqual([expect.stringContaining('Waiting for you')]);
  expect(await scene.human.page.evaluate(faultsOfPage)).toContainEqual(expect.stringContaining('no name'));
  await scene.human.page.reload();
});

describe('what agents write', () => {
  it('is text and nothing else, wherever it stands', async () => {
    const asked = `#/requests/${inventedRequest('reveal-old')}`;
    for (const hash of ['#/', '#/history', `#/${inventedSet('monitoring-retention')}`, asked]) {
      await visit(hash);
      const { page } = scene.human;
      await page.getByText('<script>document.title="approved"</script>').first().waitFor();
      expect(
        await page.locator('main script, main img, main b:not(.counts b, .place-of b), main i:not(.meter i)').count(),
      ).toBe(0);
      expect(await page.locator('a[href*="javascript"], a[href*="evil"]').count()).toBe(0);
      expect(await page.title()).not.toContain('approved');
    }
  });

  it('keeps its direction to itself', async () => {
    await visit(`#/${inventedSet('monitoring-retention')}`);
    const direction = "getComputedStyle(document.querySelector('blockquote .theirs')).unicodeBidi";
    expect(await scene.human.page.evaluate(direction)).toBe('isolate');
    await scene.human.page.getByText('said by the agent, not checked').waitFor();
  });

  it('shows by number what would hide or turn round, should the keep let it through', async () => {
    await visit('#/');
    await scene.human.page.evaluate(`{
      const real = globalThis.fetch;
      globalThis.fetch = async (path, init) => {
        const response = await real(path, init);
        if (!String(path).startsWith('/api/sets/')) return response;
        const page = await response.json();
        page.changes[0].view.reason = 'safe \\u202etxt.exe\\u200b <b>bold</b>';
        return Response.json(page);
      };
    }`);
    await visit(`#/${inventedSet('mail-memory')}`);
    await scene.human.page.getByText('safe ⟨U+202E⟩txt.exe⟨U+200B⟩ <b>bold</b>').waitFor();
  });
});

describe('the keyboard alone', () => {
  it('goes from what waits to a signature', async () => {
    const { page } = scene.human;
    await page.goto('about:blank');
    await visit('#/');
    const focused = (): Promise<string> =>
      page.evaluate('document.activeElement?.textContent ?? ""') as Promise<string>;
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement?.id')).toBe('main');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await page.keyboard.press('j');
    expect(await focused()).toContain('mail');
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    expect(outline).toBe('solid');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Decision' }).waitFor();
    for (let stops = 0; stops < 20 && !(await focused()).startsWith('Approve'); stops += 1)
      await page.keyboard.press('j');
    expect(await focused()).toContain('Approve with passkey');
    await page.keyboard.press('Enter');
    await page.locator('.outcome').waitFor();
    expect((await scene.scripted.rooms.decisions.latest(1))[0]?.kind).toBe('approve');
  });

  it('writes j and k where words are asked for, and is caught nowhere', async () => {
    const { page } = scene.human;
    await visit(`#/${inventedSet('labels')}`);
    await page.getByRole('button', { name: 'Reject…' }).press('Enter');
    await page.keyboard.type('jk, no');
    expect(await page.getByLabel('Why, in words').inputValue()).toBe('jk, no');
    const seen = new Set<unknown>();
    for (let steps = 0; steps < 80; steps += 1) {
      await page.keyboard.press('Tab');
      seen.add(await page.evaluate('document.activeElement?.tagName + (document.activeElement?.textContent ?? "")'));
    }
    expect(seen.size).toBeGreaterThan(20);
  });
});

describe('the built page', () => {
  const files = (): string[] =>
    readdirSync(scene.built, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));

  it('has no script, style or handler in its HTML, and asks nobody else for anything', () => {
    const html = readFileSync(join(scene.built, 'index.html'), 'utf8');
    expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)/);
    const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    expect(addresses.length).toBeGreaterThan(2);
    for (const address of addresses) expect(address).toMatch(/^\/[a-z]/);
  });

  it('has no eval, and makes no elements of text', () => {
    for (const file of files().filter((name) => name.endsWith('.js'))) {
      expect(readFileSync(file, 'utf8')).not.toMatch(/\beval\(|new Function\(|insertAdjacentHTML|document\.write/);
    }
    for (const file of files().filter((name) => name.endsWith('.css'))) {
      expect(readFileSync(file, 'utf8')).not.toMatch(/url\(|@import/);
    }
  });

  it('is small', () => {
    const bytes = files().reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
    expect(bytes).toBeLessThan(120_000);
  });
});

it('was never complained to by the browser', () => {
  expect(scene.human.complaints).toEqual([]);
});
