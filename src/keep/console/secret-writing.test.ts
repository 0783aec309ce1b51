import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SoftApprover } from '../approvers/authenticator.fixture.ts';
import type { SecretSubject } from '../decisions/port.ts';
import { inventedRequest } from './invented-requests.fixture.ts';
import type { ScriptedConsole } from './scripted-console.fixture.ts';
import { at, commit, type Overriding, type Sealed, signFor, visitWithSecrets } from './secret-visit.fixture.ts';
import type { Answer, Visitor } from './visitor.fixture.ts';

let scripted: ScriptedConsole;
let ada: SoftApprover;
let visitor: Visitor;
let lines: readonly string[];

const start = async (overriding?: Overriding): Promise<void> => {
  ({ scripted, ada, visitor, lines } = await visitWithSecrets(() => new Date(), overriding));
};
beforeEach(() => start());
afterEach(() => scripted[Symbol.asyncDispose]());

const sign = (kind: SecretSubject['kind'], name: string, more: object = {}): Promise<Sealed> =>
  signFor({ visitor, ada }, kind, name, more);
const stateOf = (name: string) => scripted.rooms.secrets.views.find(({ id }) => id === inventedRequest(name))?.state;

async function write(name: string, value: string, sent: object = {}): Promise<Answer> {
  const { salt, commitment } = commit(value);
  return visitor.post(at(name, '/write'), { ...(await sign('write', name, { commitment })), value, salt, ...sent });
}

describe('a value that a human types', () => {
  const typed = (): string => randomBytes(24).toString('base64url');

  it('is written as the version after, and told to nobody', async () => {
    const value = `${typed()}\n${typed()} ü`;
    const answer = await write('write', value);
    expect(JSON.parse(answer.text)).toMatchObject({ state: 'done', madeVersion: 4, by: 'ada' });
    expect(scripted.rooms.secrets.values.get('apps/photos#smtp-password')).toBe(value);
    expect(answer.text).not.toContain(JSON.stringify(value).slice(1, -1));
    expect(lines.join('\n')).not.toContain(value.slice(0, 20));
  });

  it('is not written when it is another than was signed for, or its salt is', async () => {
    const value = typed();
    for (const other of [{ value: typed() }, { salt: randomBytes(32).toString('base64url') }]) {
      expect(await write('write', value, other)).toMatchObject({ status: 403, code: 'approval-refused' });
    }
    expect(scripted.rooms.secrets.values.size).toBe(0);
    expect(stateOf('write')).toBe('waiting');
  });

  it.each([
    ['nothing', { value: '' }],
    ['more than a secret is', { value: 'x'.repeat(65_537) }],
    ['no salt', { salt: 'short' }],
    ['no text', { value: { toString: 'x' } }],
  ])('is not taken when it is %s', async (_, sent) => {
    expect(await write('write', typed(), sent)).toMatchObject({ status: 400, code: 'console-malformed' });
    expect(scripted.rooms.secrets.values.size).toBe(0);
  });

  it('is quoted by no refusal and no log, however it is sent', async () => {
    const value = typed();
    const { salt, commitment } = commit(value);
    const signed = await sign('write', 'write', { commitment });
    const bodies: unknown[] = [
      `{"value": ${value}`,
      { ...signed, value, salt, more: value },
      { ...signed, value, salt: value },
      { ...signed, value: [value], salt },
      { ...signed, document: value, value, salt },
      { ...signed, document: '{}', value, salt },
    ];
    for (const body of bodies) {
      const answer = await visitor.post(at('write', '/write'), body);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.text).not.toContain(value);
    }
    expect(lines.join('\n')).not.toContain(value);
  });

  it.each(['ours', 'ours as a cause', 'a driver’s'])(
    'is withheld from an error that is %s and quotes it',
    async (whose) => {
      const requests = { ...scripted.options.requests };
      const refused = await requests
        .status('req_none', 0, AbortSignal.abort())
        .catch((error: unknown) => Object(error));
      await scripted[Symbol.asyncDispose]();
      const value = typed();
      await start(({ requests: real }) => ({
        requests: {
          ...real,
          write: (_, { value: secret }) => {
            const quoting = new Error(`HTTP 400 for {"password":"${secret.reveal()}"}`);
            if (whose === 'a driver’s') return Promise.reject(quoting);
            if (whose === 'ours as a cause') return Promise.reject(Object.assign(refused, { cause: quoting }));
            return Promise.reject(Object.assign(refused, { message: quoting.message }));
          },
        },
      }));
      const answer = await write('write', value);
      expect(answer.code).toBe(whose === 'ours as a cause' ? 'request-not-found' : 'console-fault');
      expect(answer.text).not.toContain(value);
      expect(lines.join('\n')).not.toContain(value);
      if (whose !== 'ours as a cause') expect(lines.join('\n')).toContain('web.secret.failed');
    },
  );

  it('is drawn by the keep where nobody is to know it', async () => {
    const answer = await visitor.post(at('generate', '/generate'), await sign('generate', 'generate'));
    expect(JSON.parse(answer.text)).toMatchObject({ state: 'done', madeVersion: 4 });
  });

  it('is drafted for no other kind of request than that', async () => {
    const { commitment } = commit(typed());
    for (const subject of [
      { kind: 'write', request: inventedRequest('reveal'), commitment },
      { kind: 'reveal', request: inventedRequest('write') },
      { kind: 'token', request: inventedRequest('generate') },
      { kind: 'reveal', request: inventedRequest('shown') },
    ])
      expect((await visitor.post('/api/documents', subject)).status).toBe(409);
    for (const subject of [
      { kind: 'write', request: inventedRequest('write') },
      { kind: 'write', request: inventedRequest('write'), commitment: 'f'.repeat(63) },
      { kind: 'reveal', request: 'req_x' },
    ])
      expect((await visitor.post('/api/documents', subject)).status).toBe(400);
  });
});
