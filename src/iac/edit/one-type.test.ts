import { describe, expect, test } from 'vitest';
import type { FieldPath } from './port.ts';
import { prepareEdit } from './prepare.ts';
import { addedLines, type Files, sourcesOf } from './sources.fixture.ts';

/** What is put in or taken out may make the engine give its neighbours another type, or may not be what is taken at all. */
const object = { kind: 'Deployment', namespace: 'home', name: 'web' };

async function ask(spec: string, path: FieldPath, value: string | number | undefined, before = '') {
  const source = `${before}
resource "kubectl_manifest" "web" {
  yaml_body = yamlencode({
    kind     = "Deployment"
    metadata = { name = "web", namespace = "home" }
    spec     = ${spec}
  })
}
`;
  const files: Files = { 'stacks/a/main.tf': source };
  const outcome = await prepareEdit(await sourcesOf(files), object, [{ path, value }]);
  return outcome.is === 'refused' ? 'refused' : addedLines(outcome.patch);
}

const on = 'variable "on" { default = true }\n';
const spec = (name: string): FieldPath => ['spec', name];

describe('an item more or less is refused', () => {
  test.each<[string, string, FieldPath, string | number | undefined, string?]>([
    ['in an arm whose other arm has other items', 'var.on ? { a = 1 } : { a = 2 }', spec('b'), 'x', on],
    ['in the arm that is not a map of texts', 'var.on ? { a = 1, b = "x" } : {}', spec('c'), 'x', on],
    ['out of such an arm', 'var.on ? { a = 1, b = "x" } : { a = 1, b = "x" }', spec('b'), undefined, on],
    ['where the other arm is computed', 'var.on ? { a = "x" } : data.x.y', spec('b'), 'x', on],
    ['where the condition is computed', 'data.x.y ? { a = "x" } : {}', spec('b'), 'x'],
    ['that is a number among texts', 'var.on ? { a = "x" } : {}', spec('b'), 1, on],
    ['in a local that is an arm', 'var.on ? local.l : { a = 2 }', spec('b'), 'x', `${on}locals { l = { a = 1 } }\n`],
    [
      'out of the arm that had made texts of numbers',
      'var.on ? { a = 1, b = "x" } : { a = 1 }',
      spec('b'),
      undefined,
      on,
    ],
    [
      'out of a local that had made texts of numbers',
      '{ m = local.l, n = var.on ? local.l : { a = 1 } }',
      ['spec', 'm', 'b'],
      undefined,
      `${on}locals { l = { a = 1, b = "x" } }\n`,
    ],
    [
      'in an arm whose names are those of a for',
      '{ for k, local in { m = { x = 1 } } : k => var.on ? { a = "s" } : { a = local.x } }',
      ['spec', 'm', 'b'],
      'x',
      `${on}locals { x = "t" }\n`,
    ],
    [
      'in a local that is an arm elsewhere',
      '{ m = local.l, n = var.on ? local.l : { a = 2 } }',
      ['spec', 'm', 'b'],
      'x',
      `${on}locals { l = { a = 1 } }\n`,
    ],
    ['where a later map is computed', 'merge({ a = "x" }, data.x.y)', spec('b'), 'x'],
    ['where an earlier map is computed', 'merge(data.x.y, { a = "x" })', spec('b'), 'x'],
    ['of what is made a map', 'tomap({ a = 1 })', spec('b'), 'x'],
    ['of a local that is made a map', 'tomap(local.l)', spec('b'), 'x', 'locals { l = { a = 1 } }\n'],
    ['in try', 'try({ a = "x" }, {})', spec('b'), 'x'],
    ['in what try falls back to', 'try(data.x.y, { a = "x" })', spec('b'), 'x'],
    ['in coalesce', 'coalesce({ a = "x" }, {})', spec('b'), 'x'],
    ['in what is looked up', 'lookup({ m = { a = 1 } }, "m", {})', spec('b'), 'x'],
    ['in what is looked up by a computed key', 'lookup({ m = { a = "x" } }, data.x.y, {})', spec('b'), 'x'],
    ['in what lookup falls back to', 'lookup({ m = { a = 1 } }, "n", { a = 1 })', spec('b'), 'x'],
    [
      'in a condition within a for',
      '{ for k, v in { m = {} } : k => var.on ? { a = 1 } : v }',
      ['spec', 'm', 'b'],
      'x',
      on,
    ],
  ])('%s', async (_, source, path, value, before) => {
    expect(await ask(source, path, value, before)).toBe('refused');
  });
});

describe('one is put', () => {
  test.each<[string, string, FieldPath, string | number | undefined, string, string?]>([
    [
      'in an arm of texts',
      'var.on ? { a = "x" } : {}',
      spec('b'),
      'y',
      'spec     = var.on ? { a = "x", b = "y" } : {}',
      on,
    ],
    [
      'in an arm beside null',
      'var.on ? { a = "x" } : null',
      spec('b'),
      'y',
      'spec     = var.on ? { a = "x", b = "y" } : null',
      on,
    ],
    ['in a map of texts', 'tomap({ a = "x" })', spec('b'), 'y', 'spec     = tomap({ a = "x", b = "y" })'],
    [
      'in the last of what is merged',
      'merge({ a = 1 }, { b = 2 })',
      spec('c'),
      'y',
      'spec     = merge({ a = 1 }, { b = 2, c = "y" })',
    ],
  ])('%s', async (_, source, path, value, line, before) => {
    expect(await ask(source, path, value, before)).toEqual([line]);
  });

  test('a scalar in an arm is replaced by one of its type', async () => {
    expect(await ask('var.on ? { a = 1 } : { b = "x" }', spec('a'), 2, on)).toEqual([
      'spec     = var.on ? { a = 2 } : { b = "x" }',
    ]);
  });
});
