import { describe, expect, it } from 'vitest';
import { differences, type Label } from './difference.ts';
import { createDocumentReader } from './documents.ts';
import type { PlanValue } from './reading.ts';

function compare(
  before: PlanValue,
  after: PlanValue,
  more: Readonly<Record<string, PlanValue>> = {},
  type = 'example',
) {
  const compared = { type, before, after, beforeSensitive: false, afterSensitive: false, afterUnknown: {}, ...more };
  return [...differences(compared, createDocumentReader())].map((leaf) => ({
    path: leaf.labels.map(labelText).join('/'),
    before: leaf.before.value,
    after: leaf.after.value,
    ...(leaf.mark === 'none' ? {} : { mark: leaf.mark }),
    ...(leaf.unknown ? { unknown: true } : {}),
    ...(leaf.rearranged ? { rearranged: true } : {}),
  }));
}

function labelText(label: Label): string {
  return typeof label === 'object' ? `[${label.item}]` : String(label);
}

describe('two values', () => {
  it('differ in the leaves that differ, and nowhere else', () => {
    expect(compare({ a: 1, b: { c: 'x', d: true } }, { a: 1, b: { c: 'y', d: true } })).toEqual([
      { path: 'b/c', before: 'x', after: 'y' },
    ]);
  });

  it('are the same when one says null and the other nothing', () => {
    expect(compare({ a: null, b: [] }, { b: [] })).toEqual([]);
  });

  it('of which one is missing differ in every leaf that is there', () => {
    expect(compare(null, { a: { b: 1, c: null } })).toEqual([{ path: 'a/b', before: undefined, after: 1 }]);
  });

  it('are unknown where the engine says so, and sensitive where it says that too', () => {
    expect(
      compare({ id: 'a', p: 'x' }, { p: null }, { afterUnknown: { id: true, p: true }, afterSensitive: { p: true } }),
    ).toEqual([
      { path: 'id', before: 'a', after: undefined, unknown: true },
      { path: 'p', before: 'x', after: undefined, mark: 'sensitive', unknown: true },
    ]);
  });

  it('are sensitive as a whole when a mark is on them, on either side', () => {
    const marks = { beforeSensitive: { a: true } };
    expect(compare({ a: { secretKey: 1 } }, { a: { otherKey: 1 } }, marks)).toMatchObject([
      { path: 'a', mark: 'sensitive' },
    ]);
    expect(compare({ a: { k: 1 } }, { a: { k: 1 } }, marks)).toEqual([]);
  });
});

describe('lists', () => {
  it('are compared item by item when their items have names', () => {
    const item = (name: string, value: string) => ({ name, value });
    expect(
      compare({ env: [item('A', '1'), item('B', '2')] }, { env: [item('C', '3'), item('A', '1'), item('B', '4')] }),
    ).toEqual([
      { path: 'env/[B]/value', before: '2', after: '4' },
      { path: 'env/[C]/value', before: undefined, after: '3' },
    ]);
  });

  it('tell the name of an item that comes or goes only when there is nothing else of it', () => {
    expect(compare({ pull: [] }, { pull: [{ name: 'registry' }] })).toEqual([
      { path: 'pull/[registry]/name', before: undefined, after: 'registry' },
    ]);
  });

  it('by another key when a name is there twice', () => {
    const mount = (path: string, only: boolean) => ({ name: 'data', mountPath: path, readOnly: only });
    expect(
      compare({ m: [mount('/a', true), mount('/b', true)] }, { m: [mount('/b', true), mount('/a', false)] }),
    ).toEqual([{ path: 'm/[/a]/readOnly', before: true, after: false }]);
  });

  it('of scalars tell what went and what came', () => {
    expect(compare({ a: ['x', 'y', 'z'] }, { a: ['y', 'z', 'w', 'v'] })).toEqual([
      { path: 'a/2', before: 'x', after: 'w' },
      { path: 'a/3', before: undefined, after: 'v' },
    ]);
  });

  it('in another order say only that', () => {
    expect(compare({ a: ['x', 'y'] }, { a: ['y', 'x'] })).toMatchObject([{ path: 'a', rearranged: true }]);
  });
});

