import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../store/canonical-json.ts';
import { createAuthenticator, createSoftApprover, type SoftApprover } from '../approvers/authenticator.fixture.ts';
import { draft, setPage } from './api.ts';
import { inventedId } from './invented-change.fixture.ts';
import { type ScriptedConsole, startScriptedConsole } from './scripted-console.fixture.ts';
import { inventedSet } from './scripted-rooms.fixture.ts';
import { assertionOf, origin, type Visitor, visit } from './visitor.fixture.ts';

let time: number;
let scripted: ScriptedConsole;
let ada: SoftApprover;
let visitor: Visitor;

beforeEach(async () => {
  time = Date.now();
  scripted = await startScriptedConsole({
    port: 0,
    origin,
    assets: '/nowhere',
    now: () => new Date(time),
    stepMs: 3_600_000,
  });
  ada = createSoftApprover(scripted.options.relyingParty, 'ada');
  await scripted.rooms.enrolAsRoot(ada);
  visitor = visit(scripted.console.port);
  await visitor.login(ada);
});
afterEach(() => scripted[Symbol.asyncDispose]());

const mail = inventedSet('mail-memory');
const stateOf = (set: string) =>
  scripted.rooms.stored.filter(({ view }) => view.set === set).map(({ view }) => view.state);

describe('a signature', () => {
  it('is asked of exactly this approver’s signing passkey, over exactly this document', async () => {
    const answer = await visitor.post('/api/documents', { kind: 'approve', set: mail });
    const { document, sha256, options } = draft.parse(JSON.parse(answer.text));
    expect(canonicalJson(JSON.parse(document))).toBe(document);
    expect(createHash('sha256').update(document).digest('hex')).toBe(sha256);
    expect(Buffer.from(options.challenge, 'base64url').toString('hex')).toBe(sha256);
    expect(options).toMatchObject({
      rpId: 'castellan.localhost',
      userVerification: 'required',
      allowCredentials: [{ type: 'public-key', id: ada.approval.passkey.id }],
    });
    expect(JSON.parse(document)).toMatchObject({ kind: 'approve', set: mail, approver: { name: 'ada' } });
  });

  it('approves the set', async () => {
    const answer = await visitor.sign({ kind: 'approve', set: mail }, ada);
    expect(JSON.parse(answer.text)).toMatchObject({ kind: 'approve', subject: mail });
    expect(stateOf(mail)).toEqual(['approved']);
    const history = JSON.parse((await visitor.get('/api/history?limit=5')).text);
    expect(history.decisions[0]).toMatchObject({ kind: 'approve', subject: mail, approver: 'ada' });
  });

  it('approves all of a set at once', async () => {
    expect((await visitor.sign({ kind: 'approve', set: inventedSet('labels') }, ada)).status).toBe(200);
    expect(new Set(stateOf(inventedSet('labels')))).toEqual(new Set(['approved']));
  });

  const forged: Record<string, () => Promise<{ document: string; assertion: ReturnType<typeof assertionOf> }>> = {
    'made with the login passkey': async () => {
      const { document, challenge } = await visitor.draft({ kind: 'approve', set: mail });
      return { document, assertion: assertionOf(ada.login.assert(challenge)) };
    },
    'made with the login passkey, called the other': async () => {
      const { document, challenge } = await visitor.draft({ kind: 'approve', set: mail });
      return {
        document,
        assertion: assertionOf(ada.login.assert(challenge, { credential: ada.approval.passkey.id })),
      };
    },
    'of another approver': async () => {
      const { document, challenge } = await visitor.draft({ kind: 'approve', set: mail });
      return { document, assertion: assertionOf(scripted.bea.approval.assert(challenge)) };
    },
    'of somebody who is not enrolled': async () => {
      const { document, challenge } = await visitor.draft({ kind: 'approve', set: mail });
      const eve = createAuthenticator(scripted.options.relyingParty);
      return {
        document,
        assertion: assertionOf(eve.assert(challenge, { credential: ada.approval.passkey.id })),
      };
    },
    'over another document': async () => {
      const { document } = await visitor.draft({ kind: 'approve', set: mail });
      const { challenge } = await visitor.draft({ kind: 'approve', set: mail });
      return { document, assertion: assertionOf(ada.approval.assert(challenge)) };
    },
    'on another port': async () => {
      const { document, challenge } = await visitor.draft({ kind: 'approve', set: mail });
      const other = { origin: 'http://castellan.localhost:8791' };
      return { document, assertion: assertionOf(ada.approval.assert(challenge, other)) };
    },
    'over a document that was changed': async () => {
      const { document } = await visitor.draft({ kind: 'approve', set: mail });
      const changed = document.replace(mail, inventedSet('database-removal'));
      const challenge = createHash('sha256').update(changed).digest('base64url');
      return { document: changed, assertion: assertionOf(ada.approval.assert(challenge)) };
    },
    'over a document of one’s own': async () => {
      const { document } = await visitor.draft({ kind: 'approve', set: mail });
      const own = canonicalJson({ ...JSON.parse(document), nonce: 'A'.repeat(43) });
      const challenge = createHash('sha256').update(own).digest('base64url');
      return { document: own, assertion: assertionOf(ada.approval.assert(challenge)) };
    },
    'that somebody else made, in this session': async () => {
      const other = visit(scripted.console.port);
      await other.login(scripted.bea);
      const { document, challenge } = await other.draft({ kind: 'approve', set: mail });
      return { document, assertion: assertionOf(scripted.bea.approval.assert(challenge)) };
    },
    'over no document': async () => ({ document: '{', assertion: assertionOf(ada.approval.assert('x')) }),
  };
  it.each(Object.keys(forged))('%s approves nothing', async (name) => {
    const answer = await visitor.post('/api/documents/sign', await forged[name]?.());
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(stateOf(mail)).toEqual(['awaiting-approval']);
    expect(stateOf(inventedSet('database-removal'))).toEqual(['awaiting-approval']);
  });

  it('is carried only in the session of who made it', async () => {
    const signed = await forged['that somebody else made, in this session']?.();
    expect(await visitor.post('/api/documents/sign', signed)).toMatchObject({ status: 403, code: 'console-refused' });
  });

  it('is good once', async () => {
    const { document, challenge } = await visitor.draft({ kind: 'approve', set: mail });
    const signed = { document, assertion: assertionOf(ada.approval.assert(challenge)) };
    expect((await visitor.post('/api/documents/sign', signed)).status).toBe(200);
    expect(await visitor.post('/api/documents/sign', signed)).toMatchObject({ status: 403, code: 'approval-refused' });
    expect(scripted.rooms.stored.find(({ view }) => view.set === mail)?.view.approvedBy).toEqual(['ada']);
  });

  it('of a document that expired approves nothing', async () => {
    const { document, challenge } = await visitor.draft({ kind: 'approve', set: mail });
    time += 6 * 60_000;
    const signed = { document, assertion: assertionOf(ada.approval.assert(challenge)) };
    expect(await visitor.post('/api/documents/sign', signed)).toMatchObject({ status: 403, code: 'approval-refused' });
    expect(stateOf(mail)).toEqual(['awaiting-approval']);
  });
});

