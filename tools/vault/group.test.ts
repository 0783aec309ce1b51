import { describe, expect, it } from 'vitest';
import { toWireTool } from '../../src/server/wire-tool.ts';
import { vault as group } from './group.ts';
import { probeVault } from './probe.ts';
import { homelabReplies, now, portsOf, scriptedVault } from './scripted-vault.fixture.ts';

const auth = { kind: 'token-file', file: '/run/castellan/vault-token' };
const address = 'https://vault.example.net:8200';

describe('the group of secrets', () => {
  it('is configured with where Vault is and a file, and with no secret', () => {
    expect(group.config.parse({ address, auth })).toMatchObject({
      strict: true,
      plainHttp: false,
      requiredPolicy: 'castellan-metadata',
    });
    for (const login of [
      { kind: 'approle', roleIdFile: '/a', secretIdFile: '/b' },
      { kind: 'kubernetes', role: 'castellan' },
      { kind: 'jwt', role: 'castellan', tokenFile: '/a' },
    ]) {
      expect(group.config.safeParse({ address, auth: login }).success).toBe(true);
    }
    const wrong = [
      {},
      { address, auth: { kind: 'token', token: 'x' } },
      { address, auth: { ...auth, file: 'relative' } },
      { address: `${address}/v1`, auth },
      { address: 'https://robin@vault.example.net', auth },
      { address, auth, skipVerify: true },
      { address, auth, audit: { loki: 'http://loki.example.net', query: '{a="b"} |= "x"' } },
      { address, auth, audit: { loki: 'file:///etc' } },
    ];
    for (const config of wrong) expect(group.config.safeParse(config).success, JSON.stringify(config)).toBe(false);
  });

  it('looks and asks humans, and does nothing else', () => {
    expect(group.tools.map(({ name, effect }) => [name, effect])).toEqual([
      ['vault_compare', 'read'],
      ['vault_consumers', 'read'],
      ['vault_describe', 'read'],
      ['vault_health', 'read'],
      ['secret_request', 'propose'],
      ['vault_search', 'read'],
    ]);
    for (const tool of group.tools) expect(JSON.stringify(toWireTool(tool)).length).toBeLessThanOrEqual(1_200);
  });

  it('takes no argument that a value would fit', () => {
    const names = group.tools.flatMap(({ input }) => Object.keys(input.shape));
    expect(names.filter((name) => /value|data|content|^text$/.test(name))).toEqual([]);
  });

  it('needs neither keep nor cluster, and lends its session', () => {
    expect(Object.values(group.requires)).toEqual([
      { name: 'keep', optional: true },
      { name: 'cluster', optional: true },
    ]);
    expect(group.provides).toEqual(['vault']);
  });
});

describe('doctor hears', () => {
  const probe = (vault = scriptedVault(), strict = true) =>
    probeVault(portsOf({ vault, strict }), now, new AbortController().signal);

  it('that the token is weak enough, and which rights are missing', async () => {
    const findings = await probe();
    expect(findings).toContainEqual({
      check: "Vault: the daemon's token is weak enough",
      status: 'pass',
      detail: 'it reads no value and changes nothing',
    });
    expect(
      findings
        .filter(({ check }) => check === 'Vault: rights')
        .every(({ status, next }) => status === 'unknown' && next !== undefined),
    ).toBe(true);
  });

  it('that it is too strong', async () => {
    const vault = scriptedVault();
    vault.rights['secret/data/'] = ['read'];
    expect(await probe(vault, false)).toContainEqual(
      expect.objectContaining({
        status: 'fail',
        detail:
          'it may read or write values of secret (read); read or write secret/root (read); read or write secret/apps/mail (read)',
      }),
    );
  });

  it('that it could not be found out, which is no pass', async () => {
    const vault = scriptedVault({ ...homelabReplies(), 'GET sys/internal/ui/mounts': { code: 'vault-sealed' } });
    const findings = await probe(vault);
    expect(findings).toContainEqual(
      expect.objectContaining({ check: 'Vault: what its token may do', status: 'unknown' }),
    );
    expect(findings).toContainEqual(
      expect.objectContaining({ check: 'Vault: values redaction knows', status: 'fail' }),
    );
  });
});
