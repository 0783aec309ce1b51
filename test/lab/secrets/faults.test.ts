import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PolicyName, vaultPolicy } from '../../../src/cli/vault-policies.ts';
import { createKnownValues } from '../../../src/redaction/known/known-values.ts';
import { keepSocket } from '../../../tools/iac/keep-socket.ts';
import { compare } from '../../../tools/vault/compare.ts';
import { consumers } from '../../../tools/vault/consumers.ts';
import { describe as describeTool } from '../../../tools/vault/describe.ts';
import { health } from '../../../tools/vault/health.ts';
import { search } from '../../../tools/vault/search.ts';
import { ScratchCastellan } from '../../e2e/scratch-castellan.ts';
import { openSession } from '../../e2e/session.ts';
import { describeWithLab, kubectlAs } from '../use-lab.ts';
import { castellanPolicies, lentRole, type VaultProcess, writePolicies } from '../vault/castellan-token.ts';
import { tellVault } from '../vault/vault-api.ts';
import { type Fault, type FaultyProxy, type Seen, startFaultyProxy } from './faulty-proxy.ts';
import { mailOf, podsOf } from './mail-app.ts';
import { openStage, type Stage, type Tools } from './own-stage.ts';

/** What a call to Vault may take is 5 s, and one second for the rest; here twice that, since the machine may be busy. */
const withinMs = 12_000;

