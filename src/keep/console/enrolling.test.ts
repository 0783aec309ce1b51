import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAuthenticator, createSoftApprover, type SoftApprover } from '../approvers/authenticator.fixture.ts';
import { enrolled, enrolOptions } from './api.ts';
import { type ScriptedConsole, startScriptedConsole } from './scripted-console.fixture.ts';
import { type Answer, origin, type Visitor, visit } from './visitor.fixture.ts';

let time: number;
let scripted: ScriptedConsole;
let ada: SoftApprover;
let eve: SoftApprover;
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
  const { relyingParty } = scripted.options;
  ada = createSoftApprover(relyingParty, 'ada');
  eve = createSoftApprover(relyingParty, 'eve');
  await scripted.rooms.enrolAsRoot(ada);
  visitor = visit(scripted.console.port);
});
afterEach(() => scripted[Symbol.asyncDispose]());

const challengeOf = (options: { challenge: string }): string => options.challenge;

async function begin(body: object, who = visitor) {
  const answer = await who.post('/api/enrol/begin', body);
  if (answer.status !== 200) throw new Error(answer.text);
  return enrolOptions.parse(JSON.parse(answer.text));
}

async function finish(body: object, { approval, login } = eve, who = visitor): Promise<Answer> {
  const options = await begin(body, who);
  return who.post('/api/enrol', {
    ticket: options.ticket,
    approval: approval.register(challengeOf(options.approval)),
    login: login.register(challengeOf(options.login)),
  });
}

