import { describe, expect, it } from 'vitest';
import type { TreeChange } from '../../iac/repository.ts';
import { type Attack, expectSaid } from './attacks.fixture.ts';
import { appended, type Files, homelab, main, replaced, scan, serious } from './trees.fixture.ts';

const provisioner = (command: string, more = ''): Files =>
  appended(`${more}\nresource "terraform_data" "x" {\n  provisioner "local-exec" {\n    command = ${command}\n  }\n}`);
const hcl = (text: string): Files => ({
  ...homelab,
  'stacks/mail/terragrunt.hcl': `${homelab['stacks/mail/terragrunt.hcl']}${text}\n`,
});
const guarded = (lifecycle: string): Files =>
  appended(`resource "kubectl_manifest" "x" {\n  lifecycle {\n    ${lifecycle}\n  }\n}`);

/** In several files: one could not be read. */
const chain: Files = {
  ...appended('data "vault_kv_secret_v2" "x" {\n  name = local.a9000\n}'),
  ...Object.fromEntries(
    Array.from({ length: 10 }, (_, file) => {
      const lines = Array.from({ length: 1_000 }, (__, index) => file * 1_000 + index);
      const text = lines.map((at) => `  a${at} = ${at === 0 ? '1' : `local.a${at - 1}`}`).join('\n');
      return [`stacks/mail/chain${file}.tf`, `locals {\n${text}\n}\n`];
    }),
  ),
};

