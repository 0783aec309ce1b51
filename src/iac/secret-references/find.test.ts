import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stackFile, terragruntFile } from '../../../test/lab/homelab/hcl.ts';
import { drawHomelab, everyApp, vaultPath } from '../../../test/lab/homelab/model.ts';
import { nameMaker } from '../../../test/lab/sample/names.ts';
import { readStackGraph } from '../stacks/read.ts';
import { type ReferenceOptions, secretReferences } from './find.ts';

const referencesIn = async (sources: Readonly<Record<string, string>>, options?: ReferenceOptions) => {
  const tree = { files: new Map(Object.entries(sources)) };
  const graph = await readStackGraph(tree, { stacks: ['stacks/*'], modules: ['modules/*'] });
  return secretReferences(tree, graph, options);
};

const stack = 'stacks/mail';
const file = `${stack}/main.tf`;
const inStack = (text: string, more: Readonly<Record<string, string>> = {}) => referencesIn({ [file]: text, ...more });
const mail = { mount: 'secret', path: 'apps/mail', stack, file };

const source = `
data "vault_kv_secret_v2" "mail" {
  mount = "secret"
  name  = "apps/mail"
}
`;

describe('data sources of Vault', () => {
  it('are told with the keys that are taken out of them, where they are taken', async () => {
    const found = await inStack(`${source}
resource "terraform_data" "a" {
  input = [data.vault_kv_secret_v2.mail.data["password"], data.vault_kv_secret_v2.mail.data.relay]
}
output "user" { value = nonsensitive(jsondecode(data.vault_kv_secret_v2.mail.data_json)["user"]) }
output "inner" { value = jsondecode(data.vault_kv_secret_v2.mail.data["blob"]).deep }
output "found" { value = lookup(data.vault_kv_secret_v2.mail.data, "token", "") }
output "text" { value = "smtp://\${data.vault_kv_secret_v2.mail.data["host"]}:587" }
`);
    const how = 'vault_kv_secret_v2';
    expect(found).toEqual([
      { ...mail, how, key: 'password', line: 8 },
      { ...mail, how, key: 'relay', line: 8 },
      { ...mail, how, key: 'user', line: 10 },
      { ...mail, how, key: 'blob', line: 11 },
      { ...mail, how, key: 'token', line: 12 },
      { ...mail, how, key: 'host', line: 13 },
    ]);
  });

  it('are followed through locals that stand for them', async () => {
    const found = await inStack(`${source}
locals {
  mail = data.vault_kv_secret_v2.mail
  keys = local.mail.data
  doc  = jsondecode(local.mail.data_json)
  port = local.keys["port"]
}
output "a" { value = local.keys["password"] }
output "b" { value = local.doc.user }
`);
    expect(found.map(({ key }) => key)).toEqual(['port', 'password', 'user']);
  });

  it('are told as a whole where that is taken, a key is worked out, or nothing is taken', async () => {
    const all = await inStack(`${source}output "a" { value = data.vault_kv_secret_v2.mail.data }\n`);
    expect(all).toEqual([{ ...mail, how: 'vault_kv_secret_v2', line: 6 }]);
    const computed = await inStack(`${source}output "a" { value = data.vault_kv_secret_v2.mail.data[var.key] }\n`);
    expect(computed).toEqual([{ ...mail, how: 'vault_kv_secret_v2', line: 6 }]);
    const each = await inStack(`${source}output "a" { value = [for k, v in data.vault_kv_secret_v2.mail.data : k] }\n`);
    expect(each).toMatchObject([{ path: 'apps/mail', line: 6 }]);
    const unused = await inStack(`${source}output "a" { value = data.vault_kv_secret_v2.mail.version }\n`);
    expect(unused).toEqual([{ ...mail, how: 'vault_kv_secret_v2', line: 2 }]);
  });

  it('have their place from locals, variables, defaults and for_each', async () => {
    const found = await inStack(`
variable "team" { default = "apps" }
locals { mount = "secret" }
data "vault_kv_secret_v2" "all" {
  for_each = toset(["mail", "wiki"])
  mount    = local.mount
  name     = "\${var.team}/\${each.key}"
}
output "a" { value = data.vault_kv_secret_v2.all["mail"].data["password"] }
`);
    expect(found.map(({ mount, path, key }) => [mount, path, key])).toEqual([
      ['secret', 'apps/mail', 'password'],
      ['secret', 'apps/wiki', 'password'],
    ]);
  });

  it('are found in modules, told as of the stack that calls them', async () => {
    const found = await referencesIn({
      [file]: 'module "m" {\n  source = "../../modules/kv"\n  path   = "apps/mail"\n}\n',
      'stacks/wiki/main.tf': 'module "m" {\n  source = "../../modules/kv"\n  path   = "apps/wiki"\n}\n',
      'modules/kv/main.tf': `
variable "path" {}
data "vault_kv_secret_v2" "this" {
  mount = "secret"
  name  = var.path
}
output "password" { value = data.vault_kv_secret_v2.this.data["password"] }
`,
    });
    const how = 'vault_kv_secret_v2';
    const at = { mount: 'secret', key: 'password', file: 'modules/kv/main.tf', line: 7, how };
    expect(found).toEqual([
      { ...at, path: 'apps/mail', stack },
      { ...at, path: 'apps/wiki', stack: 'stacks/wiki' },
    ]);
  });

  it('of the older kinds have mount and path in one', async () => {
    const text = `
data "vault_generic_secret" "a" { path = "secret/apps/mail" }
data "vault_generic_secret" "b" { path = "team/secret/data/mail" }
output "a" { value = data.vault_generic_secret.a.data["password"] }
`;
    expect(await inStack(text)).toMatchObject([
      { mount: 'team', path: 'secret/data/mail' },
      { mount: 'secret', path: 'apps/mail', key: 'password', how: 'vault_generic_secret' },
    ]);
    expect((await referencesIn({ [file]: text }, { mounts: ['team', 'team/secret', 'secret'] }))[0]).toMatchObject({
      mount: 'team/secret',
      path: 'mail',
    });
  });

  it('whose place cannot be told are told as unresolved', async () => {
    for (const name of ['var.nobody', 'data.http.x.body', 'var.given']) {
      const text = `variable "given" {}\ndata "vault_kv_secret_v2" "a" {\n  mount = "secret"\n  name  = ${name}\n}\n`;
      expect(await inStack(text)).toEqual([{ mount: '?', path: '?', file, line: 2, stack, how: 'unresolved' }]);
    }
    const given = 'variable "p" { default = "apps/mail" }\n';
    const text = `${given}data "vault_kv_secret_v2" "a" {\n  mount = "secret"\n  name  = var.p\n}\n`;
    expect(await inStack(text)).toMatchObject([{ path: 'apps/mail' }]);
    const outside = await referencesIn({ [file]: text }, { given: () => new Set(['p']) });
    expect(outside).toMatchObject([{ path: '?', how: 'unresolved' }]);
  });
});

