import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRedactor } from '../../redaction/index.ts';
import { createSoftApprover } from '../approvers/authenticator.fixture.ts';
import { overview, type SetPage, setPage } from './api.ts';
import { inventedId } from './invented-change.fixture.ts';
import type { ConsoleOptions } from './options.ts';
import { plainText } from './plain-text.ts';
import { type ScriptedConsole, startScriptedConsole } from './scripted-console.fixture.ts';
import { inventedSet } from './scripted-rooms.fixture.ts';
import { origin, type Visitor, visit } from './visitor.fixture.ts';

let scripted: ScriptedConsole;
let visitor: Visitor;
let errors: unknown[];

async function start(overrides: Partial<ConsoleOptions> = {}): Promise<void> {
  errors = [];
  const log = { info: () => undefined, warn: () => undefined, error: (fields: object) => void errors.push(fields) };
  scripted = await startScriptedConsole({ port: 0, origin, assets: '/nowhere', overrides: { log, ...overrides } });
  const ada = createSoftApprover(scripted.options.relyingParty, 'ada');
  await scripted.rooms.enrolAsRoot(ada);
  visitor = visit(scripted.console.port);
  await visitor.login(ada);
}

beforeEach(() => start());
afterEach(() => scripted[Symbol.asyncDispose]());

const pageOf = async (name: string): Promise<SetPage> =>
  setPage.parse(JSON.parse((await visitor.get(`/api/sets/${inventedSet(name)}`)).text));

describe('the overview', () => {
  it('sorts what is open by who has to do something, the most urgent first', async () => {
    const page = overview.parse(JSON.parse((await visitor.get('/api/overview')).text));
    const stacks = (sets: { changes: { stack: string }[] }[]) => sets.map(({ changes }) => changes[0]?.stack);
    expect(stacks(page.waiting)).toEqual(
      [
        'stacks/shop',
        'stacks/mail',
        'stacks/monitoring',
        'stacks/database',
        'stacks/blog',
        'stacks/auth',
        'stacks/dns',
        'stacks/vault',
      ].map((stack) => expect.stringMatching(stack)),
    );
    expect(page.waiting.find(({ set }) => set === inventedSet('labels'))?.changes).toHaveLength(12);
    expect(new Set(stacks(page.underWay))).toEqual(new Set(['stacks/storage', 'stacks/mail', 'stacks/radio']));
    expect(new Set(stacks(page.troubled))).toEqual(
      new Set(['stacks/registry', 'stacks/search', 'stacks/shop', 'stacks/printer']),
    );
    expect(page.runs.map(({ stack }) => stack)).toEqual(['stacks/auth']);
    expect(page.leases.map(({ stack }) => stack)).toEqual(['stacks/storage', 'stacks/registry']);
    expect(page.me).toBe('ada');
    expect(page.keep.boundary).toBe('same user');
  });

  it('forgets an interrupted apply once somebody unlocked its stack', async () => {
    scripted.rooms.set(inventedId('chg', 'registry-interrupted'), 'failed-clean');
    const page = overview.parse(JSON.parse((await visitor.get('/api/overview')).text));
    expect(page.troubled.map(({ set }) => set)).not.toContain(inventedSet('registry-interrupted'));
  });
});

describe('the page of a set', () => {
  it.each([
    ['mail-memory', ['approve', 'reject', 'reject-policy']],
    ['labels', ['approve', 'reject', 'reject-policy']],
    ['blog-volume', ['approve', 'break-glass', 'reject', 'reject-policy']],
    ['provider-consent', ['consent', 'reject', 'reject-policy']],
    ['vault-denied', ['break-glass', 'reject', 'reject-policy']],
    ['storage', ['reject', 'reject-policy']],
    ['mail-queued', ['reject', 'reject-policy']],
    ['registry-interrupted', ['unlock', 'revert']],
    ['search-failed-expectation', ['revert']],
    ['shop-failed', []],
    ['printer-landing-failed', []],
    ['landed-1', []],
    ['rejected', []],
  ])('of %s offers %j', async (name, may) => {
    expect((await pageOf(name)).may).toEqual(may);
  });

  it('offers another revert once the first was refused', async () => {
    scripted.rooms.set(inventedId('chg', 'shop-revert'), 'rejected');
    expect((await pageOf('shop-failed')).may).toEqual(['revert']);
  });

  it('says who has signed and who is missing', async () => {
    expect((await pageOf('blog-volume')).signatures).toEqual({ needed: 2, by: ['bea'] });
    expect((await pageOf('mail-memory')).signatures).toEqual({ needed: 1, by: [] });
    const bea = visit(scripted.console.port);
    await bea.login(scripted.bea);
    const page = setPage.parse(JSON.parse((await bea.get(`/api/sets/${inventedSet('blog-volume')}`)).text));
    expect(page.may).not.toContain('approve');
  });

  it('has what a human needs of each change', async () => {
    const [change] = (await pageOf('blog-volume')).changes;
    expect(change?.page?.executes.map(({ text }) => text)).toContain('sh ./restore.sh');
    expect(change?.documentSha256).toMatch(/^[0-9a-f]{64}$/);
    const applying = (await pageOf('storage')).changes[0];
    expect(applying?.steps.map(({ step }) => step)).toContain('apply');
  });

  it('has names of what is signed as they are', async () => {
    const [change] = (await pageOf('provider-consent')).changes;
    const stored = scripted.rooms.stored.find(({ view }) => view.id === change?.view.id)?.view;
    expect(change?.view).toMatchObject({
      base: stored?.base,
      commit: stored?.commit,
      consent: stored?.consent,
      changedAt: stored?.changedAt,
    });
  });
});

