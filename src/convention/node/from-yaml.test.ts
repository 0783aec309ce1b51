import { describe, expect, it } from 'vitest';
import { nodeOfYaml } from './from-yaml.ts';
import { entryOf, type Node, textOf } from './node.ts';
import { parsePath, search } from './path.ts';

const at = (node: Node | undefined, path: string): unknown => {
  const [first] = search(node, parsePath(path) ?? []).found;
  return first?.node.kind === 'unknown' ? '?' : textOf(first?.node);
};

describe('YAML', () => {
  it('is read as Kubernetes reads it', () => {
    const node = nodeOfYaml('a: yes\nb: 2021-01-02\nc: 0o17\nd: "yes"\ne: ~\n');
    expect(['a', 'b', 'd', 'e'].map((key) => at(node, key))).toEqual(['true', '2021-01-02', 'yes', undefined]);
  });

  it('takes over what it merges, and its own before that', () => {
    const node = nodeOfYaml('x: &x {a: 1, b: 2}\nz:\n  b: 3\n  <<: *x\n');
    expect([at(node, 'z.a'), at(node, 'z.b')]).toEqual(['1', '3']);
  });

  it('knows the lines of its values', () => {
    const node = nodeOfYaml('a:\n  - b: 1\n    c: 2\n', { start: { file: 'x.tf', line: 10 } });
    expect(search(node, parsePath('a[].c') ?? []).found[0]?.node.place).toEqual({ file: 'x.tf', line: 12 });
  });

  it('is unknown where it has holes, and open where a key is one', () => {
    const node = nodeOfYaml('a: x%y\n"%": 1\nc: 2\n', { holes: /%/ });
    expect([at(node, 'a'), at(node, 'c')]).toEqual(['?', '2']);
    expect(search(node, parsePath('other') ?? [])).toEqual({ found: [], blind: true });
  });

  it.each([
    ['no YAML', 'a: ['],
    ['nothing', ''],
    ['two documents', 'a: 1\n---\nb: 2\n'],
    ['a key that is there twice', 'a: 1\na: 2\n'],
    ['an alias of nothing', 'a: *b\n'],
    ['an alias of itself', 'a: &a {b: *a}\n'],
    ['more aliases than anybody writes', `a: &a 1\nb: [${'*a, '.repeat(1_001)}]\n`],
    ['aliases that grow', `a: &a [${'x, '.repeat(1_000)}]\nb: [${'*a, '.repeat(900)}]\n`],
    ['a depth nobody writes', `a: ${'['.repeat(150)}${']'.repeat(150)}\n`],
    ['a depth the parser does not survive', `a: ${'['.repeat(50_000)}`],
  ])('is not read when it is %s', (_, text) => {
    expect(nodeOfYaml(text)).toBeUndefined();
  });

  it('is read with as many keys as there are', () => {
    const text = Array.from({ length: 20_000 }, (_, index) => `k${index}: v`).join('\n');
    expect(entryOf(nodeOfYaml(text), 'k19999')).toBeDefined();
  });
});