describe('a critical set', () => {
  const database = inventedSet('database-removal');

  it('is not drafted before the name of its stack was typed', async () => {
    const page = setPage.parse(JSON.parse((await visitor.get(`/api/sets/${database}`)).text));
    expect(page.typed).toBe('stacks/database');
    for (const typed of [undefined, '', 'stacks/databas', 'STACKS/DATABASE', 'stacks/mail']) {
      const answer = await visitor.post('/api/documents', { kind: 'approve', set: database, typed });
      expect([typed, answer.status, answer.code]).toEqual([typed, 409, 'console-not-typed']);
    }
    const typed = page.typed;
    expect((await visitor.sign({ kind: 'approve', set: database, typed }, ada)).status).toBe(200);
    expect(stateOf(database)).toEqual(['approved']);
  });

  it('is not got past by breaking glass', async () => {
    const vault = inventedSet('vault-denied');
    const subject = { kind: 'break-glass', set: vault, why: 'the disk is full and Vault is down' };
    expect(await visitor.post('/api/documents', subject)).toMatchObject({ status: 409, code: 'console-not-typed' });
    expect((await visitor.sign({ ...subject, typed: 'stacks/vault' }, ada)).status).toBe(200);
    expect(stateOf(vault)).toEqual(['approved']);
  });

  it('needs nothing typed where nothing is critical', async () => {
    expect((await visitor.post('/api/documents', { kind: 'approve', set: mail })).status).toBe(200);
  });
});

