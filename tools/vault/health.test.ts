import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { health } from './health.ts';
import { nodeChecks } from './health-nodes.ts';
import {
  callTool,
  canary,
  homelabReplies,
  portsOf,
  type Replies,
  scriptedKeep,
  scriptedVault,
} from './scripted-vault.fixture.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** A node that answers sys/health with this code. */
async function node(status: number, body = {}): Promise<{ address: string; caFile: undefined; plainHttp: false }> {
  const server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify({ initialized: status !== 501, sealed: status === 503, version: '1.21.1', ...body }));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, caFile: undefined, plainHttp: false };
}

const firstRow = (text: string): string => /^STATE.*\n(.*)/m.exec(text)?.[1] ?? '';

const indices = { raft_committed_index: 7, raft_applied_index: 7 };
const working: Replies = {
  'GET sys/leader': {
    ha_enabled: true,
    is_self: true,
    active_time: '2026-02-01T00:00:00Z',
    leader_address: 'http://vault-0:8200',
  },
  'GET auth/token/lookup-self': { data: { accessor: 'a', id: canary() } },
  'GET sys/ha-status': {
    data: { nodes: [{ hostname: 'vault-0', api_address: 'http://vault-0:8200', active_node: true }] },
  },
  'GET sys/storage/raft/autopilot/state': { code: 'vault-unsupported' },
  'LIST sys/policies/acl': { data: { keys: ['root', 'ci'] } },
  'GET sys/policies/acl/ci': { data: { policy: 'path "secret/data/*" { capabilities = ["read"] }' } },
};
const rights = {
  'secret/metadata/': ['read', 'list'],
  'secret/subkeys/': ['read'],
  'database/static-roles': ['read', 'list'],
  'sys/leader': ['read'],
  'sys/ha-status': ['read'],
  'sys/storage/': ['read'],
};
const ready = scriptedKeep(() => ({
  fingerprints: {
    state: 'ready',
    generation: 'g1',
    coverage: {
      at: '2026-03-01T09:59:50.000Z',
      mounts: ['secret'],
      secrets: 2,
      values: 3,
      byClass: { a: 2, b: 1, c: 0, public: 0 },
      skipped: { count: 0, some: [] },
      unread: [],
      inRepository: [],
    },
  },
}));

async function call(
  replies: Replies = {},
  {
    nodes = [200],
    keep = ready,
    granted = rights,
  }: { nodes?: readonly number[]; keep?: typeof ready; granted?: Record<string, readonly string[]> } = {},
) {
  const vault = scriptedVault({ ...homelabReplies(), ...working, ...replies });
  Object.assign(vault.rights, granted);
  const ports = portsOf({ vault, keep, nodes: await Promise.all(nodes.map((status) => node(status))) });
  return callTool(health, ports);
}

describe('Vault', () => {
  it('works when every look says so', async () => {
    const text = await call();
    expect(text.split('\n')[0]).toBe('Vault works');
    expect(text).not.toContain('canary-');
  });

  it.each([
    [503, 'SEALED'],
    [501, 'UNINITIALISED'],
  ])('with a node that answers %i does not, and that stands first', async (status, said) => {
    const text = await call({}, { nodes: [200, status] });
    expect(text.split('\n')[0]).toMatch(/^1 problems/);
    expect(firstRow(text)).toContain(said);
  });

  it.each([
    [429, 'NO ACTIVE NODE'],
    [418, 'DEGRADED'],
  ])('with a node alone that answers %i is not healthy', async (status, said) => {
    const text = await call({}, { nodes: [status] });
    expect(text.split('\n')[0]).not.toBe('Vault works');
    expect(text).toContain(said);
  });

  it.each([
    [
      'whose read does not come',
      { 'GET auth/token/lookup-self': { code: 'vault-deadline' } },
      'an authenticated read did not come within 2 s',
    ],
    ['whose ha-status fails', { 'GET sys/ha-status': { code: 'vault-failing' } }, 'ha-status fails (vault-failing)'],
    [
      'active since never',
      {
        'GET sys/leader': { ha_enabled: true, is_self: true, active_time: '0001-01-01T00:00:00Z', leader_address: 'x' },
      },
      'does not know since when',
    ],
  ] as const)('has a stuck leader %s, though it calls itself active', async (_, replies, said) => {
    const text = await call(replies);
    expect(text).toContain('STUCK: it is called active, but');
    expect(text).toContain(said);
    expect(firstRow(text)).toContain('STUCK');
  });

  it('whose raft index stands still is stuck only when it does nothing else either', async () => {
    const leader = { ...(working['GET sys/leader'] as object), ...indices };
    const checks = async (replies: Replies) => {
      const vault = scriptedVault({ ...homelabReplies(), ...working, 'GET sys/leader': leader, ...replies });
      return (await nodeChecks(vault, [await node(200)], new AbortController().signal, 1)).find(
        ({ what }) => what === 'leader',
      );
    };
    expect(await checks({})).toMatchObject({
      state: 'ok',
      detail: expect.stringContaining('unchanged between two looks'),
    });
    expect(await checks({ 'GET sys/ha-status': { code: 'vault-failing' } })).toMatchObject({
      state: 'PROBLEM',
      detail: expect.stringContaining('its raft index does not move'),
    });
  });

  it('that says nothing of raft, its leader or its policies is in doubt', async () => {
    const refused = { code: 'vault-refused' };
    const text = await call({
      'GET sys/leader': refused,
      'GET sys/storage/raft/autopilot/state': refused,
      'LIST sys/policies/acl': refused,
    });
    expect(text.split('\n')[0]).toMatch(/^0 problems, 3 not known/);
  });

  it('that answers nothing at all is told as such, and not left unanswered', async () => {
    const all = Object.fromEntries(
      [...Object.keys(homelabReplies()), ...Object.keys(working)].map((line) => [line, { code: 'vault-sealed' }]),
    );
    const text = await call(all, { nodes: [503] });
    expect(text.split('\n')[0]).toMatch(/problems/);
    expect(text).toContain('whether our token is weak enough is not known');
  });
});

