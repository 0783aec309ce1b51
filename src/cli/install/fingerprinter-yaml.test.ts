import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadFingerprinterConfig } from '../../keep/fingerprinter/config.ts';
import { fingerprinterYaml } from './fingerprinter-yaml.ts';
import { paths } from './layout.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'castellan-yaml-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const load = (text: string) => {
  const file = join(folder, 'fingerprinter.yaml');
  writeFileSync(file, text);
  return loadFingerprinterConfig(file, { seatBelt: true });
};

it('is refused by the fingerprinter until it says where Vault is, and is then one that it takes', () => {
  expect(() => load(fingerprinterYaml())).toThrowError(/address/);
  expect(load(fingerprinterYaml().replace('address: #', 'address:'))).toMatchObject({
    socket: `${paths.fingerprinterRuntime}/fingerprinter.sock`,
    stateDirectory: paths.fingerprinterState,
    vault: {
      address: 'https://vault.example.net',
      auth: {
        kind: 'token-file',
        file: `${paths.fingerprinterCredentials}/vault-token`,
        requiredPolicy: 'castellan-fingerprinter',
      },
    },
    kubernetes: undefined,
    exclude: [],
  });
});

it('takes each line that is commented out', () => {
  const text = fingerprinterYaml()
    .replace('address: #', 'address:')
    .replace('# plainHttp', 'plainHttp')
    .replace('# mounts', 'mounts')
    .replace(/^ {2}auth: .*\n {2}# auth/m, '  auth');
  expect(load(text)).toMatchObject({ mounts: ['secret'], vault: { plainHttp: true, auth: { kind: 'approle' } } });
});
