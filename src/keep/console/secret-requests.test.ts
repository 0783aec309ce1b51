import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../kit/index.ts';
import { canonicalJson } from '../../store/canonical-json.ts';
import type { SoftApprover } from '../approvers/authenticator.fixture.ts';
import type { SecretSubject } from '../decisions/port.ts';
import { leased, overview, requestPage, revealed } from './api.ts';
import { inventedRequest } from './invented-requests.fixture.ts';
import type { ScriptedConsole } from './scripted-console.fixture.ts';
import { at, type Overriding, type Sealed, signFor, visitWithSecrets } from './secret-visit.fixture.ts';
import { assertionOf, type Visitor, visit } from './visitor.fixture.ts';

let time: number;
let scripted: ScriptedConsole;
let ada: SoftApprover;
let visitor: Visitor;
let lines: readonly string[];

const start = async (overriding?: Overriding): Promise<void> => {
  ({ scripted, ada, visitor, lines } = await visitWithSecrets(() => new Date(time), overriding));
};
beforeEach(async () => {
  time = Date.now();
  await start();
});
afterEach(() => scripted[Symbol.asyncDispose]());

const sign = (kind: SecretSubject['kind'], name: string, more: object = {}): Promise<Sealed> =>
  signFor({ visitor, ada }, kind, name, more);
const stateOf = (name: string) => scripted.rooms.secrets.views.find(({ id }) => id === inventedRequest(name))?.state;
const pageOf = async (name: string) => requestPage.parse(JSON.parse((await visitor.get(at(name))).text));

describe('the page of a request', () => {
  it.each([
    ['reveal', ['reveal', 'reject']],
    ['reveal-old', ['reveal', 'reject']],
    ['write', ['write', 'reject']],
    ['write-new', ['write', 'reject']],
    ['write-moved', ['reject']],
    ['generate', ['generate', 'reject']],
    ['lease', ['token', 'reject']],
    ['shown', []],
    ['rejected-request', []],
    ['expired-request', []],
    ['failed-request', []],
  ])('of %s offers %j', async (name, may) => {
    expect((await pageOf(name)).may).toEqual(may);
  });

  it('says how the secret is now, and what should be looked at', async () => {
    expect(await pageOf('reveal')).toMatchObject({
      secret: { keys: ['password', 'username', 'Pass_word'], version: 7 },
      warnings: [expect.stringContaining('«Pass_word»')],
    });
    expect((await pageOf('reveal-old')).warnings).toContainEqual(expect.stringContaining('an older value'));
    expect((await pageOf('write')).warnings).toEqual([expect.stringContaining('has a value in version 3')]);
    const unwritten = await pageOf('write-new');
    expect(unwritten).toMatchObject({
      secret: { keys: [], version: 0 },
      warnings: [expect.stringContaining('no such')],
    });
    expect((await pageOf('write-moved')).warnings).toEqual([expect.stringContaining('is version 3 now')]);
  });

  it('does not offer to show what became another value meanwhile, or went', async () => {
    scripted.rooms.secrets.set(inventedRequest('reveal'), 'waiting', { version: 6 });
    expect(await pageOf('reveal')).toMatchObject({
      may: ['reject'],
      warnings: [expect.anything(), expect.stringContaining('was version 6')],
    });
    for (const [path, version] of [
      ['apps/mail', 7],
      ['apps/none', 1],
    ] as const) {
      const wish = { kind: 'reveal', of: { mount: 'secret', path, key: 'other' } } as const;
      scripted.rooms.secrets.set(inventedRequest('reveal'), 'waiting', { wish, version });
      const { may, warnings } = await pageOf('reveal');
      expect([may, warnings.at(-1)]).toEqual([['reject'], expect.stringContaining('nothing can be shown')]);
    }
  });

  it('offers nothing any more once its time is over', async () => {
    time += 60 * 60_000;
    await visitor.login(ada);
    expect((await pageOf('reveal')).may).toEqual([]);
  });

  it('says why when Vault does not, and still lets a human decide', async () => {
    const { secretOf } = scripted.options;
    const sealed = await secretOf({ mount: 'secret', path: 'nowhere' }).catch((error: unknown) => error);
    await scripted[Symbol.asyncDispose]();
    await start(() => ({ secretOf: () => Promise.reject(Object.assign(Object(sealed), { code: 'vault-sealed' })) }));
    const page = await pageOf('reveal');
    expect([page.secret, page.why, page.may]).toEqual([undefined, 'there is no such secret', ['reveal', 'reject']]);
    await scripted[Symbol.asyncDispose]();
    await start(() => ({ secretOf: () => Promise.reject(new TypeError('broken')) }));
    expect((await visitor.get(at('reveal'))).status).toBe(500);
  });

  it('is of no request that is none', async () => {
    expect(await visitor.get(at('nobody'))).toMatchObject({ status: 404, code: 'request-not-found' });
    for (const id of ['req_short', 'set_aaaaaaaaaaaaaaaaaaaaaaaaaa', 'req_..%2f..%2fdocuments']) {
      expect(await visitor.get(`/api/requests/${id}`)).toMatchObject({ status: 404, code: 'console-unknown' });
    }
  });

  it('never holds the value', async () => {
    await visitor.post(at('reveal', '/reveal'), await sign('reveal', 'reveal'));
    const [value = ''] = scripted.rooms.secrets.values.values();
    expect(value).not.toBe('');
    for (const path of [at('reveal'), '/api/overview', '/api/history', '/api/audit'])
      expect((await visitor.get(path)).text).not.toContain(value);
  });
});

