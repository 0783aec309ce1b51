import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeLock } from '../store/lock.ts';
import { createToken, fileTokenVerifier, listTokens, revokeToken, type TokenRequest, tokenPath } from './tokens.ts';

const now = new Date('2026-03-01T10:00:00Z');
const request: TokenRequest = { agent: 'pipeline', human: 'ada', scopes: ['read'], days: 30 };
let home = '';

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'castellan-tokens-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe('bearer tokens', () => {
  it('are verified to the principal they were made for', async () => {
    const { token, stored } = createToken(home, request, now);
    expect(await fileTokenVerifier(home).verify(token.reveal(), now)).toEqual({
      principal: { agent: 'agent:pipeline', human: 'human:ada', via: 'token', scopes: ['read'] },
      expiresAt: new Date(stored.expires),
    });
  });

  it('change one at a time: a revoked one cannot come back with the write of another command', () => {
    const { stored } = createToken(home, request, now);
    const other = takeLock({ directory: tokenPath(home), socket: '', build: '' });
    for (const change of [() => createToken(home, request, now), () => revokeToken(home, stored.id)]) {
      expect(change).toThrowError(expect.objectContaining({ code: 'token-file-busy' }));
    }
    expect(listTokens(home)).toEqual([stored]);
    other.release();
    expect(revokeToken(home, stored.id)).toBe(true);
    createToken(home, request, now);
    expect(listTokens(home)).toHaveLength(1);
  });

  it('are kept only as a hash, in a file only the owner reads', () => {
    const { token } = createToken(home, request, now);
    expect(readFileSync(tokenPath(home), 'utf8')).not.toContain(token.reveal().slice(4));
    expect(statSync(tokenPath(home)).mode & 0o777).toBe(0o600);
  });

  it('end at their expiry, to the millisecond', async () => {
    const { token, stored } = createToken(home, request, now);
    const verifier = fileTokenVerifier(home);
    const end = new Date(stored.expires);
    expect(await verifier.verify(token.reveal(), new Date(end.getTime() - 1))).toBeDefined();
    expect(await verifier.verify(token.reveal(), end)).toBeUndefined();
  });

  it('are refused by a running verifier as soon as they are revoked', async () => {
    const { token, stored } = createToken(home, request, now);
    const kept = createToken(home, { ...request, agent: 'other' }, now);
    const verifier = fileTokenVerifier(home);
    expect(await verifier.verify(token.reveal(), now)).toBeDefined();
    expect(revokeToken(home, stored.id)).toBe(true);
    expect(await verifier.verify(token.reveal(), now)).toBeUndefined();
    expect(await verifier.verify(kept.token.reveal(), now)).toBeDefined();
    expect(revokeToken(home, stored.id)).toBe(false);
  });

  it('are refused when forged: another body, another prefix, a stored hash', async () => {
    const { token, stored } = createToken(home, request, now);
    const verifier = fileTokenVerifier(home);
    for (const forged of [`${token.reveal()}x`, token.reveal().slice(4), stored.sha256, `cst_${stored.sha256}`, '']) {
      expect(await verifier.verify(forged, now)).toBeUndefined();
    }
  });

  it('are all refused when the file is not what was written', async () => {
    const { token } = createToken(home, request, now);
    const verifier = fileTokenVerifier(home);
    writeFileSync(tokenPath(home), '{"tokens":[{"sha256":"*"}]}');
    await expect(verifier.verify(token.reveal(), now)).rejects.toThrowError(/every token is refused/);
    chmodSync(tokenPath(home), 0o600);
  });

  it.each([
    ['a lifetime without end', { ...request, days: 4_000 }],
    ['no scope at all', { ...request, scopes: [] }],
    ['a name that could be mistaken for a path', { ...request, agent: '../x' }],
  ])('cannot be made with %s', (_, wrong) => {
    expect(() => createToken(home, wrong, now)).toThrowError();
    expect(listTokens(home)).toEqual([]);
  });
});
