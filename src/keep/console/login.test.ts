import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Signature } from '../../change/document/documents.ts';
import { createSoftApprover, type SoftApprover } from '../approvers/authenticator.fixture.ts';
import { loginOptions, session } from './api.ts';
import { type ScriptedConsole, startScriptedConsole } from './scripted-console.fixture.ts';
import { type Answer, answerOf, assertionOf, origin, type Visitor, visit } from './visitor.fixture.ts';

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
    empty: true,
    now: () => new Date(time),
  });
  ada = createSoftApprover(scripted.options.relyingParty, 'ada');
  await scripted.rooms.enrolAsRoot(ada);
  visitor = visit(scripted.console.port);
});
afterEach(() => scripted[Symbol.asyncDispose]());

async function begin(): Promise<string> {
  const answer = await visitor.post('/api/login/options', {});
  return loginOptions.parse(JSON.parse(answer.text)).options.challenge;
}

const finish = (challenge: string, assertion: Signature['assertion']): Promise<Answer> =>
  visitor.post('/api/login', { challenge, assertion: assertionOf(assertion) });

describe('a login', () => {
  it('asks for the login passkeys of the approvers, with their human verified', async () => {
    const answer = await visitor.post('/api/login/options', {});
    const { options } = loginOptions.parse(JSON.parse(answer.text));
    expect(options).toMatchObject({ rpId: 'castellan.localhost', userVerification: 'required' });
    expect(Buffer.from(options.challenge, 'base64url')).toHaveLength(32);
    const ids = options.allowCredentials.map(({ id }) => id);
    expect(new Set(ids)).toEqual(new Set([ada.login.passkey.id, scripted.bea.login.passkey.id]));
    expect(await begin()).not.toBe(options.challenge);
  });

  it('begins a session in the approver’s name', async () => {
    const answer = await visitor.login(ada);
    const { name, token, expiresAt } = session.parse(JSON.parse(answer.text));
    expect(name).toBe('ada');
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(Date.parse(expiresAt) - time).toBe(30 * 60_000);
    expect(JSON.parse((await visitor.get('/api/overview')).text)).toMatchObject({ me: 'ada' });
  });

  const forged: Record<string, (challenge: string) => Signature['assertion']> = {
    'with the passkey that signs documents': (challenge) => ada.approval.assert(challenge),
    'with the passkey that signs, called the other': (challenge) =>
      ada.approval.assert(challenge, { credential: ada.login.passkey.id }),
    'by somebody who is not enrolled': (challenge) =>
      createSoftApprover(scripted.options.relyingParty, 'eve').login.assert(challenge),
    'of another challenge': () => ada.login.assert(randomBytes(32).toString('base64url')),
    'on another page': (challenge) => ada.login.assert(challenge, { origin: 'http://castellan.localhost:8791' }),
    'for another site': (challenge) => ada.login.assert(challenge, { rpId: 'evil.example' }),
    'inside another page': (challenge) => ada.login.assert(challenge, { crossOrigin: true }),
    'that nobody verified': (challenge) => ada.login.assert(challenge, { userVerified: false }),
    'that nobody was present at': (challenge) => ada.login.assert(challenge, { userPresent: false }),
    'that is a registration': (challenge) => ada.login.assert(challenge, { type: 'webauthn.create' }),
  };
  it.each(Object.keys(forged))('%s is refused', async (name) => {
    const challenge = await begin();
    const assertion = forged[name]?.(challenge);
    if (assertion === undefined) throw new Error('no such forgery');
    expect(await finish(challenge, assertion)).toMatchObject({ status: 401, code: 'login-refused' });
  });

  it('over a challenge of one’s own is refused', async () => {
    const challenge = randomBytes(32).toString('base64url');
    expect(await finish(challenge, ada.login.assert(challenge))).toMatchObject({
      status: 401,
      code: 'console-login-needed',
    });
  });

  it('cannot be repeated', async () => {
    const challenge = await begin();
    const assertion = ada.login.assert(challenge);
    expect((await finish(challenge, assertion)).status).toBe(200);
    expect(await finish(challenge, assertion)).toMatchObject({ status: 401, code: 'console-login-needed' });
  });

  it('uses its challenge up even when it fails', async () => {
    const challenge = await begin();
    expect((await finish(challenge, ada.approval.assert(challenge))).status).toBe(401);
    expect(await finish(challenge, ada.login.assert(challenge))).toMatchObject({ code: 'console-login-needed' });
  });

  it('takes no longer than two minutes', async () => {
    const challenge = await begin();
    time += 120_000;
    expect(await finish(challenge, ada.login.assert(challenge))).toMatchObject({ code: 'console-login-needed' });
    const next = await begin();
    time += 119_000;
    expect((await finish(next, ada.login.assert(next))).status).toBe(200);
  });

  it('of a revoked approver is refused', async () => {
    await visitor.login(scripted.bea);
    await visitor.sign({ kind: 'revoke', name: 'ada' }, scripted.bea);
    expect(await visit(scripted.console.port).login(ada)).toMatchObject({ status: 401, code: 'login-refused' });
  });

  it('that fails too often waits a minute, and one that is right is not counted', async () => {
    for (let round = 0; round < 30; round += 1) expect((await visitor.login(ada)).status).toBe(200);
    for (let round = 0; round < 120; round += 1) await finish('x', ada.login.assert('x'));
    expect(await visitor.login(ada)).toMatchObject({ status: 429, code: 'console-too-often' });
    time += 60_001;
    expect((await visitor.login(ada)).status).toBe(200);
  });

  it('that fails too often on one connection is over there', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const body = JSON.stringify({ challenge: 'x', assertion: assertionOf(ada.login.assert('x')) });
    const statuses = [];
    for (let round = 0; round < 21; round += 1) {
      const sent = request({
        host: '127.0.0.1',
        port: scripted.console.port,
        path: '/api/login',
        method: 'POST',
        agent,
        headers: { host: 'castellan.localhost:8790', origin, 'content-type': 'application/json' },
      });
      sent.end(body);
      statuses.push((await answerOf(sent)).status);
    }
    agent.destroy();
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 401), 429]);
    expect((await visitor.login(ada)).status).toBe(200);
  });
});