describe('requests in the lists', () => {
  it('wait in the overview, the first that expires before the others, until they are decided', async () => {
    const names = async () =>
      overview.parse(JSON.parse((await visitor.get('/api/overview')).text)).requests.map(({ id }) => id);
    expect(await names()).toContain(inventedRequest('lease'));
    expect(await names()).not.toContain(inventedRequest('shown'));
    const soon = { expiresAt: new Date(time + 60_000).toISOString() };
    scripted.rooms.secrets.set(inventedRequest('lease'), 'waiting', soon);
    expect((await names())[0]).toBe(inventedRequest('lease'));
    const answer = await visitor.post(at('lease', '/reject'), { words: 'I do it myself.' });
    expect(overview.parse(JSON.parse(answer.text)).requests.map(({ id }) => id)).not.toContain(
      inventedRequest('lease'),
    );
    expect(scripted.rooms.secrets.views).toContainEqual(
      expect.objectContaining({ state: 'rejected', words: 'I do it myself.', by: 'ada' }),
    );
    expect(await visitor.post(at('lease', '/reject'), { words: 'again' })).toMatchObject({ code: 'request-over' });
  });

  it('stand in the history once each, with who decided', async () => {
    time += 1_000;
    await visitor.post(at('reveal', '/reveal'), await sign('reveal', 'reveal'));
    await visitor.post(at('lease', '/reject'), { words: 'no' });
    const { decisions } = JSON.parse((await visitor.get('/api/history')).text);
    const about = (name: string) =>
      decisions.filter(({ subject }: { subject: string }) => subject === inventedRequest(name));
    expect(about('reveal')).toMatchObject([{ kind: 'reveal', approver: 'ada' }]);
    expect(about('lease')).toMatchObject([{ kind: 'reject', approver: 'ada' }]);
    expect(about('lent')).toMatchObject([{ kind: 'token', approver: 'bea' }]);
    expect(about('write')).toEqual([]);
    expect(JSON.parse((await visitor.get('/api/history?limit=2')).text).decisions).toHaveLength(2);
  });
});

