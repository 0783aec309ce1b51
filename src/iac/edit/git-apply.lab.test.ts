import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeOrigin } from '../git/origin.fixture.ts';
import type { FieldWish } from './port.ts';
import { prepareEdit } from './prepare.ts';
import { applyDiff, type Files, sourcesOf } from './sources.fixture.ts';

const object = { kind: 'Deployment', namespace: 'home', name: 'web' };
const source = [
  'resource "kubectl_manifest" "x" {',
  '  yaml_body = yamlencode({',
  '    kind     = "Deployment"',
  '    metadata = { name = "web", namespace = "home" }',
  '    spec = {',
  '      replicas = 1',
  '    }',
  ...Array.from({ length: 20 }, (_, index) => `    x${index} = ${index}`),
  '    last = "a"',
  '  })',
  '}',
].join('\n');

test.each<[string, string, string]>([
  ['plain', source, 'stacks/a/main.tf'],
  ['with a last newline', `${source}\n`, 'stacks/a/main.tf'],
  ['with CR LF', source.replaceAll('\n', '\r\n'), 'stacks/a/main.tf'],
  ['with a name that git quotes', source, 'stacks/a/h\u00e4us "x".tf'],
])('git takes the patch of a file %s as it is', async (_, text, path) => {
  const files: Files = { [path]: text };
  const origin = await makeOrigin();
  await origin.commit(files);
  const wishes: readonly FieldWish[] = [
    { path: ['spec', 'replicas'], value: 2 },
    { path: ['spec', 'more'], value: 'é${x}\n"' },
    { path: ['x9'], value: undefined },
    { path: ['last'], value: 'b' },
  ];
  for (const some of [wishes, ...wishes.map((one) => [one])]) {
    const outcome = await prepareEdit(await sourcesOf(files), object, some);
    if (outcome.is === 'refused') throw new Error(outcome.why);
    const file = join(origin.folder, 'a.patch');
    writeFileSync(file, outcome.patch);
    await origin.git('apply', '--whitespace=nowarn', file);
    const now = readFileSync(join(origin.work, path), 'utf8');
    expect(now).not.toBe(text);
    if (!path.includes('"')) expect(now).toBe(applyDiff(files, outcome.patch)[path]);
    await origin.git('checkout', '--', '.');
  }
});
