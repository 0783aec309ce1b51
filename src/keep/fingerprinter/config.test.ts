import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { refusedBy } from '../config/scratch.fixture.ts';
import { loadFingerprinterConfig } from './config.ts';
import { harden } from './hardening.ts';
import { FingerprinterScratch } from './scripted-vault.fixture.ts';

const least =
  'vault: { address: "https://vault.example.net", auth: { kind: token-file, file: /etc/castellan/token } }\n';

describe('fingerprinter.yaml', () => {
  it('needs to know Vault, and has a default for the rest', () => {
    using scratch = new FingerprinterScratch();
    const file = join(scratch.folder, 'fingerprinter.yaml');
    writeFileSync(file, least, { mode: 0o600 });
    expect(loadFingerprinterConfig(file, { seatBelt: true })).toEqual({
      file,
      socket: '/run/castellan-fingerprinter/fingerprinter.sock',
      stateDirectory: '/var/lib/castellan-fingerprinter',
      vault: {
        address: 'https://vault.example.net',
        plainHttp: false,
        caFile: undefined,
        namespace: undefined,
        peers: [],
        auth: { kind: 'token-file', file: '/etc/castellan/token', requiredPolicy: 'castellan-fingerprinter' },
      },
      kubernetes: undefined,
      mounts: undefined,
      exclude: [],
      intervalSeconds: 15,
    });
  });

  it.each([
    ['intervalSeconds: 4', 'intervalSeconds takes at least 5'],
    ['token: abc', 'token is not a key'],
    ['exclude: [secret/]', 'exclude[0]'],
    ['kubernetes: { kubeconfig: relative }', 'kubernetes.kubeconfig takes an absolute path'],
  ])('refuses %s', (line, why) => {
    using scratch = new FingerprinterScratch();
    const file = join(scratch.folder, 'fingerprinter.yaml');
    writeFileSync(file, `${least}${line}\n`, { mode: 0o600 });
    expect(refusedBy(() => loadFingerprinterConfig(file, { seatBelt: true })).message).toContain(why);
  });

  it('is refused when others could change it, or what it names', () => {
    using scratch = new FingerprinterScratch();
    const file = join(scratch.folder, 'fingerprinter.yaml');
    const kubeconfig = join(scratch.folder, 'kubeconfig');
    writeFileSync(kubeconfig, '{}', { mode: 0o600 });
    writeFileSync(file, `${least}kubernetes: { kubeconfig: ${kubeconfig} }\n`, { mode: 0o600 });
    expect(loadFingerprinterConfig(file, { seatBelt: true }).kubernetes?.kubeconfig).toBe(kubeconfig);
    chmodSync(kubeconfig, 0o666);
    expect(refusedBy(() => loadFingerprinterConfig(file, { seatBelt: true }))).toMatchObject({ code: 'config-unsafe' });
    chmodSync(kubeconfig, 0o600);
    chmodSync(file, 0o622);
    expect(refusedBy(() => loadFingerprinterConfig(file, { seatBelt: true }))).toMatchObject({ code: 'config-unsafe' });
  });
});

describe('a process that holds values', () => {
  const good = {
    uid: 1_000,
    execArgv: ['--disable-sigusr1'],
    inspecting: false,
    limits: 'Max core file size        0                    0                    bytes\n',
  };

  it('does not run as root or with a debugger', () => {
    expect(harden(good, false)).toEqual([]);
    for (const bad of [{ uid: 0 }, { inspecting: true }, { execArgv: ['--disable-sigusr1', '--inspect=0'] }]) {
      expect(refusedBy(() => harden({ ...good, ...bad }, false)).code).toBe('fingerprinter-unhardened');
    }
    expect(harden({ ...good, uid: 0 }, true)).toEqual([]);
    expect(refusedBy(() => harden({ ...good, inspecting: true }, true)).code).toBe('fingerprinter-unhardened');
  });

  it('says what it was started without', () => {
    expect(harden({ ...good, execArgv: [] }, false)).toEqual([expect.stringContaining('SIGUSR1')]);
    expect(harden({ ...good, limits: good.limits.replaceAll('0 ', 'unlimited ') }, false)).toEqual([
      expect.stringContaining('core file'),
    ]);
    expect(harden({ ...good, limits: undefined }, false)).toHaveLength(1);
  });
});
