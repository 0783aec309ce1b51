import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readStackGraph } from '../stacks/read.ts';
import { secretReferences } from './find.ts';

const referencesIn = async (sources: Readonly<Record<string, string>>) => {
  const tree = { files: new Map(Object.entries(sources)) };
  return secretReferences(tree, await readStackGraph(tree, { stacks: ['stacks/*'], modules: ['modules/*'] }));
};
const file = 'stacks/mail/main.tf';
const source = (name = '"apps/mail"') =>
  `data "vault_kv_secret_v2" "mail" {\n  mount = "secret"\n  name  = ${name}\n}\n`;
const use = 'output "p" { value = data.vault_kv_secret_v2.mail.data["password"] }\n';
const unresolved = { mount: '?', path: '?', how: 'unresolved' };

/** Whoever writes the source must not be able to hang the keep, or to make a reference vanish. */
describe('a source that was made to', () => {
  it('go in circles comes to an end, and what does not stand in one is told', async () => {
    const circle = `
locals {
  a = local.b
  b = local.a
  s = local.t["x"]
  t = local.s
  u = { x = local.u }
  whole = data.vault_kv_secret_v2.mail
  round = local.round.data
}
output "o" { value = [local.a["k"], local.s, local.u.x, local.round["k"]] }
`;
    expect(await referencesIn({ [file]: `${source()}${use}${circle}` })).toMatchObject([
      { path: 'apps/mail', key: 'password' },
    ]);
    expect(await referencesIn({ [file]: `${source('local.a')}${circle}` })).toMatchObject([unresolved]);
    const modules = {
      [file]: `${source()}module "m" { source = "../../modules/a" }\n`,
      'modules/a/main.tf': `module "b" { source = "../b" }\n${source()}`,
      'modules/b/main.tf': 'module "a" { source = "../a" }\n',
    };
    expect((await referencesIn(modules)).length).toBeGreaterThanOrEqual(2);
  });

  it('be too large to read is told as unresolved', async () => {
    const huge = `${source()}# ${'x'.repeat(1_000_001)}\n`;
    expect(await referencesIn({ [file]: huge })).toEqual([{ ...unresolved, file, line: 1, stack: 'stacks/mail' }]);
    const yaml = `kind: ExternalSecret\n---\n${'---\na: 1\n'.repeat(2_000)}`;
    expect(await referencesIn({ 'manifests/a.yaml': yaml })).toMatchObject([
      { ...unresolved, file: 'manifests/a.yaml' },
    ]);
  });

  it('grow as it is worked out is told as far as it was, and as unresolved for the rest', async () => {
    const doubling = Array.from({ length: 40 }, (_, n) => `  l${n + 1} = [local.l${n}, local.l${n}]\n`).join('');
    const grown = `locals {\n  l0 = [{ remoteRef = { key = "secret/a", property = "p" } }]\n${doubling}}
resource "helm_release" "a" {\n  values = [yamlencode({ all = local.l40 })]\n}\n`;
    expect(await referencesIn({ [file]: `${grown}${source()}` })).toHaveLength(2);
    const many = `module "m" {\n  count  = 1000\n  source = "../../modules/a"\n}\n${source()}`;
    const deep = {
      [file]: many,
      'modules/a/main.tf': 'module "b" {\n  count  = 1000\n  source = "../b"\n}\n',
      'modules/b/main.tf': `module "c" {\n  count  = 1000\n  source = "../c"\n}\n${source()}`,
      'modules/c/main.tf': source(),
    };
    expect(await referencesIn(deep)).toContainEqual({ ...unresolved, file, line: 1, stack: 'stacks/mail' });
  });

  it('hide in what the parser does not read, or in a file that changes the others, is told as unresolved', async () => {
    const own = { [file]: `${source()}${use}` };
    for (const name of ['more.tf.json', 'more.tofu', 'more.tofu.json', 'override.tf', 'main_override.tf']) {
      const found = await referencesIn({ ...own, [`stacks/mail/${name}`]: source() });
      expect(found, name).toContainEqual({ ...unresolved, file: `stacks/mail/${name}`, line: 1, stack: 'stacks/mail' });
    }
    expect(await referencesIn({ 'stacks/mail/a.tf.json': '{"data":{"vault_kv_secret_v2":{}}}' })).toHaveLength(1);
    const broken = { [file]: `${source()}resource {{{` };
    expect(await referencesIn(broken)).toMatchObject([unresolved]);
  });

  it('have no number of instances that can be told keeps its references', async () => {
    const each = source('each.key').replace('{\n', '{\n  for_each = toset(split(",", file("names")))\n');
    expect(await referencesIn({ [file]: each })).toMatchObject([unresolved]);
    const counted = source().replace('{\n', '{\n  count = length(data.http.x.list)\n');
    expect(await referencesIn({ [file]: counted })).toMatchObject([{ mount: 'secret', path: 'apps/mail' }]);
    const none = source().replace('{\n', '{\n  count = 0\n');
    expect(await referencesIn({ [file]: none })).toEqual([]);
  });

  it('expand YAML by aliases gets nothing expanded', async () => {
    const bomb = ['a: &a0 { remoteRef: { key: x, property: y } }'];
    for (let n = 1; n <= 30; n++) bomb.push(`b${n}: &a${n} [*a${n - 1}, *a${n - 1}]`);
    expect(await referencesIn({ 'm.yaml': `${bomb.join('\n')}\n` })).toHaveLength(1);
    for (const depth of [200, 1_000, 50_000]) {
      const inner = '{ remoteRef: { key: x } }';
      const deep = `kind: List\nspec: ${'['.repeat(depth)}${inner}${']'.repeat(depth)}\n`;
      expect(await referencesIn({ 'm.yaml': deep })).toMatchObject([{ how: 'unresolved', line: 1 }]);
    }
    const template = 'kind: ExternalSecret\nspec:\n  {{- range .Values.keys }}\n  x: {{ . }}\n';
    expect(await referencesIn({ 'm.yaml': template })).toMatchObject([{ how: 'unresolved' }]);
  });
});