describe('documents in strings', () => {
  it('are compared inside: YAML, JSON, and one against the other', () => {
    expect(compare({ v: 'a:\n  b: 1\n' }, { v: 'a:\n  b: 2\n' })).toEqual([{ path: 'v/a/b', before: 1, after: 2 }]);
    expect(compare({ v: '{"a":{"b":1}}' }, { v: 'a: {b: 2}' })).toEqual([{ path: 'v/a/b', before: 1, after: 2 }]);
  });

  it('that are marked as a whole are looked into, and all they hold is veiled', () => {
    const marks = { beforeSensitive: { v: true }, afterSensitive: { v: true } };
    expect(compare({ v: 'a: 1' }, { v: 'a: 2' }, marks)).toEqual([
      { path: 'v/a', before: 1, after: 2, mark: 'veiled' },
    ]);
  });

  it('are not looked into where holding secrets is what the type is for', () => {
    const marks = { beforeSensitive: { v: true }, afterSensitive: { v: true } };
    expect(compare({ v: '{"a":1}' }, { v: '{"a":2}' }, marks, 'vault_kv_secret_v2')).toMatchObject([
      { path: 'v', mark: 'sensitive' },
    ]);
  });

  it('that say the same in another way say only that', () => {
    expect(compare({ v: 'a: 1\nb: 2\n' }, { v: 'b: 2\na: 1 # note\n' })).toMatchObject([
      { path: 'v', rearranged: true },
    ]);
  });

  it.each(['just text', 'a: [', '- x\n- y', 'a: &b [*b, *b]', '# only: a comment', '2020-01-01'])(
    '%j is a text like any other',
    (text) => {
      expect(compare({ v: text }, { v: 'other' })).toEqual([{ path: 'v', before: text, after: 'other' }]);
    },
  );

  it('that would grow without end stay texts', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((name, index) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefgh'[index]}`).join(',')}]`).join('\n')}\n`;
    expect(compare({ v: bomb }, { v: 'other' })).toMatchObject([{ path: 'v', after: 'other' }]);
    for (const [start, end] of [
      ['a: ', ''],
      ['{"a": ', '}'],
    ]) {
      for (const depth of [100, 20_000]) {
        const deep = `${start}${'['.repeat(depth)}1${']'.repeat(depth)}${end}`;
        expect(compare({ v: deep }, { v: deep.replace('1', '2') })).toMatchObject([{ path: 'v', before: deep }]);
      }
    }
  });
});

describe('a Secret', () => {
  const secret = (value: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'a' },
    stringData: { key: value },
  });

  it('is never looked into, in a manifest, in a list, among the values of a chart', () => {
    for (const wrap of [
      (value: PlanValue) => value,
      (value: PlanValue) => ({ kind: 'List', items: [value] }),
      (value: PlanValue) => ({ extraObjects: [value] }),
    ]) {
      const found = compare({ v: JSON.stringify(wrap(secret('x'))) }, { v: JSON.stringify(wrap(secret('y'))) });
      expect(found).toHaveLength(1);
      expect(found[0]?.mark).toBe('never');
      expect(found[0]?.path).not.toContain('stringData');
    }
  });

  it('is its data in a resource of its own, and the copy of an object in its annotations', () => {
    expect(compare({ data: { a: 'x' } }, { data: { a: 'y' } }, {}, 'kubernetes_secret_v1')).toMatchObject([
      { path: 'data', mark: 'never' },
    ]);
    const annotations = (text: string) => ({ 'kubectl.kubernetes.io/last-applied-configuration': text });
    expect(compare(annotations('{"a":1}'), annotations('{"a":2}'))).toMatchObject([{ mark: 'never' }]);
  });
});
