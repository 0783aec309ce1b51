import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { catalogue } from '../../tools/catalogue.ts';
import { firstConfig } from './first-config.ts';
import { findTerragruntRoot, type Survey } from './survey.ts';

const nothing: Survey = { kubernetes: undefined, vault: undefined, prometheus: undefined, terragrunt: undefined };

describe('the proposed castellan.yaml', () => {
  test('says what was found and nothing else, whatever it is called', () => {
    const name = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => text.isWellFormed());
    fc.assert(
      fc.property(name, name, name, (file, current, other) => {
        const kubernetes = { file, current, contexts: [current, other] };
        const text = firstConfig({ ...nothing, kubernetes, vault: other, terragrunt: file }, catalogue);
        expect(parse(text)).toEqual({ kubernetes: { kubeconfig: file, context: current } });
        expect(text).toMatch(/^[\x20-\x7e\n]*$/);
      }),
    );
  });

  test('is only comment where the group does not exist, whatever it is called', () => {
    const kubernetes = { file: '/k\nhttp: { listen: x }', current: 'a\nlog: x', contexts: ['a\nlog: x', '\u009b2Jb'] };
    expect(parse(firstConfig({ ...nothing, kubernetes }, []))).toBeNull();
  });
});

test('a folder that cannot be looked into is not where Terragrunt starts', () => {
  expect(findTerragruntRoot(`/${'x'.repeat(300)}`)).toBeUndefined();
});