describe('a value', () => {
  it('is shown to who signed, once, and kept nowhere', async () => {
    const signed = await sign('reveal', 'reveal');
    const answer = await visitor.post(at('reveal', '/reveal'), signed);
    const { request, value } = revealed.parse(JSON.parse(answer.text));
    expect(value).toBe(scripted.rooms.secrets.values.get('apps/mail#password'));
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(request.state).toBe('done');
    expect(await visitor.post(at('reveal', '/reveal'), signed)).toMatchObject({ status: 409, code: 'approval-spent' });
    expect(scripted.rooms.secrets.given).toHaveLength(1);
    expect(lines.join('\n')).not.toContain(value);
    expect(lines.some((line) => line.startsWith('human.signed') && line.includes(inventedRequest('reveal')))).toBe(
      true,
    );
  });

  it('is the one text that is not masked, and only where it belongs', async () => {
    const value = `ghp_${randomBytes(27).toString('base64url').replaceAll(/[-_]/g, 'a')}\u202e\u200b`;
    const mentioned = value.slice(0, -2);
    scripted.rooms.secrets.values.set('apps/mail#password', value);
    scripted.rooms.secrets.set(inventedRequest('reveal'), 'waiting', { reason: `is it ${mentioned}?` });
    expect((await visitor.get(at('reveal'))).text).not.toContain(mentioned);
    const answer = await visitor.post(at('reveal', '/reveal'), await sign('reveal', 'reveal'));
    const { request, ...rest } = revealed.parse(JSON.parse(answer.text));
    expect(rest.value).toBe(value);
    expect(JSON.stringify(request)).not.toContain(mentioned);
    expect(JSON.stringify(request)).toContain('«redacted:');
  });

  const forged: Record<string, () => Promise<Sealed>> = {
    'of another request': () => sign('reveal', 'reveal-old'),
    'of another kind': () => sign('token', 'lease'),
    'made with the login passkey': async () => {
      const { document, challenge } = await visitor.draft({ kind: 'reveal', request: inventedRequest('reveal') });
      return { document, assertion: assertionOf(ada.login.assert(challenge)) };
    },
    'of another approver': async () => {
      const { document, challenge } = await visitor.draft({ kind: 'reveal', request: inventedRequest('reveal') });
      return { document, assertion: assertionOf(scripted.bea.approval.assert(challenge)) };
    },
    'that somebody else made, in this session': async () => {
      const other = visit(scripted.console.port);
      await other.login(scripted.bea);
      const { document, challenge } = await other.draft({ kind: 'reveal', request: inventedRequest('reveal') });
      return { document, assertion: assertionOf(scripted.bea.approval.assert(challenge)) };
    },
    'over a document that was changed': async () => {
      const { document } = await visitor.draft({ kind: 'reveal', request: inventedRequest('reveal') });
      const changed = canonicalJson({ ...JSON.parse(document), approver: { name: 'ada', credential: 'AAAA' } });
      const challenge = createHash('sha256').update(changed).digest('base64url');
      return { document: changed, assertion: assertionOf(ada.approval.assert(challenge)) };
    },
    'over another document': async () => {
      const { document } = await visitor.draft({ kind: 'reveal', request: inventedRequest('reveal') });
      return { document, assertion: (await sign('reveal', 'reveal')).assertion };
    },
    'that expired': async () => {
      const signed = await sign('reveal', 'reveal');
      time += 6 * 60_000;
      return signed;
    },
    'of a request that was withdrawn meanwhile': async () => {
      const signed = await sign('reveal', 'reveal');
      scripted.rooms.secrets.set(inventedRequest('reveal'), 'withdrawn');
      return signed;
    },
  };
  it.each(Object.keys(forged))('is shown for no signature %s', async (name) => {
    const answer = await visitor.post(at('reveal', '/reveal'), await forged[name]?.());
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(scripted.rooms.secrets.given).toEqual([]);
    expect(stateOf('reveal')).not.toBe('done');
  });

  it('is shown to no other session than of who signed', async () => {
    const signed = await sign('reveal', 'reveal');
    const stranger = visit(scripted.console.port);
    expect(await stranger.post(at('reveal', '/reveal'), signed)).toMatchObject({ status: 401 });
    await stranger.login(scripted.bea);
    expect(await stranger.post(at('reveal', '/reveal'), signed)).toMatchObject({
      status: 403,
      code: 'console-refused',
    });
    expect(scripted.rooms.secrets.given).toEqual([]);
    expect((await visitor.post(at('reveal', '/reveal'), signed)).status).toBe(200);
  });

  it('comes no other way: what is signed for it is taken nowhere else', async () => {
    const signed = await sign('reveal', 'reveal');
    for (const path of [
      '/api/documents/sign',
      at('reveal', '/generate'),
      at('reveal', '/lease'),
      at('lease', '/reveal'),
    ])
      expect(await visitor.post(path, signed)).toMatchObject({ status: 403, code: 'console-refused' });
    expect(scripted.rooms.secrets.given).toEqual([]);
    expect((await visitor.post(at('reveal', '/reveal'), signed)).status).toBe(200);
  });

  it('is not given twice even by work that would', async () => {
    await scripted[Symbol.asyncDispose]();
    let given = 0;
    await start(({ requests }) => ({
      requests: {
        ...requests,
        reveal: async () => {
          given += 1;
          return {
            view: await requests.status(inventedRequest('shown'), 0, AbortSignal.abort()),
            value: new Secret('x'),
          };
        },
      },
    }));
    const signed = await sign('reveal', 'reveal');
    const answers = await Promise.all([1, 2, 3].map(() => visitor.post(at('reveal', '/reveal'), signed)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
    expect(given).toBe(1);
  });

  it('cannot be tried for without end', async () => {
    const codes = [];
    for (let round = 0; round < 61; round += 1)
      codes.push(
        (await visitor.post(at('reveal', '/reveal'), { document: '{}', assertion: assertionOf(ada.login.assert('x')) }))
          .code,
      );
    expect(new Set(codes.slice(0, 60))).toEqual(new Set(['console-refused']));
    expect(codes.at(-1)).toBe('console-too-often');
    time += 60_001;
    expect((await visitor.post(at('reveal', '/reveal'), await sign('reveal', 'reveal'))).status).toBe(200);
  });
});

describe('a kubeconfig', () => {
  it('is handed to who signed, once, to the letter', async () => {
    const signed = await sign('token', 'lease');
    expect(JSON.parse(signed.document)).toMatchObject({ role: 'local-admin', namespace: 'mail', clusterWide: false });
    const answer = await visitor.post(at('lease', '/lease'), signed);
    const { request, kubeconfig } = leased.parse(JSON.parse(answer.text));
    expect(kubeconfig).toMatch(/^apiVersion: v1\n[\s\S]*token: [\w-]{40}/);
    expect(request).toMatchObject({ state: 'done', leaseUntil: new Date(time + 30 * 60_000).toISOString() });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect((await visitor.post(at('lease', '/lease'), signed)).code).toBe('approval-spent');
    const [token = ''] = /[\w-]{40}/.exec(kubeconfig) ?? [];
    expect(lines.join('\n')).not.toContain(token);
  });
});