describe('other documents', () => {
  it.each([
    [{ kind: 'consent', id: inventedId('chg', 'provider-consent') }, 'consent'],
    [{ kind: 'adopt', commit: 'a'.repeat(40) }, 'adopt'],
    [{ kind: 'reject-policy', change: inventedId('chg', 'rejected'), days: 30 }, 'reject-policy'],
    [{ kind: 'unlock', stack: 'stacks/registry' }, 'unlock'],
    [{ kind: 'revoke', name: 'bea' }, 'revoke'],
  ])('are signed as well: %j', async (subject, kind) => {
    const answer = await visitor.sign(subject, ada);
    expect([answer.status, JSON.parse(answer.text).kind]).toEqual([200, kind]);
  });

  it.each([
    { kind: 'token' },
    { kind: 'approve', set: mail, more: true },
    { kind: 'break-glass', set: mail, why: 'short' },
    { kind: 'reject-policy', change: 'x', days: 1_000 },
    {},
  ])('of no kind there is are not drafted: %j', async (subject) => {
    expect(await visitor.post('/api/documents', subject)).toMatchObject({ status: 400, code: 'console-malformed' });
  });

  it('thaw what is frozen', async () => {
    scripted.rooms.frozen.since = new Date(time).toISOString();
    expect((await visitor.sign({ kind: 'thaw' }, ada)).status).toBe(200);
    expect(scripted.rooms.frozen.since).toBeUndefined();
  });
});

describe('what a login alone may do', () => {
  it('is to reject, with words', async () => {
    const answer = await visitor.post(`/api/sets/${mail}/reject`, { words: 'Not tonight.' });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text).waiting.map(({ set }: { set: string }) => set)).not.toContain(mail);
    expect(scripted.rooms.stored.find(({ view }) => view.set === mail)?.view).toMatchObject({
      state: 'rejected',
      words: 'Not tonight.',
    });
    expect(await visitor.post(`/api/sets/${inventedSet('landed-1')}/reject`, { words: 'x' })).toMatchObject({
      status: 409,
      code: 'change-past-recall',
    });
    expect(await visitor.post(`/api/sets/${inventedSet('nobody')}/reject`, { words: 'x' })).toMatchObject({
      status: 404,
      code: 'change-unknown',
    });
  });

  it('is to have a revert planned, which waits for a signature', async () => {
    const answer = await visitor.post(`/api/changes/${inventedId('chg', 'search-failed-expectation')}/revert`, {});
    const { set } = JSON.parse(answer.text);
    expect(stateOf(set)).toEqual(['awaiting-approval']);
  });

  it('is to have seen an apply by other hands', async () => {
    const seen = { stack: 'stacks/proxy', at: '2026-11-26T03:14:00.000Z' };
    expect((await visitor.post('/api/foreign/seen', seen)).status).toBe(200);
    const { foreign } = JSON.parse((await visitor.get('/api/stacks')).text);
    expect(foreign.map(({ stack }: { stack: string }) => stack)).toEqual(['stacks/dns']);
  });
});
