import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { semanticDigest } from './digest.ts';
import { planJson, type WrittenChange } from './plan.fixture.ts';
import { readPlan } from './read-plan.ts';

const digest = (changes: readonly WrittenChange[], more: Readonly<Record<string, unknown>> = {}) =>
  semanticDigest(readPlan(planJson(changes, more)));
const change: WrittenChange = {
  address: 'terraform_data.a',
  actions: ['update'],
  before: { input: { a: 1, b: ['x', { c: true }] } },
  after: { input: { a: 2, b: ['y', { c: false }] } },
};

describe('two plans of one change', () => {
  it('have one digest, whenever they were made, by which version, in which order of keys and resources', () => {
    const other: WrittenChange = { ...change, address: 'terraform_data.b' };
    const one = digest([change, other]);
    const reordered: WrittenChange = { ...change, after: { input: { b: ['y', { c: false }], a: 2 } } };
    expect(digest([other, reordered], { timestamp: '2027-01-01T00:00:00Z', terraform_version: '1.12.0' })).toBe(one);
    expect(
      digest([change, other, { address: 'terraform_data.c', actions: ['no-op'], before: { x: 1 }, after: { x: 1 } }]),
    ).toBe(one);
    expect(one).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('any difference in what is done', () => {
  it.each<[string, Partial<WrittenChange>]>([
    ['another action', { actions: ['delete', 'create'] }],
    ['another address', { address: 'terraform_data.b' }],
    ['an instance key', { address: 'terraform_data.a[0]' }],
    ['a value', { after: { input: { a: 3, b: ['y', { c: false }] } } }],
    ['the order of a list', { after: { input: { a: 2, b: [{ c: false }, 'y'] } } }],
    ['text in place of a number', { after: { input: { a: '2', b: ['y', { c: false }] } } }],
    ['a value before', { before: { input: { a: 0 } } }],
    ['something that becomes known later', { afterUnknown: { id: true } }],
    ['a mark', { afterSensitive: { input: true } }],
    ['an import', { importing: { id: 'x' } }],
    ['why it is replaced', { replacePaths: [['input']] }],
    ['where it was', { more: { previous_address: 'terraform_data.z' } }],
    ['a leftover', { more: { deposed: '0a' } }],
  ])('changes it: %s', (_what, more) => {
    expect(digest([{ ...change, ...more }])).not.toBe(digest([change]));
  });

  it('changes it: another import id, the other order of a replacement', () => {
    expect(digest([{ ...change, importing: { id: 'x' } }])).not.toBe(digest([{ ...change, importing: { id: 'y' } }]));
    const replaced = (actions: readonly string[]) => digest([{ ...change, actions }]);
    expect(replaced(['delete', 'create'])).not.toBe(replaced(['create', 'delete']));
    expect(replaced(['create', 'forget'])).not.toBe(replaced(['forget', 'create']));
  });

  it('changes it: what a provisioner or an action would run', () => {
    const provisioner = (command: string) => ({
      configuration: {
        root_module: {
          resources: [
            { address: 'a.b', expressions: {}, provisioners: [{ type: 'local-exec', expressions: { command } }] },
          ],
        },
      },
    });
    expect(digest([change], provisioner('ls'))).not.toBe(digest([change], provisioner('rm')));
    const action = (value: string) => ({ action_invocations: [{ address: 'action.a.b', config_values: { value } }] });
    expect(digest([change], action('x'))).not.toBe(digest([change], action('y')));
  });

  it('changes it: outputs, what waits, whether all of it was planned', () => {
    const one = digest([change]);
    expect(digest([change], { output_changes: { o: { actions: ['create'], after: 1 } } })).not.toBe(one);
    expect(digest([change], { deferred_changes: [{ reason: 'x', resource_change: { address: 'a.b' } }] })).not.toBe(
      one,
    );
    expect(digest([change], { complete: false })).not.toBe(one);
  });

  it('changes it, be it one leaf of a value or a digit no double holds', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (one, other) => {
        const of = (value: unknown) => digest([{ ...change, after: { input: value } }]);
        expect(of(one) === of(other)).toBe(sameJson(one, other));
      }),
    );
    const digits = (last: string) =>
      semanticDigest(
        readPlan(planJson([{ ...change, after: { n: '#' } }]).replace('"#"', `1234567890123456789${last}`)),
      );
    expect(digits('1')).not.toBe(digits('2'));
  });
});

/** -0 is 0 in JSON, and null is what is not there. */
function sameJson(one: unknown, other: unknown): boolean {
  const plain = (value: unknown): string =>
    JSON.stringify(value, (_key, item: unknown) =>
      typeof item === 'object' && item !== null && !Array.isArray(item)
        ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
        : item,
    );
  return plain(one) === plain(other);
}