const store = (path: string) => `
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: { name: vault }
spec: { provider: { vault: { server: https://vault.example.net, ${path} } } }
`;
const external = `
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: mail, namespace: mail }
spec:
  secretStoreRef: { kind: ClusterSecretStore, name: vault }
  data:
    - secretKey: password
      remoteRef: { key: apps/mail, property: password }
    - secretKey: relay
      remoteRef:
        key: secret/data/apps/mail
        property: relay
  dataFrom:
    - extract: { key: apps/relay }
    - find: { path: apps }
`;

describe('what the External Secrets operator is told', () => {
  it('is read from YAML, with the engine of its store', async () => {
    const found = await referencesIn({
      'stacks/mail/main.tf': '',
      'stacks/mail/manifests/all.yaml': `${store('path: secret')}---${external}`,
    });
    const at = { mount: 'secret', stack, file: 'stacks/mail/manifests/all.yaml', how: 'ExternalSecret' };
    expect(found).toEqual([
      { ...at, path: 'apps/mail', key: 'password', line: 14 },
      { ...at, path: 'apps/mail', key: 'relay', line: 18 },
      { ...at, path: 'apps/relay', line: 20 },
      { ...at, mount: '?', path: '?', line: 21, how: 'unresolved' },
    ]);
  });

  it('has its engine in the path where the store names none, and no engine where nobody wrote the store down', async () => {
    const file = 'manifests/a.yaml';
    const key = 'key: secret/apps/mail, property: password';
    const one = external.replace('key: apps/mail, property: password', key);
    expect((await referencesIn({ [file]: `${store('version: v2')}---${one}` }))[0]).toMatchObject({
      mount: 'secret',
      path: 'apps/mail',
      how: 'ExternalSecret',
    });
    expect((await referencesIn({ [file]: external }))[0]).toMatchObject({ mount: '?', path: 'apps/mail' });
  });

  it('is nothing of Vault where its store is another service', async () => {
    const other = store('path: x').replace('vault: { server', 'aws: { service');
    expect(await referencesIn({ 'manifests/a.yaml': `${other}---${external}` })).toEqual([]);
  });

  it('is read from manifests in HCL, whatever resource makes them', async () => {
    const spec = `{
    apiVersion = "external-secrets.io/v1", kind = "ExternalSecret", metadata = { name = "mail" }
    spec = {
      secretStoreRef = { kind = "ClusterSecretStore", name = "vault" }
      data = [for key in ["password", "relay"] : { secretKey = key, remoteRef = { key = "apps/mail", property = key } }]
    }
  }`;
    const yaml = { 'manifests/store.yaml': store('path: secret') };
    for (const body of [
      `resource "kubernetes_manifest" "a" {\n  manifest = ${spec}\n}`,
      `resource "kubectl_manifest" "a" {\n  yaml_body = yamlencode(${spec})\n}`,
      `resource "helm_release" "a" {\n  values = [yamlencode({ extraObjects = [${spec}] })]\n}`,
      `resource "kubectl_manifest" "a" {\n  yaml_body = <<-EOT\n${external.trim().replaceAll(/^/gm, '    ')}\n  EOT\n}`,
    ]) {
      const found = await inStack(`${body}\n`, yaml);
      expect(found.slice(0, 2), body).toMatchObject([
        { ...mail, key: 'password', how: 'ExternalSecret' },
        { ...mail, key: 'relay', how: 'ExternalSecret' },
      ]);
    }
  });

  it('is read from what a module of somewhere else, or a chart, is given', async () => {
    const yaml = { 'manifests/store.yaml': store('path: secret') };
    const data = '[{ secretKey = "p", remoteRef = { key = "apps/mail", property = "password" } }]';
    expect(
      await inStack(`module "es" {\n  source = "example.net/secrets/external"\n  data   = ${data}\n}\n`, yaml),
    ).toEqual([{ ...mail, key: 'password', line: 3, how: 'module es' }]);
    expect(
      await inStack(`resource "helm_release" "a" {\n  values = [jsonencode({ secrets = ${data} })]\n}\n`, yaml),
    ).toMatchObject([{ ...mail, key: 'password', how: 'helm_release' }]);
  });

  it('is unresolved where a path is computed', async () => {
    const found = await inStack(`resource "kubernetes_manifest" "a" {
  manifest = { kind = "ExternalSecret", spec = { data = [{ remoteRef = { key = data.http.x.body, property = "p" } }] } }
}
resource "kubernetes_manifest" "b" {
  manifest = { kind = "ExternalSecret", spec = { data = data.http.x.list } }
}
`);
    expect(found).toMatchObject([
      { path: '?', how: 'unresolved', line: 2 },
      { path: '?', how: 'unresolved', line: 5 },
    ]);
  });
});

