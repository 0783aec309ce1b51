import { describe, expect, test } from 'vitest';
import type { FieldPath } from './port.ts';
import { createPrepareEdit, prepareEdit, prepareEditInTime } from './prepare.ts';
import { addedLines, type Files, sourcesOf } from './sources.fixture.ts';

/** However much there is to read, and whatever it was made for, there is an answer. */
const object = { kind: 'Deployment', namespace: 'home', name: 'web' };
const replicas: FieldPath = ['spec', 'replicas'];

const deployment = (inside: string, name = '"web"'): string => `resource "kubectl_manifest" "web" {
  yaml_body = yamlencode({
    kind     = "Deployment"
    metadata = { name = ${name}, namespace = "home" }
    spec     = { ${inside} }
  })
}
`;
const stack = (source: string): Files => ({ 'stacks/a/main.tf': source });
const limited = (steps: number) => createPrepareEdit({ steps, now: () => 0, milliseconds: 0 });
const wish = [{ path: replicas, value: 3 }];

describe('sources that are large', () => {
  test('three hundred stacks that call one module, one of them with ten thousand lines', async () => {
    const call = (name: string): string =>
      `module "m" {\n  source = "../../modules/m"\n  name   = "${name}"\n  n      = 2\n}\n`;
    const lines = Array.from({ length: 9_900 }, (_, index) => `  k${index} = "v${index}"\n`).join('');
    const files: Record<string, string> = {
      'modules/m/main.tf': `variable "n" {}\nvariable "name" {}\n${deployment('replicas = var.n, paused = false', 'var.name')}`,
      'stacks/s0/more.tf': `locals {\n${lines}}\n`,
    };
    for (let index = 0; index < 300; index += 1)
      files[`stacks/s${index}/main.tf`] = call(index === 0 ? 'web' : `n${index}`);
    const sources = await sourcesOf(files);
    const own = await prepareEdit(sources, object, wish);
    expect(own.is === 'prepared' && addedLines(own.patch)).toEqual(['n      = 3']);
    const paused: FieldPath = ['spec', 'paused'];
    expect(await prepareEdit(sources, object, [{ path: paused, value: true }])).toMatchObject({ why: 'shared' });
    expect(await limited(10_000)(sources, object, wish)).toMatchObject({ why: 'not-proven' });
  }, 60_000);

  test('a file of values of twenty thousand lines', async () => {
    const yaml = Array.from({ length: 20_000 }, (_, index) => `k${index}: ${index}\n`).join('');
    const sources = await sourcesOf({
      ...stack(
        'resource "helm_release" "web" {\n  name = "web"\n  namespace = "home"\n  chart = "x"\n  values = [file("$' +
          '{path.module}/values.yaml")]\n}\n',
      ),
      'stacks/a/values.yaml': yaml,
    });
    const release = { ...object, kind: 'HelmRelease' };
    const outcome = await prepareEdit(sources, release, [{ path: ['k19999'], value: 1 }]);
    expect(outcome.is === 'prepared' && addedLines(outcome.patch)).toEqual(['k19999: 1']);
    expect(await limited(30_000)(sources, release, [{ path: ['k19999'], value: 1 }])).toMatchObject({
      why: 'not-proven',
    });
  }, 60_000);
});

describe('sources that are made to say much', () => {
  const doubled = (depth: number): string => {
    const levels = Array.from(
      { length: depth },
      (_, index) => `  a${index + 1} = { x = local.a${index}, y = local.a${index} }\n`,
    );
    return `locals {\n  a0 = { x = "1" }\n${levels.join('')}}\n`;
  };

  test('an object that holds the same a great many times', async () => {
    const some = await sourcesOf(stack(`${doubled(4)}${deployment('replicas = 2, x = local.a4')}`));
    expect(await limited(100_000)(some, object, wish)).toMatchObject({ is: 'prepared' });
    const many = await sourcesOf(stack(`${doubled(60)}${deployment('replicas = 2, x = local.a60')}`));
    expect(await limited(100_000)(many, object, wish)).toMatchObject({ why: 'not-proven' });
  });

  test('an output that does', async () => {
    const source = `${doubled(60)}locals { n = 2 }\noutput "o" { value = merge(local.a60, { n = local.n }) }\n${deployment('replicas = local.n')}`;
    expect(await limited(100_000)(await sourcesOf(stack(source)), object, wish)).toMatchObject({ why: 'not-proven' });
  });

  test('modules that call each other twice', async () => {
    const files: Record<string, string> = { 'stacks/a/main.tf': deployment('replicas = 2') };
    for (let depth = 0; depth < 20; depth += 1) {
      const folder = depth === 0 ? 'stacks/a' : `modules/m${depth}`;
      const source = depth === 0 ? '../../modules/m1' : `../m${depth + 1}`;
      const calls = ['a', 'b', 'c'].map((name) => `module "${name}" {\n  source = "${source}"\n}\n`);
      files[`${folder}/calls.tf`] = depth === 19 ? '' : calls.join('');
    }
    expect(await prepareEdit(await sourcesOf(files), object, wish)).toMatchObject({ why: 'not-proven' });
  }, 60_000);

  test('parts within parts', async () => {
    const deep = `${'['.repeat(150)}${']'.repeat(150)}`;
    const outcome = await prepareEdit(await sourcesOf(stack(deployment(`replicas = 2, x = ${deep}`))), object, wish);
    expect(outcome).toMatchObject({ is: 'prepared' });
  });

  test('a text of a thousand pieces', async () => {
    const pieces = Array.from({ length: 1_000 }, () => '$' + '{local.e}').join('');
    const source = `locals {\n  e = ""\n  t = "${pieces}"\n  u = "${pieces.replaceAll('.e', '.t')}"\n}\n${deployment('replicas = 2, t = local.u')}`;
    const outcome = await limited(1_000_000)(await sourcesOf(stack(source)), object, [
      { path: ['spec', 't'], value: 'x' },
    ]);
    expect(outcome).toMatchObject({ is: 'refused' });
  }, 60_000);
});

test('time ends it', async () => {
  const sources = await sourcesOf(stack(deployment('replicas = 2')));
  expect(await prepareEditInTime(() => 0)(sources, object, wish)).toMatchObject({ is: 'prepared' });
  const many = await sourcesOf(
    Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [
        `stacks/s${index}/main.tf`,
        deployment('replicas = 2', `"web${index || ''}"`),
      ]),
    ),
  );
  let time = 0;
  const slow = prepareEditInTime(() => {
    time += 2_000;
    return time;
  });
  expect(await slow(many, object, wish)).toMatchObject({ why: 'not-proven' });
});
