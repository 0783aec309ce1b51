import { describe, expect, it } from 'vitest';
import { declaredOf, fieldsOf, placesOf, sourcesOf } from './declared.fixture.ts';
import { findObject } from './find-object.ts';
import { createOrigins } from './origins.ts';
import { at, scalarOf } from './symbol.ts';
import { typedHomelab } from './typed-homelab.fixture.ts';

const named = 'metadata {\n  name = "a"\n}\n';
const deployment = (inside: string, more = ''): string =>
  `${more}\nresource "kubernetes_deployment_v1" "a" {\n${named}spec {\ntemplate {\nspec {\n${inside}\n}\n}\n}\n}\n`;
const inContainer = (inside: string, more?: string): string => deployment(`container {\n${inside}\n}`, more);
const container = ['spec', 'template', 'spec', 'containers', 0];

async function homelab(stack: string, kind: string, name: string) {
  const all = await declaredOf(typedHomelab, { stack });
  const [found, ...more] = all.filter((one) => one.kind === kind && one.name === name);
  if (found === undefined || more.length > 0) throw new Error(`there is not one ${kind} ${name}`);
  return found;
}

describe('typed resources of a stack', () => {
  it('are objects by their kind, with namespace, name, address and block', async () => {
    const all = await declaredOf(typedHomelab, { stack: 'stacks/notes' });
    const told = all.map(({ kind, namespace, name, address, place }) => [
      kind,
      namespace,
      name,
      address,
      place.range.line,
    ]);
    expect(told.toSorted()).toEqual([
      ['ConfigMap', 'notes', 'notes-config', 'kubernetes_config_map_v1.notes', 26],
      ['Deployment', 'notes', 'notes', 'kubernetes_deployment_v1.notes', 45],
      ['Namespace', undefined, 'notes', 'kubernetes_namespace.notes', 19],
      ['Secret', 'notes', 'notes-admin', 'kubernetes_secret_v1.notes', 37],
      ['Service', 'notes', 'notes', 'kubernetes_service_v1.notes', 141],
    ]);
  });

  it('have the fields of the API, each with the place where its value is written', async () => {
    const notes = await homelab('stacks/notes', 'Deployment', 'notes');
    const [fields, places] = [fieldsOf(notes), placesOf(notes)];
    const inside = 'spec.template.spec.containers[0]';
    for (const [field, value, place] of [
      ['spec.replicas', 2, 'main.tf:52:16'],
      ['metadata.labels.tier', 'apps', 'main.tf:12:36'],
      ['spec.template.metadata.labels.tier', 'apps', 'main.tf:12:36'],
      ['spec.template.metadata.annotations.example.net/team', 'writers', 'main.tf:66:46'],
      ['spec.strategy.rollingUpdate.maxUnavailable', 1, 'main.tf:60:27'],
      ['spec.template.spec.initContainers[0].image', 'registry.example.net/notes-migrate:1.4.0', 'main.tf:74:19'],
      [`${inside}.image`, 'registry.example.net/notes:1.4.0', 'main.tf:78:19'],
      [`${inside}.ports[0].containerPort`, 8080, 'main.tf:81:30'],
      [`${inside}.env[0].value`, 'info', 'terragrunt.hcl:6:15'],
      [`${inside}.env[1].valueFrom.secretKeyRef.name`, '?', 'main.tf:91:24'],
      [`${inside}.env[1].valueFrom.secretKeyRef.key`, 'password', 'main.tf:92:24'],
      [`${inside}.env[2].name`, 'NOTES_PORT', 'main.tf:14:5'],
      [`${inside}.env[2].value`, '8080', 'main.tf:14:18'],
      [`${inside}.env[3].value`, 'Etc/UTC', 'main.tf:15:18'],
      [`${inside}.resources.requests.memory`, '64Mi', 'main.tf:104:48'],
      [`${inside}.resources.limits.memory`, '256Mi', 'main.tf:105:35'],
      [`${inside}.readinessProbe.httpGet.port`, 8080, 'main.tf:111:22'],
      ['spec.template.spec.volumes[0].configMap.defaultMode', '?', 'main.tf:128:28'],
    ] as const) {
      expect([field, fields[field], places[field]]).toEqual([field, value, `stacks/notes/${place}`]);
    }
  });

  it('keep what a Secret holds to themselves', async () => {
    const secret = await homelab('stacks/notes', 'Secret', 'notes-admin');
    expect(at(secret.body, ['data'])?.is).toBe('computed');
  });

  it('are found by the name they have in the cluster', async () => {
    const sources = await sourcesOf(typedHomelab, { stack: 'stacks/notes' });
    const found = findObject(sources, { kind: 'Deployment', namespace: 'notes', name: 'notes' });
    expect(found?.address).toBe('kubernetes_deployment_v1.notes');
    expect(found?.fields.find(({ field }) => field === 'spec.replicas')).toMatchObject({ literal: 2 });
    expect(found?.ignored).toContain('spec.template.metadata.annotations.example.net/restarted-at');
    expect(findObject(sources, { kind: 'Deployment', namespace: 'other', name: 'notes' })).toBeUndefined();
  });

  it('are as many as a module is called', async () => {
    const [orders, events] = [
      await homelab('stacks/stores', 'StatefulSet', 'store-orders'),
      await homelab('stacks/stores', 'StatefulSet', 'store-events'),
    ];
    expect(orders.address).toBe('module.store["orders"].kubernetes_stateful_set_v1.store');
    const replicas = ['spec', 'replicas'];
    expect([orders, events].map(({ body }) => [scalarOf(at(body, replicas)), at(body, replicas)?.place])).toMatchObject(
      [
        [3, { file: 'stacks/stores/main.tf', range: { line: 4, column: 27 } }],
        [1, { file: 'stacks/stores/main.tf', range: { line: 5, column: 27 } }],
      ],
    );
    // What both have of the module has one place.
    expect(at(orders.body, [...container, 'image'])?.place).toEqual(at(events.body, [...container, 'image'])?.place);
    expect(placesOf(orders)['spec.volumeClaimTemplates[0].spec.resources.requests.storage']).toBe(
      'stacks/stores/main.tf:4:37',
    );
  });
});