const attacks: Readonly<Record<string, Attack>> = {
  'a provisioner': { to: provisioner('"id"'), says: 'consent scan-program' },
  'a provisioner in a module': {
    to: appended(
      'resource "null_resource" "x" {\n  provisioner "remote-exec" {\n    inline = ["id"]\n  }\n}',
      homelab,
      'modules/app/main.tf',
    ),
    says: 'consent scan-program',
  },
  'another command in the local that a provisioner runs': {
    from: provisioner('local.run', 'locals {\n  run = "true"\n}'),
    to: provisioner('local.run', 'locals {\n  run = "id"\n}'),
    says: 'consent scan-program-retargeted',
  },
  'another argument of a module that runs it': {
    from: {
      ...appended('module "x" {\n  source = "../../modules/run"\n  run = "true"\n}'),
      'modules/run/main.tf': `variable "run" {}\nresource "terraform_data" "x" {\n  provisioner "local-exec" {\n    command = <<-EOT\n      set -e\n      \${var.run}\n    EOT\n  }\n}\n`,
    },
    to: {
      ...appended('module "x" {\n  source = "../../modules/run"\n  run = "id"\n}'),
      'modules/run/main.tf': `variable "run" {}\nresource "terraform_data" "x" {\n  provisioner "local-exec" {\n    command = <<-EOT\n      set -e\n      \${var.run}\n    EOT\n  }\n}\n`,
    },
    says: 'consent scan-program-retargeted',
  },
  'a connection': {
    to: appended('resource "terraform_data" "x" {\n  connection {\n    host = "192.0.2.9"\n  }\n}'),
    says: 'consent scan-program',
  },
  'a program that rewrites what Helm renders': {
    to: appended('resource "kubectl_manifest" "x" {\n  postrender {\n    binary_path = "./x"\n  }\n}'),
    says: 'consent scan-program',
  },
  'a program as an attribute': {
    to: appended('resource "kubectl_manifest" "x" {\n  postrender = { binary_path = "./x" }\n}'),
    says: 'consent scan-program',
  },
  'an action': {
    to: appended('action "kubectl_run" "x" {\n  config {\n    command = "id"\n  }\n}'),
    says: 'consent scan-action',
  },
  'a trigger of an action': {
    to: guarded('action_trigger {\n      events  = [after_create]\n      actions = [action.kubectl_run.x]\n    }'),
    says: 'consent scan-program',
  },
  'a removed block': { to: appended('removed {\n  from = kubectl_manifest.claim\n}'), says: 'consent scan-removed' },
  'a removed block that forgets': {
    to: appended('removed {\n  from = kubectl_manifest.claim\n  lifecycle {\n    destroy = false\n  }\n}'),
    says: 'warn scan-forget',
  },
  'a removed block that forgets and runs a program': {
    to: appended(
      'removed {\n  from = terraform_data.x\n  lifecycle {\n    destroy = false\n  }\n  provisioner "local-exec" {\n    when = destroy\n    command = "id"\n  }\n}',
    ),
    says: 'consent scan-removed',
  },
  'an import': {
    to: appended('import {\n  to = kubectl_manifest.claim\n  id = "v1//Secret//x//y"\n}'),
    says: 'consent scan-import',
  },
  'a moved block': {
    to: appended('moved {\n  from = kubectl_manifest.a\n  to = kubectl_manifest.claim\n}'),
    says: 'note scan-moved',
  },
  'a check': {
    to: appended('check "x" {\n  assert {\n    condition = true\n    error_message = "x"\n  }\n}'),
    says: 'warn scan-check',
  },
  'a file that is written': {
    to: appended('resource "local_file" "x" {\n  filename = "/etc/cron.d/x"\n}'),
    says: 'consent scan-local-file',
  },
  'a block nobody knows': { to: appended('exploit "x" {\n}'), says: 'consent scan-unknown-block' },
  'a block inside terraform nobody knows': {
    to: appended('terraform {\n  exploit {\n  }\n}'),
    says: 'consent scan-unknown-block',
  },
  'a setting of the engine': {
    to: appended('terraform {\n  experiments = [x]\n}'),
    says: 'consent scan-engine-setting',
  },

  'a destroy that is no longer prevented': {
    to: replaced('prevent_destroy = true', 'prevent_destroy = false'),
    says: 'consent scan-prevent-destroy',
  },
  'a protection that is gone': { to: replaced('prevent_destroy = true', ''), says: 'consent scan-prevent-destroy' },
  'a protected resource that is gone': {
    to: replaced('"kubectl_manifest" "claim"', '"kubectl_manifest" "other"'),
    says: 'consent scan-prevent-destroy',
  },
  'a protection that an override takes': {
    to: {
      ...homelab,
      'stacks/mail/main_override.tf':
        'resource "kubectl_manifest" "claim" {\n  lifecycle {\n    prevent_destroy = false\n  }\n}\n',
    },
    says: 'consent scan-prevent-destroy',
  },
  'more differences that are ignored': {
    to: replaced('[yaml_incluster]', '[yaml_incluster, yaml_body]'),
    says: 'warn scan-ignore-changes',
  },
  'all differences that are ignored': { to: replaced('[yaml_incluster]', 'all'), says: 'warn scan-ignore-changes' },
  'another order of replacement': {
    from: guarded('create_before_destroy = true'),
    to: guarded('create_before_destroy = false'),
    says: 'warn scan-create-before-destroy',
  },
  'a trigger of replacement that is gone': {
    from: guarded('replace_triggered_by = [terraform_data.a]'),
    to: guarded('replace_triggered_by = []'),
    says: 'warn scan-replace-trigger',
  },

  'a precondition that is gone': {
    from: guarded('precondition {\n      condition = local.memory != ""\n      error_message = "x"\n    }'),
    to: guarded(''),
    says: 'warn scan-check-changed',
  },
  'configuration as JSON': { to: { ...homelab, 'stacks/mail/x.tf.json': '{}' }, says: 'consent scan-json-source' },
  'a file for OpenTofu in place of another': {
    to: { ...homelab, 'stacks/mail/main.tofu': '\n' },
    says: 'consent scan-shadowed-source',
  },
  'a file that is no HCL': { to: appended('resource "x" {'), says: 'deny scan-invalid-hcl' },
  'a file of Terragrunt that is no HCL': { to: hcl('a = '), says: 'deny scan-invalid-hcl' },
  'a nest without end': {
    to: appended(`output "x" {\n  value = ${'['.repeat(3_000)}${']'.repeat(3_000)}\n}`),
    says: 'deny scan-invalid-hcl',
  },
  'a file without end': { to: appended(`# ${'x'.repeat(1_100_000)}`), says: 'deny scan-invalid-hcl' },
  'data without end': { to: { ...homelab, 'a.yaml': 'x'.repeat(2_000_001) }, says: 'deny scan-too-large' },
  'locals that refer to themselves': {
    to: appended('locals {\n  a = local.b\n  b = local.a\n}\noutput "x" {\n  value = local.a\n}'),
    says: 'consent scan-cycle',
  },
  'locals that double each other': {
    to: appended(
      `locals {\n  a0 = 1\n${Array.from({ length: 60 }, (_, index) => `  a${index + 1} = [local.a${index}, local.a${index}]`).join('\n')}\n}\ndata "vault_kv_secret_v2" "x" {\n  name = local.a60\n}`,
    ),
    says: 'consent scan-data',
  },
  'locals in a chain longer than the scan can follow': { to: chain, says: 'deny scan-too-large' },
  'a module that calls itself': { to: appended('module "x" {\n  source = "./"\n}'), says: 'deny scan-too-large' },

  'a program Terragrunt runs': { to: hcl('locals {\n  x = run_cmd("id")\n}'), says: 'consent scan-terragrunt-call' },
  'the environment of Terragrunt, in a template': {
    to: hcl(`inputs = {\n  x = "a\${get_env("VAULT_TOKEN")}"\n}`),
    says: 'consent scan-terragrunt-call',
  },
  'a secret Terragrunt decrypts': {
    to: hcl('locals {\n  x = sops_decrypt_file("x.yaml")\n}'),
    says: 'consent scan-terragrunt-call',
  },
  'another file Terragrunt runs': {
    to: hcl('locals {\n  x = read_terragrunt_config("/tmp/x.hcl")\n}'),
    says: 'consent scan-terragrunt-call',
  },
  'a file Terragrunt reads': { to: hcl('locals {\n  x = file("/etc/passwd")\n}'), says: 'consent scan-file-call' },
  'a hook': {
    to: hcl('terraform {\n  before_hook "x" {\n    commands = ["plan"]\n    execute  = ["sh", "-c", "id"]\n  }\n}'),
    says: 'consent scan-program',
  },
  'another source of a stack': {
    to: hcl(`terraform {\n  source = "git::https://git.example.net/x.git"\n}`),
    says: 'deny scan-module-source',
  },
  'provider sources that are generated': {
    to: hcl('generate "x" {\n  path = "x.tf"\n  contents = "provider \\"x\\" {}"\n}'),
    says: 'deny scan-provider',
  },
  'sources that are generated': {
    to: hcl('generate "x" {\n  path = "x.txt"\n  contents = "x"\n}'),
    says: 'consent scan-terragrunt-setting',
  },
  'another state': { to: replaced('"pg"', '"local"', homelab, 'root.hcl'), says: 'deny scan-state' },
  'a state that is gone': { to: { ...homelab, 'root.hcl': 'locals {\n}\n' }, says: 'deny scan-state' },
  'another engine': { to: hcl('terraform_binary = "/tmp/x"'), says: 'consent scan-terragrunt-setting' },
  'arguments for the engine': {
    to: hcl(
      'terraform {\n  extra_arguments "x" {\n    commands = ["plan"]\n    env_vars = { TF_LOG = "trace" }\n  }\n}',
    ),
    says: 'consent scan-terragrunt-setting',
  },
  'outputs of another stack': {
    to: hcl('dependency "x" {\n  config_path = "../vault"\n}'),
    says: 'consent scan-terragrunt-setting',
  },
};