it('never throws, and says a line and a file of the tree for all it says, whatever the source is', async () => {
  const piece = fc.constantFrom(
    source(),
    source('local.x'),
    use,
    'locals { x = "a" }\n',
    'locals {\n  x = local.y\n  y = local.x\n}\n',
    'module "m" {\n  source = "../../modules/m"\n  x = { remoteRef = { key = "k" } }\n}\n',
    'resource "kubernetes_manifest" "e" {\n  manifest = { kind = "ExternalSecret", spec = { data = [1, null, { remoteRef = "x" }, { remoteRef = {} }] } }\n}\n',
    'kind: ExternalSecret\nspec: { data: [~, { remoteRef: { key: [1] } }], dataFrom: 7 }\n---\n',
    'kind: ClusterSecretStore\nmetadata: { name: 7 }\nspec: { provider: { vault: { path: {} } } }\n---\n',
    '}\n',
    '"',
  );
  const name = fc.constantFrom(file, 'stacks/mail/b.tf', 'modules/m/main.tf', 'a.yaml', 'stacks/mail/x.yml');
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, fc.array(piece, { maxLength: 4 })), async (drawn) => {
      const sources = Object.fromEntries(Object.entries(drawn).map(([path, pieces]) => [path, pieces.join('')]));
      for (const one of await referencesIn(sources)) {
        expect(sources).toHaveProperty([one.file]);
        expect(one.line).toBeGreaterThanOrEqual(1);
        expect(one.line).toBeLessThanOrEqual((sources[one.file] ?? '').split('\n').length);
        expect(one.path === '?').toBe(one.how === 'unresolved');
      }
    }),
    { numRuns: 60 },
  );
});