it('releases of Helm have the values they are given, from wherever they are written', async () => {
  const gateway = await homelab('stacks/gateway', 'HelmRelease', 'gateway');
  expect(gateway).toMatchObject({ namespace: 'gateway', address: 'helm_release.gateway' });
  expect(fieldsOf(gateway)).toEqual({
    replicaCount: 2,
    'image.repository': 'registry.example.net/gateway',
    'image.tag': '4.2.1',
    'resources.limits.memory': '128Mi',
    'resources.requests.cpu': '25m',
    'service.annotations.example.net/pool': 'outer',
    'service.annotations.example.net/zone': 'north',
    'extraArgs[0].level': 3,
    'admin.token': '?',
  });
  expect(placesOf(gateway)).toMatchObject({
    replicaCount: 'stacks/gateway/main.tf:10:22',
    'image.tag': 'stacks/gateway/main.tf:26:13',
    'resources.requests.cpu': 'stacks/gateway/main.tf:17:10',
    'extraArgs[0].level': 'stacks/gateway/main.tf:35:13',
  });
  const mail = await homelab('stacks/gateway', 'HelmRelease', 'mail');
  expect(placesOf(mail)).toEqual({
    replicaCount: 'stacks/gateway/mail-values.yaml:2:15',
    hostname: 'stacks/gateway/mail-values.yaml:3:11',
    'queue.workers': 'stacks/gateway/main.tf:49:39',
    'queue.retry': 'stacks/gateway/mail-values.yaml:6:10',
    'persistence.size': 'stacks/gateway/mail-values.yaml:8:9',
  });
});

