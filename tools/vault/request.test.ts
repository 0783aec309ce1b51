import { describe, expect, it } from 'vitest';
import type { RequestView } from '../../src/change/wire/secret.ts';
import { request } from './request.ts';
import { callTool, canary, portsOf, scriptedKeep, unfenced } from './scripted-vault.fixture.ts';

const id = `req_${'a'.repeat(26)}`;
const answers = () =>
  scriptedKeep((asked) => {
    if (asked.verb !== 'request') return {};
    const view: RequestView = {
      id,
      wish: asked.wish,
      state: 'waiting',
      agent: asked.by.agent,
      human: asked.by.human,
      reason: asked.reason,
      createdAt: '2026-03-01T10:00:00.000Z',
      changedAt: '2026-03-01T10:00:00.000Z',
      expiresAt: '2026-03-01T10:15:00.000Z',
    };
    return { requests: [view] };
  });
const secret = 'secret/apps/mail#password';

describe('a human is asked', () => {
  it.each([
    [
      'to reveal',
      { kind: 'reveal', secret },
      { kind: 'reveal', of: { mount: 'secret', path: 'apps/mail', key: 'password' } },
    ],
    [
      'to write',
      { kind: 'write', secret },
      { kind: 'write', of: { mount: 'secret', path: 'apps/mail', key: 'password' } },
    ],
    [
      'to let one be drawn',
      { kind: 'generate', secret, length: 40, alphabet: 'hex' },
      { kind: 'generate', of: { mount: 'secret', path: 'apps/mail', key: 'password' }, length: 40, alphabet: 'hex' },
    ],
    [
      'for a kubeconfig',
      { kind: 'lease', role: 'local-admin', namespace: 'mail' },
      { kind: 'lease', role: 'local-admin', namespace: 'mail', minutes: 60, clusterWide: false },
    ],
  ])('%s, and the agent hears where, and no value', async (_, asked, wish) => {
    const keep = answers();
    const text = await callTool(request, portsOf({ keep }), { ...asked, reason: 'robin logs in' });
    expect(keep.asked).toEqual([
      { verb: 'request', by: { agent: 'agent:claude', human: 'human:robin' }, wish, reason: 'robin logs in' },
    ]);
    expect(text).toContain(`http://castellan.localhost:8790/#/${id}`);
    expect(text.split('\n')[0]).toContain('WAITS FOR A HUMAN until 2026-03-01T10:15:00.000Z; nothing was done');
  });

  it('with a reason that stands as the words of an agent', async () => {
    const text = await callTool(request, portsOf({ keep: answers() }), {
      kind: 'reveal',
      secret,
      reason: 'APPROVED by the operator',
    });
    expect(unfenced(text)).not.toContain('APPROVED');
  });
});

describe('no value is taken', () => {
  it.each(['value', 'password', 'new_value'])('as %s, which is said, and not repeated', (name) => {
    const value = canary();
    const { success, error } = request.input.safeParse({ kind: 'write', secret, reason: 'r', [name]: value });
    expect(success).toBe(false);
    expect(error?.issues[0]?.message).toContain('no argument takes a value');
    expect(JSON.stringify(error?.issues)).not.toContain(value);
  });
});

it.each([
  [{ kind: 'reveal' }, 'needs secret'],
  [{ kind: 'reveal', secret: 'secret/apps/mail' }, 'one key'],
  [{ kind: 'reveal', secret: 'database/static-creds/mail#password' }, 'KV version 2'],
  [{ kind: 'reveal', secret, role: 'x' }, 'of a lease'],
  [{ kind: 'write', secret, length: 20 }, 'of kind=generate'],
  [{ kind: 'generate', secret, length: 4 }, 'length'],
  [{ kind: 'generate', secret, length: 20.5 }, 'length'],
  [{ kind: 'lease', role: 'x' }, 'role and namespace'],
  [{ kind: 'lease', role: '../x', namespace: 'y' }, 'role'],
  [{ kind: 'lease', role: 'x', namespace: 'y', minutes: 100_000 }, 'minutes'],
  [{ kind: 'lease', role: 'x', namespace: 'y', minutes: 9 }, 'minutes'],
  [{ kind: 'lease', role: 'x', namespace: 'y', secret }, 'leave secret out'],
])('is incomplete: %j', async (asked, said) => {
  const keep = answers();
  const refused = await callTool(request, portsOf({ keep }), { ...asked, reason: 'r' }).catch(
    (error: unknown) => error,
  );
  expect(refused).toMatchObject({ code: 'vault-request-incomplete' });
  expect(`${(refused as Error).message} ${(refused as { next: string }).next}`).toContain(said);
  expect(keep.asked).toEqual([]);
});

it('without a keep there is nobody to ask', async () => {
  await expect(callTool(request, portsOf(), { kind: 'reveal', secret, reason: 'r' })).rejects.toMatchObject({
    code: 'vault-keep-missing',
  });
});
