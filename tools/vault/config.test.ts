import { describe, expect, it } from 'vitest';
import { redactionMode } from '../../src/server/known-standing.ts';
import { vaultConfig } from './config.ts';

const written = {
  address: 'https://vault.example.net',
  auth: { kind: 'token-file', file: '/etc/castellan/vault-token' },
};

describe('what castellan.yaml says of Vault', () => {
  it.each([
    [{}, 'required'],
    [{ redaction: 'required' }, 'required'],
    [{ redaction: 'degraded' }, 'degraded'],
  ])('%j is masking that is %s, as the daemon reads it', (more, mode) => {
    expect(redactionMode(new Map([['vault', vaultConfig.parse({ ...written, ...more })]]))).toBe(mode);
  });

  it('takes no third way of masking', () => {
    expect(vaultConfig.safeParse({ ...written, redaction: 'off' }).success).toBe(false);
  });
});