describe('instances', () => {
  it('of count have its index', async () => {
    const all = await declaredOf(
      `resource "kubernetes_namespace" "a" {\n  count = 2\n  metadata {\n    name = "a-\${count.index}"\n  }\n}\n`,
    );
    expect(all.map(({ name, address }) => [name, address])).toEqual([
      ['a-0', 'kubernetes_namespace.a[0]'],
      ['a-1', 'kubernetes_namespace.a[1]'],
    ]);
  });

  it('of for_each have its key and value', async () => {
    const all = await declaredOf(
      'resource "kubernetes_namespace" "a" {\n  for_each = { x = "one", y = "two" }\n  metadata {\n    name   = each.key\n    labels = { l = each.value }\n  }\n}\n',
    );
    expect(all.map((one) => [one.address, fieldsOf(one)])).toEqual([
      ['kubernetes_namespace.a["x"]', { 'metadata.name': 'x', 'metadata.labels.l': 'one' }],
      ['kubernetes_namespace.a["y"]', { 'metadata.name': 'y', 'metadata.labels.l': 'two' }],
    ]);
  });

  it('that are none, or whose name is computed, are not there', async () => {
    const namespace = (repeat: string, name: string) =>
      `resource "kubernetes_namespace" "a" {\n${repeat}\nmetadata {\nname = ${name}\n}\n}\n`;
    expect(await declaredOf(namespace('count = 0', '"a"'))).toEqual([]);
    expect(await declaredOf(namespace('', 'data.x.y.name'))).toEqual([]);
    expect(await declaredOf(namespace('', '"a"').replace('resource', 'data'))).toEqual([]);
  });
});

describe('a dynamic block', () => {
  const dynamic = (each: string, more = ''): string =>
    inContainer(`dynamic "env" {\nfor_each = ${each}\ncontent {\nname = "n"\nvalue = env.value\n}\n}`, more);
  const envOf = async (source: string) => {
    const [one] = await declaredOf(source);
    const env = one === undefined ? undefined : at(one.body, [...container, 'env']);
    return env?.is === 'list' ? env.items.map((item) => scalarOf(at(item, ['value'])) ?? '?') : env?.is;
  };

  it.each<[string, string, string, unknown]>([
    ['a map, in the order of its keys', '{ b = "2", a = "1" }', '', ['1', '2']],
    ['a list that is written there', '["b", "a"]', '', ['b', 'a']],
    ['a list of a local', 'local.all', 'locals {\n all = ["b", "a"]\n}', ['b', 'a']],
    [
      'a list of a variable that is a list',
      'var.all',
      'variable "all" {\n type = list(string)\n default = ["b", "a"]\n}',
      ['b', 'a'],
    ],
    ['a set', 'toset(["b", "a"])', '', ['a', 'b']],
    ['nothing', '[]', '', []],
    ['one by a condition', 'true ? ["a"] : []', '', ['a']],
    ['several by a condition', 'true ? ["b", "a"] : []', '', ['b', 'a']],
    ['what a for makes of a map', '[for k, v in { b = "2", a = "1" } : v]', '', ['1', '2']],
    ['what has a computed value', '["b", data.x.y.z]', '', ['b', '?']],
  ])('makes one block for each of %s', async (_, each, more, values) => {
    expect(await envOf(dynamic(each, more))).toEqual(values);
  });

  it.each<[string, string, string]>([
    ['something computed', 'data.x.y.all', ''],
    ['something that is not there', 'var.none', ''],
    ['a list of a variable that may be a set', 'var.all', 'variable "all" {\n default = ["b", "a"]\n}'],
    ['a variable that is a set', 'var.all', 'variable "all" {\n type = set(string)\n default = ["b", "a"]\n}'],
    ['a variable that is sensitive', 'var.all', 'variable "all" {\n sensitive = true\n default = ["b"]\n}'],
    ['a text', '"a"', ''],
  ])('of %s makes the list computed', async (_, each, more) => {
    expect(await envOf(dynamic(each, more))).toBe('computed');
  });

  it('makes the list computed where others stand beside it, too', async () => {
    const source = dynamic('data.x.y.all').replace(
      'dynamic "env"',
      'env {\nname = "first"\nvalue = "1"\n}\ndynamic "env"',
    );
    expect(await envOf(source)).toBe('computed');
    expect(await envOf(source.replace('data.x.y.all', '["a"]'))).toEqual(['1', 'a']);
  });

  it('has an iterator of another name, and others inside of it', async () => {
    const source = deployment(
      'dynamic "container" {\nfor_each = { web = { PORT = "80" } }\niterator = one\ncontent {\nname = one.key\ndynamic "env" {\nfor_each = one.value\ncontent {\nname = env.key\nvalue = env.value\n}\n}\n}\n}',
    );
    const [one] = await declaredOf(source);
    expect(one && fieldsOf(one)).toMatchObject({
      'spec.template.spec.containers[0].name': 'web',
      'spec.template.spec.containers[0].env[0].name': 'PORT',
      'spec.template.spec.containers[0].env[0].value': '80',
    });
  });

  it('is no more known to what a plan is compared with than it was', async () => {
    const origins = createOrigins(await sourcesOf({ 'stacks/app/main.tf': dynamic('["a"]') }));
    const path = ['spec', 0, 'template', 0, 'spec', 0, 'container', 0, 'env', 0, 'value'];
    expect(origins.literal('kubernetes_deployment_v1.a', path, 'a')).toBeUndefined();
  });
});