describe('words of others', () => {
  it('come as text without anything that hides or turns it', async () => {
    const [change] = (await pageOf('monitoring-retention')).changes;
    expect(change?.view.reason).toContain('<img src=x onerror="alert(1)">');
    expect(change?.view.reason).toContain('The limit goes pu and nothing else.');
    for (const path of ['overview', 'history', 'stacks', 'approvers', 'audit']) {
      const { text, headers } = await visitor.get(`/api/${path}`);
      expect(headers['content-type']).toBe('application/json');
      expect(JSON.stringify(plainText(JSON.parse(text), { text: (said) => ({ text: said, counts: {} }) }))).toBe(text);
    }
  });

  it('come without a secret that got this far', async () => {
    const secret = `ghp_${randomBytes(27).toString('base64url').replaceAll(/[-_]/g, 'a')}`;
    const id = inventedId('chg', 'mail-memory');
    scripted.rooms.set(id, 'awaiting-approval', {
      reason: `uses ${secret}`,
      incident: secret,
      words: secret,
      why: secret,
    });
    for (const path of [`sets/${inventedSet('mail-memory')}`, 'overview', 'history?limit=100']) {
      const { status, text } = await visitor.get(`/api/${path}`);
      expect(status).toBe(200);
      expect(text).not.toContain(secret);
      expect(text).toContain('«redacted:');
    }
    await scripted[Symbol.asyncDispose]();
    const state = { ...(await scripted.options.state()), problems: [`could not push with ${secret}`] };
    await start({ state: async () => state });
    expect((await visitor.get('/api/overview')).text).not.toContain(secret);
  });

  it('are stripped here, whatever the redactor does', () => {
    const same = { text: (said: string) => ({ text: said, counts: {} }) };
    expect(plainText({ a: [`x\u202ey\u200bz\u001b[31m`], b: 'line\nline' }, same)).toEqual({
      a: ['xyz'],
      b: 'line\nline',
    });
  });

  it('of a human are UTF-8', async () => {
    const path = `/api/sets/${inventedSet('mail-memory')}/reject`;
    const words = (byte: number) => Buffer.concat([Buffer.from('{"words":"no'), Buffer.of(byte), Buffer.from('"}')]);
    expect(await visitor.post(path, words(0xff))).toMatchObject({ status: 400, code: 'console-malformed' });
    expect((await visitor.post(path, words(0x21))).status).toBe(200);
  });

  it('stay what they are where nothing is hidden in them', () => {
    const said = {
      hash: 'a3f5'.repeat(16),
      commit: '0b'.repeat(20),
      id: inventedId('set', 'x'),
      at: new Date().toISOString(),
      n: 1,
    };
    expect(plainText(said, createRedactor())).toEqual(said);
  });
});

describe('what goes wrong inside', () => {
  it('is told to the log and not to the page', async () => {
    await scripted[Symbol.asyncDispose]();
    await start({ audit: () => Promise.reject(new Error('connect ECONNREFUSED 192.0.2.7 as keeper')) });
    const answer = await visitor.get('/api/audit');
    expect(answer).toMatchObject({ status: 500, code: 'console-fault' });
    expect(answer.text).not.toMatch(/192\.0\.2\.7|ECONNREFUSED|keeper|at /);
    expect(errors).toHaveLength(1);
  });

  it('is a fault when an answer is not what the interface says', async () => {
    await scripted[Symbol.asyncDispose]();
    const row = { at: 'x', who: 'x', what: 'x', about: 'x', outcome: 'x', seq: 1, inside: 'a key nobody promised' };
    await start({ audit: async () => ({ rows: [row], verified: 'pass' }) });
    const answer = await visitor.get('/api/audit');
    expect(answer).toMatchObject({ status: 500, code: 'console-fault' });
    expect(answer.text).not.toContain('nobody promised');
  });

  it('does not take the page of a set with it when it is a refusal, and does when it is a fault', async () => {
    await scripted[Symbol.asyncDispose]();
    const { changes } = scripted.options;
    await start({ changes: { ...changes, documentsOf: () => Promise.reject(new TypeError('broken')) } });
    expect((await visitor.get(`/api/sets/${inventedSet('mail-memory')}`)).status).toBe(500);
  });

  it.each(['0', '201', '-1', 'x', '1e2', ''])('is not reached by a limit of %j', async (limit) => {
    expect(await visitor.get(`/api/audit?limit=${limit}`)).toMatchObject({ status: 400, code: 'console-malformed' });
  });

  it('is bounded by the limit that was asked for', async () => {
    const { rows } = JSON.parse((await visitor.get('/api/audit?limit=7')).text);
    expect(rows).toHaveLength(7);
  });
});