it('finds every ExternalSecret of the sample homelab', async () => {
  const draw = nameMaker();
  const stacks = drawHomelab(
    Array.from({ length: 40 }, () => draw()),
    draw,
  );
  const modules = join(import.meta.dirname, '../../../test/lab/homelab/files/modules');
  const found = await referencesIn(
    Object.fromEntries([
      ...readdirSync(modules).map((name) => [
        `modules/${name}/main.tf`,
        readFileSync(join(modules, name, 'main.tf'), 'utf8'),
      ]),
      ...stacks.flatMap((one) => [
        [`stacks/${one.name}/main.tf`, stackFile(one)],
        [`stacks/${one.name}/terragrunt.hcl`, terragruntFile(one)],
      ]),
      ['root.hcl', readFileSync(join(modules, '../root.hcl'), 'utf8')],
    ]),
  );
  const expected = everyApp(stacks).flatMap(({ stack: one, app }) =>
    (app.secretKeys ?? []).map((key) => `stacks/${one.name} secret/${vaultPath(one, app)}#${key}`),
  );
  expect(expected.length).toBeGreaterThan(20);
  expect(found.map((one) => `${one.stack} ${one.mount}/${one.path}#${one.key}`).sort()).toEqual(expected.sort());
  expect(found.every(({ file: at, stack: one }) => at === `${one}/main.tf`)).toBe(true);
});
