import { expect, it } from 'vitest';
import { declaredErrors } from '../../src/kit/index.ts';
import '../../src/iac/git/errors.ts';
import '../../src/keep/keep.ts';
import '../../src/keep/sandbox/errors.ts';
import { knownToKeep } from './keep-codes.ts';

it('codes of the keep that pass through are codes that the keep declares', () => {
  const declared = new Set(declaredErrors().map(({ code }) => code));
  expect([...knownToKeep].filter((code) => !declared.has(code))).toEqual([]);
});