describe('an enrolment', () => {
  it('asks the browser for two passkeys that do not take each other’s place', async () => {
    const { approval, login } = await begin({ code: scripted.codeFor('eve'), name: 'eve' });
    for (const options of [approval, login]) {
      expect(options).toMatchObject({
        rp: { id: 'castellan.localhost' },
        attestation: 'none',
        authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
      });
      const others = [ada, scripted.bea].flatMap((one) => [one.approval.passkey.id, one.login.passkey.id]);
      const excluded: { id: string }[] = JSON.parse(JSON.stringify(options['excludeCredentials']));
      expect(new Set(excluded.map(({ id }) => id))).toEqual(new Set(others));
    }
    expect(approval.challenge).not.toBe(login.challenge);
    expect(approval['user']).not.toMatchObject({ id: Reflect.get(Object(login['user']), 'id') });
  });

  it('with root’s code waits for root, and is of the name root gave', async () => {
    const answer = await finish({ code: scripted.codeFor('eve'), name: 'somebody else' });
    const done = enrolled.parse(JSON.parse(answer.text));
    expect(done).toMatchObject({ name: 'eve', next: 'waiting-for-root' });
    await expect.poll(() => scripted.rooms.approvers.list().map(({ name }) => name)).toContain('eve');
    expect((await visitor.login(eve)).status).toBe(200);
    const page = JSON.parse((await visitor.get('/api/approvers')).text);
    expect(page.approvers).toContainEqual(expect.objectContaining({ name: 'eve', fingerprint: done.fingerprint }));
  });

  it('by an approver is signed by that approver', async () => {
    await visitor.login(ada);
    const done = enrolled.parse(JSON.parse((await finish({ name: 'eve' })).text));
    expect(done).toMatchObject({ name: 'eve', next: 'to-sign', subject: { kind: 'enrol', name: 'eve' } });
    expect(scripted.rooms.approvers.list().map(({ name }) => name)).not.toContain('eve');
    const { status } = await visitor.sign(Object(done.subject), ada);
    expect(status).toBe(200);
    expect(scripted.rooms.approvers.list()).toContainEqual(expect.objectContaining({ name: 'eve', by: 'ada' }));
    expect((await visit(scripted.console.port).login(eve)).status).toBe(200);
  });

  it('is drafted for no passkeys but those that were shown here', async () => {
    await visitor.login(ada);
    const subject = { kind: 'enrol', name: 'eve', approval: eve.approval.passkey, login: eve.login.passkey };
    expect(await visitor.post('/api/documents', subject)).toMatchObject({ status: 409, code: 'enrolment-void' });
    await finish({ name: 'eve' });
    expect((await visitor.post('/api/documents', subject)).status).toBe(200);
    for (const other of [
      { ...subject, name: 'mallory' },
      { ...subject, login: createAuthenticator(scripted.options.relyingParty).passkey },
      { ...subject, approval: { ...subject.approval, publicKey: ada.approval.passkey.publicKey } },
    ]) {
      expect(await visitor.post('/api/documents', other)).toMatchObject({ code: 'enrolment-void' });
    }
    time += 600_001;
    expect(await visitor.post('/api/documents', subject)).toMatchObject({ code: 'enrolment-void' });
  });

  it('is begun by nobody without a code or a session', async () => {
    expect(await visitor.post('/api/enrol/begin', { name: 'eve' })).toMatchObject({ status: 401 });
    expect(await visitor.post('/api/enrol/begin', { name: 'eve', code: 'aaaaa-aaaaa-aaaaa-aaaaa' })).toMatchObject({
      status: 409,
      code: 'enrolment-void',
    });
    expect(await visitor.post('/api/enrol/begin', { name: 'eve', code: '../keep' })).toMatchObject({ status: 409 });
  });

  it('whose code is guessed waits a minute', async () => {
    const code = scripted.codeFor('eve');
    for (let round = 0; round < 20; round += 1)
      await visitor.post('/api/enrol/begin', { name: 'eve', code: `${round}` });
    const answer = await visitor.post('/api/enrol/begin', { name: 'eve', code });
    expect([403, 429]).toContain(answer.status);
    time += 60_001;
    expect((await visitor.post('/api/enrol/begin', { name: 'eve', code })).status).toBe(200);
  });

  it('begun in a session is finished by no other, and not without one', async () => {
    await visitor.login(ada);
    const options = await begin({ name: 'eve' });
    const body = {
      ticket: options.ticket,
      approval: eve.approval.register(challengeOf(options.approval)),
      login: eve.login.register(challengeOf(options.login)),
    };
    const other = visit(scripted.console.port);
    expect(await other.post('/api/enrol', body)).toMatchObject({ status: 401, code: 'console-login-needed' });
    await other.login(scripted.bea);
    const again = await begin({ name: 'eve' });
    expect(await other.post('/api/enrol', { ...body, ticket: again.ticket })).toMatchObject({ status: 401 });
  });

  it('is finished once, and within ten minutes', async () => {
    await visitor.login(ada);
    const options = await begin({ name: 'eve' });
    const body = {
      ticket: options.ticket,
      approval: eve.approval.register(challengeOf(options.approval)),
      login: eve.login.register(challengeOf(options.login)),
    };
    expect((await visitor.post('/api/enrol', body)).status).toBe(200);
    expect(await visitor.post('/api/enrol', body)).toMatchObject({ status: 409, code: 'enrolment-void' });
    const late = await begin({ name: 'eve' });
    time += 600_000;
    expect(await visitor.post('/api/enrol', { ...body, ticket: late.ticket })).toMatchObject({
      code: 'enrolment-void',
    });
  });

  it('with one passkey for both uses is refused', async () => {
    const answer = await finish({ code: scripted.codeFor('eve'), name: 'eve' }, { ...eve, login: eve.approval });
    expect(answer).toMatchObject({ status: 409, code: 'enrolment-void' });
  });

  const forged: Record<string, Parameters<SoftApprover['login']['register']>[1]> = {
    'made on another page': { origin: 'http://castellan.localhost:8791' },
    'made for another site': { rpId: 'evil.example' },
    'made inside another page': { crossOrigin: true },
    'that nobody verified': { userVerified: false },
    'that is an assertion': { type: 'webauthn.get' },
  };
  it.each(Object.keys(forged))('of a passkey %s is refused', async (name) => {
    const register = (challenge: string) => eve.login.register(challenge, forged[name]);
    const answer = await finish(
      { code: scripted.codeFor('eve'), name: 'eve' },
      { ...eve, login: { ...eve.login, register } },
    );
    expect(answer).toMatchObject({ status: 403, code: 'enrolment-refused' });
  });

  it('of passkeys made for each other’s challenge is refused', async () => {
    const options = await begin({ code: scripted.codeFor('eve'), name: 'eve' });
    const answer = await visitor.post('/api/enrol', {
      ticket: options.ticket,
      approval: eve.approval.register(challengeOf(options.login)),
      login: eve.login.register(challengeOf(options.approval)),
    });
    expect(answer).toMatchObject({ status: 403, code: 'enrolment-refused' });
  });
});