describe('our rights', () => {
  it('are explained: what is missing for which tool, and the line that gives it', async () => {
    const text = await call({}, { granted: { ...rights, 'secret/subkeys/': ['deny'] } });
    expect(text).toContain('vault_describe, vault_consumers needs read on secret/subkeys/*: nothing is granted');
    expect(text).toContain('path "secret/subkeys/*" { capabilities = ["read"] }');
  });

  it('show a grant in a policy that can never work', async () => {
    const policy =
      '# kubernetes\npath "kubernetes/creds/deployer" {\n  capabilities = ["read"] # mints\n}\npath "secret/data/*" { capabilities = ["read"] }';
    const text = await call({ 'GET sys/policies/acl/ci': { data: { policy } } });
    expect(text).toContain('policy ci: kubernetes/creds/deployer is granted read alone');
    expect(text).toContain('path "kubernetes/creds/deployer" { capabilities = ["update"] }');
  });
});

describe('what redaction knows', () => {
  it.each([
    ['none', 'DEGRADED: this keep has no fingerprinter'],
    ['away', 'DEGRADED: the fingerprinter does not answer'],
    ['starting', 'has not read Vault yet'],
  ] as const)('is not everything when the fingerprinter is %s', async (state, said) => {
    const text = await call({}, { keep: scriptedKeep(() => ({ fingerprints: { state } })) });
    expect(text.split('\n')[0]).not.toBe('Vault works');
    expect(text).toContain(said);
  });

  it('names what is not covered and what has leaked', async () => {
    const coverage = {
      at: '2026-03-01T09:00:00.000Z',
      mounts: ['secret'],
      secrets: 2,
      values: 3,
      byClass: { a: 2, b: 1, c: 0, public: 0 },
      skipped: { count: 1, some: ['secret/root#pin'] },
      unread: [{ path: 'secret/locked', why: 'vault-refused' }],
      inRepository: ['secret/apps/mail#password'],
    };
    const text = await call({}, { keep: scriptedKeep(() => ({ fingerprints: { state: 'ready', coverage } })) });
    expect(text).toContain('NOT COVERED, could not be read: secret/locked (vault-refused)');
    expect(text).toContain('LEAKED into the repository, rotate them: secret/apps/mail#password');
    expect(text).toContain('1 values are never looked for');
    expect(text).toMatch(/unknown.known values.read 60m ago/);
  });

  it('is asked for without its set once its generation is known', async () => {
    const vault = scriptedVault({ ...homelabReplies(), ...working });
    const ports = portsOf({ vault, keep: ready });
    ready.asked.splice(0);
    await callTool(health, ports);
    await callTool(health, ports);
    expect(ready.asked).toEqual([
      { verb: 'fingerprints', waitMs: 0 },
      { verb: 'fingerprints', waitMs: 0, have: 'g1' },
    ]);
  });
});
