import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { boundaryFinding, credentialFindings, type Host } from './doctor-host.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'castellan-host-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const hostOf = (changes: Partial<Host> = {}): Host => ({
  user: { name: 'castellan', uid: 999 },
  home,
  environment: {},
  serviceAccount: join(home, 'no-such-folder'),
  ...changes,
});

describe('which boundary holds', () => {
  it('is said to be none between agent and daemon, unless something shows one', () => {
    expect(boundaryFinding(hostOf()).detail).toMatch(/^same user \(castellan\): agents can read/);
    expect(boundaryFinding(hostOf({ environment: { SUDO_UID: '999', SUDO_USER: 'castellan' } })).detail).toMatch(
      /^same/,
    );
    // Whoever may become root reads everything.
    const root = hostOf({ user: { name: 'root', uid: 0 }, environment: { SUDO_UID: '1000', SUDO_USER: 'ada' } });
    expect(boundaryFinding(root).detail).toMatch(/^same user \(root\)/);
  });

  it('is a separate user when another one asks as the daemon’s', () => {
    const { detail } = boundaryFinding(hostOf({ environment: { SUDO_UID: '1000', SUDO_USER: 'ada' } }));
    expect(detail).toMatch(/^separate user \(castellan\): agents of ada cannot read/);
  });

  it('is a separate pod where there is a ServiceAccount', () => {
    writeFileSync(join(home, 'token'), 'x');
    expect(boundaryFinding(hostOf({ serviceAccount: home })).detail).toMatch(/^separate pod: /);
  });
});

describe('credentials beside Castellan', () => {
  it('are none when there are none', () => {
    expect(credentialFindings(hostOf({ environment: { PATH: '/bin', VAULT_TOKEN: '' } }))).toMatchObject([
      { status: 'pass' },
    ]);
  });

  it('are told by place and name, never by what is in them', () => {
    const secret = 'not to be seen';
    const put = (folder: string, file: string): string => {
      mkdirSync(join(home, folder), { recursive: true });
      writeFileSync(join(home, folder, file), secret);
      return join(home, folder, file);
    };
    const places = [put('.kube', 'config'), put('.aws', 'credentials'), put('.', '.vault-token'), put('.', '.pgpass')];
    const environment = { VAULT_TOKEN: secret, TF_TOKEN_registry_example_net: secret, HARMLESS: secret };
    const findings = credentialFindings(hostOf({ environment }));
    expect(findings.every(({ status, next }) => status === 'unknown' && next !== undefined)).toBe(true);
    const told = findings.map(({ detail }) => detail).join('\n');
    for (const place of [...places, 'VAULT_TOKEN', 'TF_TOKEN_registry_example_net']) expect(told).toContain(place);
    expect(findings).toHaveLength(6);
    expect(told).not.toContain(secret);
  });

  it('are found in each kubeconfig that KUBECONFIG lists', () => {
    const [one, other] = ['one.yaml', 'other.yaml'].map((name) => join(home, name));
    writeFileSync(other ?? '', '');
    const findings = credentialFindings(hostOf({ environment: { KUBECONFIG: `${one}:${other}` } }));
    expect(findings.map(({ detail }) => detail)).toEqual([expect.stringContaining(`a kubeconfig (${other})`)]);
  });
});
