import { describe, expect, test } from 'vitest';
import type { FieldPath } from './port.ts';
import { prepareEdit } from './prepare.ts';
import { addedLines, sourcesOf } from './sources.fixture.ts';

/** A wish for an item that is not there is not a wish for one that has nothing else. */
const object = { kind: 'Deployment', namespace: 'home', name: 'web' };

async function ask(spec: string, path: FieldPath, value: string | undefined, more = '') {
  const source = `resource "kubectl_manifest" "web" {
  yaml_body = yamlencode({
    kind     = "Deployment"
    metadata = { name = "web", namespace = "home" }
    spec = { ${spec} }
  })
}
${more}`;
  return answer(source, path, value);
}

async function answer(source: string, path: FieldPath, value: string | undefined) {
  const outcome = await prepareEdit(await sourcesOf({ 'stacks/a/main.tf': source }), object, [{ path, value }]);
  return outcome.is === 'refused' ? outcome.why : addedLines(outcome.patch);
}

const both = 'containers = [{ name = "web", image = "w:1" }], initContainers = [{ name = "migrate", image = "m:1" }]';
const container = (name: string, ...rest: FieldPath): FieldPath => ['spec', 'containers', { name }, ...rest];

describe('a container', () => {
  test('that is none of the containers is one of the initContainers', async () => {
    expect(await ask(both, container('migrate', 'image'), 'm:2')).toEqual([
      `spec = { ${both.replace('"m:1"', '"m:2"')} }`,
    ]);
    expect(await ask(both, container('web', 'image'), 'w:2')).toEqual([`spec = { ${both.replace('"w:1"', '"w:2"')} }`]);
  });

  test.each([
    ['in neither', both],
    ['where there is none', 'paused = true'],
    ['where the list is empty', 'containers = []'],
    ['where one has a name that is computed', 'containers = [{ name = data.x.y, image = "a:1" }]'],
  ])('%s is never made', async (_, spec) => {
    expect(await ask(spec, container('other', 'image'), 'o:1')).toBe('no-place');
  });

  test('is never made in blocks', async () => {
    const source = `resource "kubernetes_deployment" "web" {
  metadata {
    name      = "web"
    namespace = "home"
  }
  spec {
    template {
      spec {
        init_container {
          name  = "migrate"
          image = "m:1"
        }
        container {
          name  = "web"
          image = "w:1"
        }
      }
    }
  }
}
`;
    const path = (name: string): FieldPath => ['spec', 'template', ...container(name, 'image')];
    expect(await answer(source, path('migrate'), 'm:2')).toEqual(['image = "m:2"']);
    expect(await answer(source, path('other'), 'o:1')).toBe('no-place');
  });

  test('another item of a list that has a name is not made either', async () => {
    expect(await ask('volumes = [{ name = "a" }]', ['spec', 'volumes', { name: 'b' }, 'hostPath'], '/x')).toBe(
      'no-place',
    );
    expect(await ask('env = [{ name = "A", value = "1" }]', ['spec', 'env', { name: 'B' }, 'valueFrom'], 'x')).toBe(
      'no-place',
    );
    expect(await ask(both, ['spec', 'containers', 1, 'image'], 'x')).toBe('no-place');
  });
});

describe('a variable', () => {
  const env = (inside: string): string => `containers = [{ name = "web", env = [{ name = "PASSWORD", ${inside} }] }]`;
  const path = container('web', 'env', { name: 'PASSWORD' }, 'value');

  test.each([
    ['secret', 'valueFrom = { secretKeyRef = { name = "s", key = "k" } }'],
    ['secret', 'valueFrom = data.x.y'],
    ['secret', 'valueFrom = { configMapKeyRef = { name = "c" }, secretKeyRef = { name = "s" } }'],
    ['no-place', 'valueFrom = { configMapKeyRef = { name = "c", key = "k" } }'],
  ])('whose value is taken from elsewhere gets none beside it: %s', async (why, inside) => {
    expect(await ask(env(inside), path, 'plain')).toBe(why);
  });

  test('that has a value is not taken from elsewhere too', async () => {
    const from: FieldPath = [...path.slice(0, -1), 'valueFrom', 'configMapKeyRef', 'name'];
    expect(await ask(env('value = "x"'), from, 'c')).toBe('no-place');
    expect(await ask(env('value = "x"'), path, 'y')).toHaveLength(1);
  });
});
