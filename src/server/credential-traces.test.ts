import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { credentialFiles, isCredentialVariable, shellMentions } from './credential-traces.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'castellan-traces-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe('credentials within reach', () => {
  it('are files in the usual places', () => {
    expect(credentialFiles(home)).toEqual([]);
    mkdirSync(join(home, '.config/sops/age'), { recursive: true });
    writeFileSync(join(home, '.config/sops/age/keys.txt'), '');
    writeFileSync(join(home, '.vault-token'), '');
    expect(credentialFiles(home).map(({ what }) => what)).toEqual(['a Vault token', 'SOPS age keys']);
  });

  it('are variables by name', () => {
    for (const name of ['VAULT_TOKEN', 'PG_CONN_STR', 'TF_TOKEN_registry_example_net', 'TF_VAR_db_password']) {
      expect(isCredentialVariable(name)).toBe(true);
      expect(isCredentialVariable(name)).toBe(true);
    }
    for (const name of ['VAULT_ADDR', 'PATH', 'XVAULT_TOKEN', 'TF_VAR_region'])
      expect(isCredentialVariable(name)).toBe(false);
  });

  it('are variables that a shell was told, by name and file alone, and values that were asked for, by label', () => {
    const value = `v${randomBytes(16).toString('hex')}`;
    writeFileSync(
      join(home, '.bash_history'),
      `VAULT_TOKEN=${value} vault login\nexport PGPASSWORD=x\necho $VAULT_TOKEN\n`,
    );
    writeFileSync(join(home, '.zshrc'), `alias x="curl -H ${value}"\n`);
    writeFileSync(join(home, '.profile'), 'export VAULT_TOKEN=\n');
    const found = shellMentions(
      home,
      new Map([
        ['vault-token', value],
        ['short', 'x'],
      ]),
    );
    expect(found).toEqual([
      { path: join(home, '.bash_history'), names: ['PGPASSWORD', 'VAULT_TOKEN'], values: ['vault-token'] },
      { path: join(home, '.zshrc'), names: [], values: ['vault-token'] },
    ]);
    expect(JSON.stringify(found)).not.toContain(value);
  });

  it('are not looked for behind a link, in what is no text, or where there is nothing', () => {
    expect(shellMentions(join(home, 'none'))).toEqual([]);
    writeFileSync(join(home, 'elsewhere'), 'VAULT_TOKEN=x');
    symlinkSync(join(home, 'elsewhere'), join(home, '.bashrc'));
    writeFileSync(join(home, '.zsh_history'), Buffer.from([0xff, 0xfe, 0x41]));
    expect(shellMentions(home)).toEqual([]);
  });
});
