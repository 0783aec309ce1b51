import { expect, test } from 'vitest';
import { heldBy } from './held.ts';

const options = { stacks: ['**'], modules: ['modules/**', '**/modules/**'] };

async function stacksOf(files: Readonly<Record<string, string>>, namespace: string, name?: string): Promise<string[]> {
  const held = await heldBy(new Map(Object.entries(files)), options);
  const found = held.filter((one) => one.namespace === namespace && (name === undefined || one.name === name));
  return [...new Set(found.map(({ stack }) => stack))].sort();
}

const manifest = (kind: string, metadata: string): string =>
  `resource "kubectl_manifest" "x" {\n  yaml_body = yamlencode({ kind = "${kind}", metadata = { ${metadata} } })\n}\n`;

const house: Readonly<Record<string, string>> = {
  'modules/app/main.tf': `variable "name" {}\nvariable "namespace" {\n  default = "lobby"\n}\n${manifest('Deployment', 'name = var.name, namespace = var.namespace')}`,
  'stacks/mail/main.tf': `
locals {
  namespace = "post"
}
resource "kubernetes_namespace_v1" "this" {
  metadata {
    name = local.namespace
  }
}
module "web" {
  source    = "../../modules/app"
  name      = "web"
  namespace = kubernetes_namespace_v1.this.metadata[0].name
}
`,
  'stacks/mail-extras/main.tf': `
resource "helm_release" "filter" {
  name             = "filter"
  namespace        = "post"
  create_namespace = true
}
resource "kubernetes_deployment" "many" {
  for_each = { one = "a", two = "b" }
  metadata {
    name      = each.key
    namespace = "post"
  }
}
`,
  'stacks/photos/main.tf': 'module "app" {\n  source = "../../modules/app"\n  name = "viewer"\n}\n',
  'stacks/post/main.tf':
    'variable "where" {}\nresource "helm_release" "x" {\n  name = "y"\n  namespace = var.where\n}\n',
  'stacks/broken/main.tf': 'resource "kubernetes_namespace" {{{',
};

test('finds every stack that holds a namespace, by manifests, provider resources, releases, locals and modules', async () => {
  expect(await stacksOf(house, 'post')).toEqual(['stacks/mail', 'stacks/mail-extras']);
  expect(await stacksOf(house, 'lobby')).toEqual(['stacks/photos']);
});

test('finds the stack of one workload among them', async () => {
  expect(await stacksOf(house, 'post', 'filter')).toEqual(['stacks/mail-extras']);
  expect(await stacksOf(house, 'post', 'two')).toEqual(['stacks/mail-extras']);
  expect(await stacksOf(house, 'lobby', 'viewer')).toEqual(['stacks/photos']);
});

test('guesses nothing from the name of a folder, and nothing from what is computed', async () => {
  expect(await stacksOf(house, 'photos')).toEqual([]);
  expect(await stacksOf({ 'stacks/post/main.tf': house['stacks/post/main.tf'] ?? '' }, 'post')).toEqual([]);
});