it('a value of a sensitive variable is computed, wherever it stands', async () => {
  const more = 'variable "v" {\n  sensitive = true\n  default   = "plain"\n}\n';
  const [one] = await declaredOf(
    inContainer(`image = var.v\nenv {\nname = "a"\nvalue = "x-\${var.v}"\n}\nargs = [var.v]`, more),
  );
  expect(one && Object.values(fieldsOf(one))).toEqual(['a', '?', '?', 'a', '?']);
});

it('what lies in a part of an object is another owner of it, and is not taken for the object', async () => {
  const part = 'api_version = "v1"\nkind = "ConfigMap"\n';
  const source = `
resource "kubernetes_labels" "a" {\n${part}${named}labels = { l = "1" }\n}
resource "kubernetes_annotations" "a" {\n${part}${named}annotations = { l = "1" }\n}
resource "kubernetes_env" "a" {\n${part}${named}env {\nname = "l"\n}\n}
resource "kubernetes_config_map_v1_data" "a" {\n${named}data = { l = "1" }\n}
resource "kubernetes_config_map_v1" "a" {\n${named}data = { m = "1" }\n}`;
  const all = await declaredOf(source);
  expect(all.map(({ address, isPart }) => [address.split('.')[0], isPart]).toSorted()).toEqual([
    ['kubernetes_annotations', true],
    ['kubernetes_config_map_v1', false],
    ['kubernetes_config_map_v1_data', true],
    ['kubernetes_env', true],
    ['kubernetes_labels', true],
  ]);
  const of = (type: string) => all.filter(({ address }) => address.startsWith(`${type}.`)).map(fieldsOf)[0];
  expect(of('kubernetes_labels')).toEqual({ 'metadata.name': 'a', 'metadata.labels.l': '1' });
  expect(of('kubernetes_annotations')).toEqual({ 'metadata.name': 'a', 'metadata.annotations.l': '1', spec: '?' });
  expect(of('kubernetes_env')).toEqual({ 'metadata.name': 'a', spec: '?' });
  expect(of('kubernetes_config_map_v1_data')).toEqual({ 'metadata.name': 'a', 'data.l': '1' });
  const found = findObject(await sourcesOf({ 'stacks/app/main.tf': source }), {
    kind: 'ConfigMap',
    namespace: undefined,
    name: 'a',
  });
  expect(found?.address).toBe('kubernetes_config_map_v1.a');
});

it('a manifest lies in the namespace that the resource says, whatever the YAML says', async () => {
  const manifest = (override: string) =>
    `resource "kubectl_manifest" "a" {\n${override}\nyaml_body = yamlencode({ kind = "Pod", metadata = { name = "a", namespace = "x" } })\n}\n`;
  const namespace = async (override: string) => (await declaredOf(manifest(override)))[0]?.namespace;
  expect(await namespace('')).toBe('x');
  expect(await namespace('override_namespace = "y"')).toBe('y');
  expect(await namespace('override_namespace = data.a.b.c')).toBeUndefined();
});
