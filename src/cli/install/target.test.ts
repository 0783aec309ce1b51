import { describe, expect, it } from 'vitest';
import { targetFor } from './target.ts';

describe('this host', () => {
  it.each(['install', 'uninstall'])('is touched by nobody but root: %s', (command) => {
    expect(() => targetFor(command, { root: '/', dryRun: false }, 1_000)).toThrowError(
      expect.objectContaining({
        code: 'install-needs-root',
        next: expect.stringContaining(`sudo castellan ${command}`),
      }),
    );
    expect(targetFor(command, { root: '/', dryRun: false }, 0)).toEqual({
      root: '/',
      owner: 0,
      ownerGroup: 0,
      trust: { uids: [0] },
    });
  });

  it('can be looked at by anybody, and trusts only root all the same', () => {
    expect(targetFor('install', { root: '/', dryRun: true }, 1_000)).toMatchObject({ owner: 0, trust: { uids: [0] } });
  });
});

describe('a staged tree', () => {
  it('belongs to whoever stages it', () => {
    expect(targetFor('install', { root: '/srv/tree', dryRun: false }, 1_000)).toMatchObject({
      owner: 1_000,
      trust: { uids: [0, 1_000] },
    });
  });
});
