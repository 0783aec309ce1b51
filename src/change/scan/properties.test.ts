import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../finding.ts';
import { type Files, homelab, main, scan } from './trees.fixture.ts';

/** Blocks of every kind that matters, each with names of its own. */
const blocks: readonly ((name: string) => string)[] = [
  (name) => `data "vault_kv_secret_v2" "${name}" {\n  name = var.secret_path\n}`,
  (name) => `data "http" "${name}" {\n  url = "https://a.example.net/\${local.mount}"\n}`,
  (name) => `provider "kubectl" {\n  alias = "${name}"\n  host  = local.memory\n}`,
  (name) => `locals {\n  ${name} = file("\${path.module}/apps.yaml")\n}`,
  (name) => `locals {\n  ${name} = nonsensitive(var.db_password)\n}`,
  (name) =>
    `resource "terraform_data" "${name}" {\n  provisioner "local-exec" {\n    command = "echo \${local.memory}"\n  }\n}`,
  (name) => `output "${name}" {\n  value = data.vault_kv_secret_v2.mail.data\n}`,
  (name) =>
    `resource "kubectl_manifest" "${name}" {\n  for_each = toset(keys(data.vault_kv_secret_v2.mail.data))\n  name     = each.key\n  dynamic "x" {\n    for_each = [1]\n    content {\n      y = x.value\n    }\n  }\n}`,
  (name) => `module "${name}" {\n  source = "../../modules/namespace"\n  name   = "${name}"\n}`,
  (name) => `module "${name}" {\n  source = "git::https://git.example.net/x.git"\n}`,
  (name) =>
    `check "${name}" {\n  assert {\n    condition     = local.memory != ""\n    error_message = "is \${local.memory}"\n  }\n}`,
  (name) => `variable "${name}" {\n  sensitive = true\n}`,
  (name) => `resource "kubectl_manifest" "${name}" {\n  lifecycle {\n    prevent_destroy = true\n  }\n}`,
  () => 'terraform {\n  backend "pg" {}\n}',
  () => 'import {\n  to = kubectl_manifest.claim\n  id = "x"\n}',
  (name) => `# ${name}`,
];

const someBlocks = fc
  .array(fc.nat({ max: blocks.length - 1 }), { maxLength: 6 })
  .map((picked) => picked.map((index, at) => blocks[index]?.(`b${at}_${index}`) ?? ''));

const withBlocks = (more: readonly string[], files: Files = homelab, file = main): Files => ({
  ...files,
  [file]: [files[file] ?? '', ...more].join('\n\n').concat('\n'),
});

/** What must not get lost: which rule says what of which file. */
const told = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ verdict, rule, file }) => `${verdict} ${rule} ${file}`);

const runs = { numRuns: 25 };

describe('for any sources', () => {
  it('nothing is said when nothing differs', async () => {
    await fc.assert(
      fc.asyncProperty(someBlocks, async (more) => {
        expect(await scan(withBlocks(more), withBlocks(more))).toEqual([]);
      }),
      runs,
    );
  });

  it('nothing is said of layout, comments, order and other files', async () => {
    await fc.assert(
      fc.asyncProperty(someBlocks, async (more) => {
        const base = withBlocks(more);
        const moved = {
          ...homelab,
          'stacks/mail/more.tf': [...more].reverse().join('\n # and\n\n').replaceAll(' = ', '  =  '),
        };
        expect(told(await scan(base, moved)).filter((line) => !line.startsWith('note'))).toEqual([]);
      }),
      runs,
    );
  });

  it('a larger change is told of with all that a smaller one is', async () => {
    await fc.assert(
      fc.asyncProperty(someBlocks, someBlocks, async (some, more) => {
        const small = await scan(homelab, withBlocks(some));
        const large = await scan(
          homelab,
          withBlocks([...some, ...more.map((text) => text.replaceAll(/\bb(\d)_/g, 'c$1_'))]),
        );
        expect(told(large)).toEqual(expect.arrayContaining([...told(small)]));
      }),
      runs,
    );
  });

  it('findings are sorted: what denies first, then by file and line', async () => {
    await fc.assert(
      fc.asyncProperty(someBlocks, async (more) => {
        const findings = await scan(homelab, withBlocks(more));
        const order = ['deny', 'consent', 'warn', 'note'];
        const keys = findings.map(
          ({ verdict, file = '', line = 0 }) => `${order.indexOf(verdict)} ${file} ${String(line).padStart(6, '0')}`,
        );
        expect(keys).toEqual([...keys].sort());
      }),
      runs,
    );
  });

  it('whatever a file holds, the scan answers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (text) => {
        const findings = await scan(homelab, { ...homelab, 'stacks/mail/x.tf': text, 'stacks/mail/x.yaml': text });
        for (const { file = '', message } of findings) expect(`${file}${message}`).toMatch(/^[^\p{Cc}]*$/u);
      }),
      runs,
    );
  });
});
