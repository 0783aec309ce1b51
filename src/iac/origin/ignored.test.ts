import { expect, it } from 'vitest';
import { declaredOf } from './declared.fixture.ts';

async function ignoredOf(changes: string, type = 'kubernetes_deployment_v1', more = ''): Promise<readonly string[]> {
  const body = type.startsWith('kubernetes_manifest')
    ? 'manifest = { kind = "Deployment", metadata = { name = "a" } }'
    : type === 'kubectl_manifest'
      ? 'yaml_body = yamlencode({ kind = "Deployment", metadata = { name = "a" } })'
      : 'metadata {\n name = "a"\n}';
  const lifecycle = changes === '' ? '' : `lifecycle {\n ignore_changes = ${changes}\n}`;
  const [one] = await declaredOf(`resource "${type}" "a" {\n${body}\n${more}\n${lifecycle}\n}\n`);
  return one?.ignored ?? ['there is no such object'];
}

it.each<[string, readonly string[]]>([
  ['[spec[0].replicas]', ['spec[0].replicas', 'spec.replicas']],
  [
    '[spec[0].template[0].spec[0].container[0].image]',
    ['spec[0].template[0].spec[0].container[0].image', 'spec.template.spec.containers[0].image'],
  ],
  [
    '[spec[0].template[0].spec[0].init_container[1].env[2].value_from]',
    [
      'spec[0].template[0].spec[0].init_container[1].env[2].value_from',
      'spec.template.spec.initContainers[1].env[2].valueFrom',
    ],
  ],
  [
    '[spec[0].template[0].spec[0].container[0].resources[0].limits["memory"]]',
    [
      'spec[0].template[0].spec[0].container[0].resources[0].limits["memory"]',
      'spec.template.spec.containers[0].resources.limits.memory',
    ],
  ],
  [
    '[metadata[0].annotations["example.net/at"], metadata[0].labels]',
    [
      'metadata[0].annotations["example.net/at"]',
      'metadata[0].labels',
      'metadata.annotations.example.net/at',
      'metadata.labels',
    ],
  ],
  ['[metadata]', ['metadata']],
  ['["spec[0].replicas"]', ['spec[0].replicas', 'spec.replicas']],
  ['all', ['all']],
  ['[wait_for_rollout]', ['wait_for_rollout']],
  // Of what cannot be told, everything that it may be a part of.
  [
    '[spec[0].template[0].spec[0].container[*].image]',
    ['spec[0].template[0].spec[0].container[*].image', 'spec.template.spec.containers'],
  ],
  [
    '[spec[0].template[0].spec[0].sidecar[0].image]',
    ['spec[0].template[0].spec[0].sidecar[0].image', 'spec.template.spec'],
  ],
  ['[spec[local.x].replicas]', ['spec[local.x].replicas', 'spec']],
  ['[something]', ['something', 'all']],
  ['[merge({}, {})]', ['merge({}, {})', 'all']],
  ['local.ignored', ['local.ignored', 'all']],
])('%s', async (changes, ignored) => {
  expect(await ignoredOf(changes)).toEqual(ignored);
});

it('is of the names that a DaemonSet has', async () => {
  expect(await ignoredOf('[spec[0].strategy]', 'kubernetes_daemonset')).toEqual([
    'spec[0].strategy',
    'spec.updateStrategy',
  ]);
});

it('is told of manifests that stand there whole, too', async () => {
  expect(await ignoredOf('[manifest.spec.replicas]', 'kubernetes_manifest')).toEqual([
    'manifest.spec.replicas',
    'spec.replicas',
  ]);
  expect(await ignoredOf('[manifest]', 'kubernetes_manifest')).toEqual(['manifest', 'all']);
  expect(await ignoredOf('[yaml_body]', 'kubectl_manifest')).toEqual(['yaml_body', 'all']);
  expect(await ignoredOf('[yaml_incluster]', 'kubectl_manifest')).toEqual(['yaml_incluster']);
  expect(await ignoredOf('', 'kubectl_manifest', 'ignore_fields = ["spec.replicas"]')).toEqual(['spec.replicas']);
});
