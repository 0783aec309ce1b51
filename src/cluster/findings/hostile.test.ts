import { globSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../kit/index.ts';
import { isObject } from '../fields.ts';
import { type RuleFixture, viewOf } from './rule.fixture.ts';
import { allRules } from './rules.ts';

/** Every rule's own manifests. */
const fixtures = new Map(
  await Promise.all(
    globSync('rules/*/*.fixture.ts', { cwd: import.meta.dirname }).map(async (file) => {
      const { fixture } = (await import(join(import.meta.dirname, file))) as { readonly fixture: RuleFixture };
      return [file.replace(/^.*\/|\.fixture\.ts$/g, ''), fixture] as const;
    }),
  ),
);

const garbage: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constantFrom<JsonValue>(null, '', 0, -1, true, [], {}, [null], [[]], 'True', '2026-01-01T00:00:00Z', '1e999'),
  fc.string(),
  fc.double(),
  fc.constant({ length: -1, toString: 1, ['__proto__']: [] }),
);

/** The manifest with something else at some place below `metadata`, `spec` or `status`. */
function spoiled(value: JsonValue, picks: readonly number[], put: JsonValue): JsonValue {
  const [pick = 0, ...rest] = picks;
  if (value === null || typeof value !== 'object') return put;
  const keys = Object.keys(value);
  const key = keys[pick % Math.max(1, keys.length)];
  if (key === undefined || rest.length === 0) return put;
  if (isObject(value)) return { ...value, [key]: spoiled(value[key] ?? null, rest, put) };
  return Object.values(value).map((item, index) => (String(index) === key ? spoiled(item, rest, put) : item));
}

const spoils = fc.array(
  fc.record({
    object: fc.nat(),
    part: fc.constantFrom('metadata', 'spec', 'status'),
    picks: fc.array(fc.nat(20), { minLength: 1, maxLength: 6 }),
    put: garbage,
  }),
  { minLength: 1, maxLength: 6 },
);

describe.each(allRules)('$id', (rule) => {
  const fixture = fixtures.get(rule.id);
  const cases = [...(fixture?.red ?? []), ...(fixture?.green ?? [])].map(({ objects }) => objects);

  it('survives objects in which anything may be anything', () => {
    fc.assert(
      fc.property(fc.constantFrom(...cases), spoils, (objects, many) => {
        const manifests = objects.map((manifest) => structuredClone(manifest) as Record<string, JsonValue>);
        for (const { object, part, picks, put } of many) {
          const manifest = manifests[object % manifests.length];
          if (manifest !== undefined) manifest[part] = spoiled(manifest[part] ?? {}, picks, put);
        }
        const found = [...rule.find(viewOf(rule, manifests, fixture?.now ?? new Date()))];
        for (const { summary } of found) expect(summary.length).toBeLessThan(1_000);
      }),
      { numRuns: 100 },
    );
  });
});
