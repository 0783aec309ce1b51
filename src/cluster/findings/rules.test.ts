import { globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { refText } from '../owner.ts';
import { type RuleFixture, viewOf } from './rule.fixture.ts';
import type { Rule } from './rule.ts';
import { allRules } from './rules.ts';

/** Every rule is one file named as its id, with a fixture that turns it red and one that it must leave green. */
const files = globSync('rules/*/*.ts', { cwd: import.meta.dirname })
  .filter((file) => !/(?:index|\.fixture|\.test|\/shared-[\w-]+)\.?(?:ts)?$/.test(file.replace(/\.ts$/, '')))
  .sort();

const loaded = await Promise.all(
  files.map(async (file) => {
    const id = basename(file, '.ts');
    const rules = Object.values(await import(join(import.meta.dirname, file))) as readonly Rule[];
    const beside = join(import.meta.dirname, dirname(file), `${id}.fixture.ts`);
    const { fixture } = (await import(beside)) as { readonly fixture: RuleFixture };
    return { id, rules, fixture };
  }),
);

describe('the rules', () => {
  it('are all listed, once, each in a file named as its id', () => {
    expect(loaded.map(({ id }) => id).sort()).toEqual(allRules.map(({ id }) => id).sort());
    for (const { id, rules } of loaded) expect(rules.map((rule) => rule.id)).toEqual([id]);
  });
});

describe.each(loaded)('$id', ({ rules: [rule], fixture }) => {
  if (rule === undefined) throw new Error('a rule file exports its rule');
  const found = (objects: RuleFixture['red'][number]['objects']) => [...rule.find(viewOf(rule, objects, fixture.now))];

  it('has a fixture for both', () => {
    expect(fixture.red.length).toBeGreaterThan(0);
    expect(fixture.green.length).toBeGreaterThan(0);
  });

  it.each(fixture.red)('finds: $because', ({ objects, finds }) => {
    const told = found(objects).map(({ object, severity, summary }) => ({
      object: refText(object),
      severity,
      summary,
    }));
    expect(told.sort(byObject)).toEqual(
      [...finds]
        .sort(byObject)
        .map(({ object, severity, says }) => ({ object, severity, summary: expect.stringMatching(says) })),
    );
    expect(finds.length).toBeGreaterThan(0);
  });

  it.each(fixture.green)('leaves alone: $because', ({ objects }) => {
    expect(found(objects)).toEqual([]);
  });
});

function byObject(a: { readonly object: string }, b: { readonly object: string }): number {
  return a.object < b.object ? -1 : a.object > b.object ? 1 : 0;
}