describe('the scan tells of what would run, or be left unguarded', () => {
  it.each(Object.entries(attacks))('%s', (_, attack) => expectSaid(attack));

  it('shows the command, cut to 200 characters', async () => {
    const findings = await scan(homelab, provisioner(`"echo ${'long '.repeat(100)}"`));
    const message = findings.find(({ rule }) => rule === 'scan-program')?.message ?? '';
    expect(message).toContain(': command = "echo long long');
    expect(message.slice(message.indexOf(': command') + 2)).toHaveLength(200);
  });

  it('shows no secret of a command, and no character that moves the cursor', async () => {
    const secret = `s3cr3t${crypto.randomUUID()}`;
    const override = String.fromCodePoint(0x202e);
    const findings = await scan(
      homelab,
      provisioner(`"curl --password '${secret}' https://x.example.net # ${override}"`),
    );
    const message = findings.find(({ rule }) => rule === 'scan-program')?.message ?? '';
    expect(message).toContain('curl');
    expect(message).not.toContain(secret);
    expect(message).not.toContain(override);
  });

  it('shows no half of a secret that the end of what is shown cuts through', async () => {
    const secret = `s3cr3t${crypto.randomUUID().replaceAll('-', '')}`;
    const command = `psql ${'-q '.repeat(50)} postgres://mail:${secret}@db.example.net/mail`;
    const findings = await scan(homelab, provisioner(JSON.stringify(command)));
    expect(JSON.stringify(findings)).not.toContain(secret.slice(0, 6));
  });

  it('shows no name either that the redactor knows for a secret', async () => {
    const name = `n${crypto.randomUUID().slice(0, 8)}`;
    const redact = (text: string) => ({ text: text.replaceAll(name, '«redacted»'), counts: {} });
    const findings = await scan(homelab, appended(`data "vault_kv_secret_v2" "${name}" {\n}`), { redact });
    expect(JSON.stringify(findings)).toContain('«redacted»');
    expect(JSON.stringify(findings)).not.toContain(name);
  });

  it('says nothing of a protected resource that moved to another folder with its protection', async () => {
    const block = 'resource "kubectl_manifest" "kept" {\n  lifecycle {\n    prevent_destroy = true\n  }\n}';
    expect(serious(await scan(appended(block), appended(block, homelab, 'modules/namespace/main.tf')))).toEqual([]);
  });

  it('goes on to tell the rest when one file cannot be read', async () => {
    const findings = await scan(homelab, { ...appended('data "http" "x" {\n}'), 'stacks/mail/broken.tf': 'x {' });
    expect(serious(findings)).toEqual(expect.arrayContaining(['deny scan-invalid-hcl', 'consent scan-data-http']));
    expect(findings[0]).toMatchObject({ file: 'stacks/mail/broken.tf', line: 1 });
  });

  it.each(['x.tf', 'x.hcl', 'x.auto.tfvars', 'x.tf.json'])(
    'denies %s that is or was a link or no text',
    async (name) => {
      const path = `stacks/mail/${name}`;
      const link: TreeChange = { path, before: undefined, after: { mode: '120000', blob: 'a'.repeat(40) } };
      const gone: TreeChange = { path, before: link.after, after: undefined };
      for (const change of [link, gone]) {
        const findings = await scan(homelab, homelab, { changes: [change] });
        expect(findings).toContainEqual(
          expect.objectContaining({ rule: 'scan-unseen-source', verdict: 'deny', file: path }),
        );
      }
    },
  );

  it('asks for consent for what is no text beside the sources', async () => {
    const binary = (path: string): TreeChange => ({
      path,
      before: undefined,
      after: { mode: '100644', blob: 'a'.repeat(40) },
    });
    const changes = [binary('stacks/mail/x.tpl'), binary('docs/x.png')];
    const findings = await scan(homelab, homelab, { changes });
    expect(findings.map(({ rule, file }) => `${rule} ${file}`)).toEqual(['scan-unseen-data stacks/mail/x.tpl']);
  });

  it('denies a file that was unreadable already when something around it changes', async () => {
    const broken: Files = { ...homelab, 'stacks/mail/broken.tf': 'x {' };
    expect(serious(await scan(broken, { ...broken, [main]: `${broken[main]}\n# more\n` }))).toEqual([
      'deny scan-invalid-hcl',
    ]);
  });
});
