import { expect, it } from 'vitest';
import { KeepScratch } from './config/scratch.fixture.ts';
import { loadShippedRules } from './shipped-rules.ts';

const read = (more: string) => {
  using scratch = new KeepScratch();
  return loadShippedRules(scratch.load(scratch.yaml({ more })).conventions);
};

it('an operator sets the parameters of a convention in keep.yaml', () => {
  const { conventions } = read("conventions:\n  vault-not-read-at-plan: { stacks: ['stacks/vault'] }");
  expect(JSON.stringify(conventions.find(({ id }) => id === 'vault-not-read-at-plan')?.check)).toContain(
    'stacks/vault',
  );
});

it.each(['conventions:\n  no-such-rule: { a: b }', 'conventions:\n  autoresize-threshold: { no-such-parameter: 1 }'])(
  'what is set of nothing is an error: %j',
  (more) => {
    expect(() => read(more)).toThrow(expect.objectContaining({ code: 'conventions-invalid' }));
  },
);