/** Whatever is wrong with Vault: an answer comes, in time, and says what it is. */
await describeWithLab('faults of Vault', (lab) => {
  const name = `faults-${randomBytes(4).toString('hex')}`;
  const path = `apps/${name}`;
  const secret = `secret/${path}`;
  const values: string[] = [];
  const fresh = (): string => {
    const value = randomBytes(18).toString('base64url');
    values.push(value);
    return value;
  };
  let stage: Stage;
  let tools: Tools;

  beforeAll(async () => {
    stage = await openStage(lab);
    await stage.write(path, { password: fresh(), user: 'mail' });
    await kubectlAs('admin', lab, ['create', 'namespace', name]);
    await stage.keep.start();
    // The hook's own time ends it.
    while ((await stage.known()).state !== 'ready') await sleep(200);
    tools = await stage.tools();
  });
  afterAll(async () => {
    await tools?.[Symbol.asyncDispose]();
    await stage?.[Symbol.asyncDispose]();
    await kubectlAs('admin', lab, ['delete', 'namespace', name, '--wait=false']);
  });
  beforeEach(() => {
    for (const door of Object.values(stage.doors)) door.fault = () => undefined;
  });

  const everyDoor = (fault: (seen: Seen) => Fault | undefined): void => {
    for (const door of Object.values(stage.doors)) door.fault = fault;
  };
  const masks = async (value: string): Promise<boolean> => {
    const { set } = await stage.known();
    const known = createKnownValues();
    if (set !== undefined) known.load(set);
    return known.hits(`login with ${value} failed`, 'others').length > 0;
  };
  /** Of every tool that asks Vault itself. */
  const refusals = async (of: Tools) => {
    const right = `k8s:${name}/none#password`;
    return Promise.all([
      of.call(describeTool, { secret }),
      of.call(compare, { left: `${secret}#password`, right }),
      of.call(search, { words: name }),
      of.call(consumers, { secret }),
    ]);
  };
  const expectRefusals = async (of: Tools, code: RegExp): Promise<void> => {
    for (const { text, ms } of await refusals(of)) {
      expect(text).toMatch(code);
      expect(ms).toBeLessThan(withinMs);
    }
  };

  it('a rotated value: what still has the old one is told, and who has to be restarted', async () => {
    const [old, now] = [fresh(), fresh()];
    const [rotated, synced] = [`secret/${path}-rotated`, `k8s:${name}/mail#password`];
    await stage.write(`${path}-rotated`, { password: old, user: 'mail' });
    await apply(mailOf(name, old, `${path}-rotated`));
    await expect.poll(async () => (await kubectlAs('admin', lab, podsOf(name))).stdout).toContain('Running');
    await stage.write(`${path}-rotated`, { password: now, user: 'mail' });

    const told = await tools.call(describeTool, { secret: rotated });
    expect(told.text).toMatch(/password {2}unchanged for .*since v2/);
    expect(told.text).toMatch(/user {2}unchanged for .*since v1/);
    const compared = () => tools.call(compare, { left: `${rotated}#password`, right: synced });
    expect((await compared()).text).toMatch(/DIFFERENT: .*the other side still has version 1/);
    const users = await (await stage.tools()).call(consumers, { secret: `${rotated}#password` });
    expect(users.text).toMatch(/ExternalSecret .*mail/);
    expect(users.text).toMatch(/Deployment .*taken at start/);

    // What the API server writes down has whole seconds.
    await sleep(1_100);
    await apply(mailOf(name, now, `${path}-rotated`));
    expect((await compared()).text).toMatch(/EQUAL: .*1 PODS PREDATE THE CHANGE: restart needed/);
    for (const value of [old, now]) expect(told.text + users.text + (await compared()).text).not.toContain(value);
  });

  const apply = async (objects: readonly object[]): Promise<void> => {
    const file = join(stage.folder, 'objects.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    const done = await kubectlAs('admin', lab, ['apply', '--filename', file]);
    if (!done.ok) throw new Error(done.stderr);
  };

  it('a sealed Vault: every answer says so, what was known goes on being masked, and all comes back', async () => {
    await stage.own.seal();
    try {
      const seen = await tools.call(health);
      expect(seen.text).toMatch(/PROBLEM\tnode \S+\tSEALED/);
      await expectRefusals(await stage.tools(), /^vault-sealed: /);
      expect((await tools.call(describeTool, { secret })).text).toMatch(/^vault-sealed: /);
      expect(await tools.probe()).toMatch(/fail Vault http\S+: sealed/);
      await expect.poll(async () => (await stage.known()).why).toMatch(/cannot be read since \d{4}-.*sealed/);
      expect(await stage.known()).toMatchObject({ state: 'ready', coverage: { secrets: expect.any(Number) } });
      expect(await masks(values[0] ?? '')).toBe(true);
      await expect.poll(stage.problems).toContainEqual(expect.stringMatching(/sealed/));
    } finally {
      await stage.own.unseal();
    }
    const later = fresh();
    await stage.write(`${path}-later`, { password: later });
    await expect.poll(async () => (await stage.known()).why).toBeUndefined();
    await expect.poll(() => masks(later)).toBe(true);
    await expect.poll(stage.problems).toEqual([]);
    expect((await tools.call(describeTool, { secret })).text).toContain('version 1');
    expect((await tools.call(health)).text).not.toContain('SEALED');
  });

  describe('a leader that hangs', () => {
    const hung = (seen: Seen): Fault | undefined => (seen.withToken ? { kind: 'hang' } : undefined);

    it('is called stuck, and everything else ends in time', async () => {
      everyDoor(hung);
      const [seen] = await Promise.all([tools.call(health), expectRefusals(await stage.tools(), /^vault-deadline: /)]);
      expect(seen.text).toMatch(/PROBLEM\tleader\tSTUCK: it is called active/);
      expect(seen.ms).toBeLessThan(2 * withinMs);
    });

    it.each([
      ['drip', /^vault-deadline: /],
      ['reset', /^vault-unreachable: /],
    ] as const)('or answers in a way that is none: %s', async (kind, code) => {
      everyDoor((seen) => (seen.withToken ? { kind } : undefined));
      const { text, ms } = await tools.call(describeTool, { secret });
      expect(text).toMatch(code);
      expect(ms).toBeLessThan(withinMs);
    });

    it('or whose whole process stands still: its node is unreachable', async () => {
      stage.own.freeze();
      try {
        const [seen, asked] = await Promise.all([tools.call(health), tools.call(describeTool, { secret })]);
        expect(seen.text).toMatch(/PROBLEM\tnode \S+\tUNREACHABLE/);
        expect(asked.text).toMatch(/^vault-deadline: /);
        expect(asked.ms).toBeLessThan(withinMs);
      } finally {
        stage.own.thaw();
      }
      await expect.poll(async () => (await tools.call(describeTool, { secret })).text).toContain('version 1');
    });

    it('holds nobody else up: the daemon answers about the cluster meanwhile', async () => {
      await using castellan = new ScratchCastellan();
      const config = castellan.configure(configured());
      await using session = await openSession(castellan, { environment: { CASTELLAN_CONFIG: config } });
      const call = async (tool: string, asked: Record<string, unknown>): Promise<string> =>
        JSON.stringify(await session.client.callTool({ name: tool, arguments: asked }, { timeout: 60_000 }));
      expect(await call('vault_describe', { secret })).toContain('version 1');
      everyDoor(hung);
      let isOver = false;
      const waiting = call('vault_describe', { secret }).finally(() => {
        isOver = true;
      });
      expect(await call('kubectl_get', { kind: 'deployments', namespace: name })).toContain('mail');
      expect(isOver).toBe(false);
      expect(await waiting).toContain('vault-deadline');
    });
  });

  const configured = (more: object = {}) => ({
    kubernetes: { kubeconfig: lab.kubeconfig.castellan },
    keep: { socket: stage.keep.socket },
    vault: {
      address: stage.doors.castellan.addr,
      auth: { kind: 'token-file', file: stage.tokenFiles.castellan },
      ...more,
    },
  });

  describe('a token that is gone', () => {
    const everybody: readonly VaultProcess[] = ['castellan', 'castellan-keep', 'castellan-fingerprinter'];
    const request = async (): Promise<string> => {
      const wish = { kind: 'reveal', of: { mount: 'secret', path, key: 'password' } } as const;
      const by = { agent: 'agent:suite', human: 'human:ada' };
      try {
        const { requests } = await keepSocket(stage.keep.socket).ask(
          { verb: 'request', by, wish, reason: 'to see whether it may be asked' },
          AbortSignal.timeout(30_000),
        );
        return requests?.[0]?.state ?? 'none';
      } catch (error) {
        return String(error);
      }
    };

    const expectLost = async (): Promise<void> => {
      await expect.poll(async () => (await tools.call(describeTool, { secret })).text).toMatch(/^vault-token-lost: /);
      expect((await tools.call(health)).text).toMatch(/PROBLEM\tour token\tLOST/);
      expect(await tools.probe()).toMatch(/fail Vault: the daemon's token: LOST/);
      expect(await request()).toMatch(/the keep refused \(vault-token-lost\): /);
      expect(await stage.problems()).toContainEqual(expect.stringMatching(/Vault cannot be worked with: .*token/));
      await expect.poll(async () => (await stage.known()).why).toMatch(/cannot be read since .*token/);
      expect(await masks(values[0] ?? '')).toBe(true);
    };
    const expectBack = async (): Promise<void> => {
      for (const who of everybody) stage.replaceToken(who, await stage.newToken(who));
      await expect.poll(async () => (await tools.call(describeTool, { secret })).text).toContain('version 1');
      expect(await tools.probe()).toMatch(/pass Vault: the daemon's token: /);
      expect(await request()).toBe('waiting');
      await expect.poll(async () => (await stage.known()).why).toBeUndefined();
      await expect.poll(stage.problems).toEqual([]);
    };

    it('because it has expired', async () => {
      for (const who of everybody) {
        stage.replaceToken(who, await stage.newToken(who, { ttl: '2s', explicit_max_ttl: '2s' }));
      }
      await tools.call(describeTool, { secret });
      await request();
      await sleep(2_500);
      await expectLost();
      await expectBack();
    });

    it('because it was revoked', async () => {
      const tokens: string[] = [];
      for (const who of everybody) {
        const token = await stage.newToken(who);
        tokens.push(token);
        stage.replaceToken(who, token);
      }
      expect((await tools.call(describeTool, { secret })).text).toContain('version 1');
      expect(await request()).toBe('waiting');
      await expect.poll(async () => (await stage.known()).state).toBe('ready');
      for (const token of tokens) await tellVault(stage.own.root, 'POST', 'auth/token/revoke', { token });
      await expectLost();
      await expectBack();
    });

    it('because another is in its place, which is neither used nor renewed', async () => {
      await stage.own.policy('everything', 'path "*" { capabilities = ["read", "list", "update", "sudo"] }');
      const token = await stage.own.token(['everything'], { period: '4s' });
      stage.replaceToken('castellan', token);
      const door = stage.doors.castellan;
      door.seen.length = 0;
      const { text } = await tools.call(describeTool, { secret });
      expect(text).toMatch(/^vault-token-lost: .*castellan-metadata, so it is somebody else's; it is neither used/);
      expect((await tools.call(health)).text).toMatch(/PROBLEM\tour token\tFOREIGN/);
      await sleep(3_000);
      const asked = door.seen.filter(({ withToken }) => withToken).map(({ path: at }) => at);
      expect(new Set(asked)).toEqual(new Set(['auth/token/lookup-self']));
      const looked = await tellVault(stage.own.root, 'POST', 'auth/token/lookup', { token });
      expect(Object(Object(looked)['data'])['last_renewal']).toBeUndefined();
      stage.replaceToken('castellan', await stage.newToken('castellan'));
      await expect.poll(async () => (await tools.call(describeTool, { secret })).text).toContain('version 1');
    });
  });

  it('a right that was taken away: the path is told as not covered, and which right is missing', async () => {
    const lost = `${path}-lost`;
    await stage.write(lost, { password: fresh() });
    await expect.poll(() => masks(values.at(-1) ?? '')).toBe(true);
    const shipped = (of: PolicyName) => vaultPolicy(of, { lend: [lentRole] });
    const denying = (...paths: readonly string[]) =>
      paths.map((one) => `\npath "${one}" { capabilities = ["deny"] }\n`).join('');
    try {
      await stage.own.policy(
        'castellan-fingerprinter',
        shipped('fingerprinter') + denying(`secret/data/${lost}`, `secret/metadata/${lost}`),
      );
      await stage.own.policy('castellan-metadata', shipped('metadata') + denying(`secret/subkeys/${lost}`));
      await expect
        .poll(async () => (await stage.known()).coverage?.unread)
        .toContainEqual({ path: `secret/${lost}`, why: expect.stringMatching(/may not GET secret\/metadata/) });
      expect(await masks(values.at(-1) ?? '')).toBe(true);
      expect((await tools.call(health)).text).toMatch(/NOT COVERED, could not be read: .*-lost/);
      const keys = await tools.call(describeTool, { secret: `secret/${lost}` });
      expect(keys.text).toMatch(/keys NOT KNOWN/);
      expect(keys.text).toMatch(/read on secret\/subkeys/);
      await stage.own.policy(
        'castellan-metadata',
        shipped('metadata') + denying(`secret/subkeys/${lost}`, `secret/metadata/${lost}`),
      );
      const nothing = await tools.call(describeTool, { secret: `secret/${lost}` });
      expect(nothing.text).toMatch(/^vault-refused: the token may not GET secret\/metadata\/\S+-lost/);
    } finally {
      await writePolicies(stage.own.root);
    }
    await expect.poll(async () => (await stage.known()).coverage?.unread).toEqual([]);
    expect((await tools.call(describeTool, { secret: `secret/${lost}` })).text).toContain('1 keys');
  });

  it('a token that reads values: the tools refuse it, doctor fails, and where it is allowed every answer says so', async () => {
    await stage.own.policy('reads', 'path "secret/data/*" { capabilities = ["read"] }');
    const strong = join(stage.folder, 'strong-token');
    writeFileSync(strong, await stage.own.token([...castellanPolicies.castellan, 'reads']), { mode: 0o600 });
    const auth = { kind: 'token-file', file: strong };
    await expect(stage.tools({ auth })).rejects.toMatchObject({ code: 'vault-token-too-strong' });
    await using castellan = new ScratchCastellan();
    const config = castellan.configure(configured({ auth }));
    const { code, stdout } = await castellan.run(`--config=${config}`, 'doctor');
    expect(stdout).toMatch(/vault.*token may do more than it must: read or write values of secret/);
    expect(code).toBe(1);
    await using weak = await stage.tools({ auth, strict: false });
    expect(await weak.probe()).toMatch(/fail Vault: the daemon's token is weak enough/);
    const answers = [
      await weak.call(describeTool, { secret }),
      await weak.call(search, { words: name }),
      await weak.call(consumers, { secret }),
      await weak.call(compare, { left: `${secret}#password`, right: `${secret}#user` }),
      await weak.call(health),
    ];
    for (const { text } of answers) {
      expect(text).toContain('TOKEN TOO STRONG (vault.strict is off)');
      for (const value of values) expect(text).not.toContain(value);
    }
  });

  // Last: with a second node, the first does not lead alone any more.
  describe('a standby', () => {
    let standby: string;
    let door: FaultyProxy;
    beforeAll(async () => {
      standby = await stage.own.join();
      door = await startFaultyProxy(standby);
    });
    afterAll(() => door?.[Symbol.asyncDispose]());

    it('is no problem, and passes on what it is asked', async () => {
      await using both = await stage.tools({ address: standby, nodes: [stage.own.addr, standby] });
      const seen = await both.call(health);
      expect(seen.text).toMatch(/ok\tnode \S+\tstandby/);
      expect(seen.text).toMatch(/ok\tnode \S+\tactive/);
      expect((await both.call(describeTool, { secret })).text).toContain('version 1');
    });

    it('that sends to the leader is followed to a peer, and to nobody else', async () => {
      door.fault = () => ({ kind: 'as is', headers: { 'x-vault-no-request-forwarding': 'true' } });
      await using followed = await stage.tools({ address: door.addr, peers: [stage.own.addr] });
      expect((await followed.call(describeTool, { secret })).text).toContain('version 1');
      await using refused = await stage.tools({ address: door.addr });
      await expectRefusals(refused, /^vault-redirected: /);
    });

    it('that sends to a host nobody named is not followed: no token comes there', async () => {
      await using elsewhere = await startFaultyProxy(stage.own.addr);
      door.fault = ({ path: at }) => ({
        kind: 'answer',
        status: 307,
        headers: { location: `${elsewhere.addr}/v1/${at}` },
      });
      await using refused = await stage.tools({ address: door.addr, peers: [stage.own.addr] });
      await expectRefusals(refused, /^vault-redirected: .*not among the peers/);
      expect(elsewhere.seen).toEqual([]);
    });

    it.each([
      [429, { errors: ['too many requests'] }, /^vault-limited: /],
      [473, { errors: [] }, /^vault-standby: /],
      [503, { errors: ['Vault is sealed'] }, /^vault-sealed: /],
      [503, { errors: ['no leader'] }, /^vault-failing: /],
    ] as const)('or a node that answers %i %o', async (status, body, code) => {
      door.fault = () => undefined;
      await using asked = await stage.tools({ address: door.addr });
      door.fault = (seen) => (seen.withToken ? { kind: 'answer', status, body } : undefined);
      const { text, ms } = await asked.call(describeTool, { secret });
      expect(text).toMatch(code);
      expect(ms).toBeLessThan(withinMs);
    });
  });
});
