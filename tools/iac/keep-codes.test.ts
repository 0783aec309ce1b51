import { expect, it } from 'vitest';
import { declaredErrors } from '../../src/kit/index.ts';
import '../../src/iac/git/errors.ts';
import '../../src/keep/keep.ts';
import '../../src/keep/sandbox/errors.ts';
import '../../src/keep/stacks/errors.ts';
import '../../src/vault/errors.ts';
import { knownToKeep } from './keep-codes.ts';

it('codes of the keep that pass through are codes that the keep declares', () => {
  const declared = new Set(declaredErrors().map(({ code }) => code));
  expect([...knownToKeep].filter((code) => !declared.has(code))).toEqual([]);
});

it('an agent is told by its code why nothing is known of a secret, and not that a token of the keep was refused', () => {
  expect([...knownToKeep]).toEqual(
    expect.arrayContaining([
      'fingerprinter-none',
      'fingerprinter-away',
      'fingerprinter-busy',
      'fingerprinter-excluded',
    ]),
  );
  expect([...knownToKeep]).toEqual(
    expect.arrayContaining(['cluster-secret-unreadable', 'vault-not-found', 'vault-sealed']),
  );
  expect(['vault-refused', 'vault-token-lost'].filter((code) => knownToKeep.has(code))).toEqual([]);
});
