import { describe, it } from 'vitest';
import { type Attack, expectSaid } from './attacks.fixture.ts';
import { appended, type Files, homelab, main, replaced } from './trees.fixture.ts';

const withFile = (path: string, text: string, files: Files = homelab): Files => ({ ...files, [path]: text });

/** The homelab in which something already reads: what is attacked is what it is made of. */
const reads = (text: string): Files => appended(text);

const inputs: Files = withFile(
  'stacks/mail/terragrunt.hcl',
  `${homelab['stacks/mail/terragrunt.hcl']}inputs = yamldecode(file("inputs.yaml"))\n`,
);

const attacks: Readonly<Record<string, Attack>> = {
  'a provider block': {
    to: appended('provider "kubernetes" {\n  host = "https://192.0.2.9"\n}'),
    says: 'deny scan-provider',
  },
  'a provider block in a module': {
    to: appended('provider "kubectl" {\n  host = "https://192.0.2.9"\n}', homelab, 'modules/app/main.tf'),
    says: 'deny scan-provider',
  },
  'another host in a provider block': {
    from: reads('provider "kubectl" {\n  host = "https://192.0.2.1"\n}'),
    to: reads('provider "kubectl" {\n  host = "https://192.0.2.9"\n}'),
    says: 'deny scan-provider',
  },
  'another host in the local a provider block reads': {
    from: reads('locals {\n  api = "https://192.0.2.1"\n}\nprovider "kubectl" {\n  host = local.api\n}'),
    to: reads('locals {\n  api = "https://192.0.2.9"\n}\nprovider "kubectl" {\n  host = local.api\n}'),
    says: 'deny scan-provider-retargeted',
  },
  'a provider block that is gone': {
    from: reads('provider "kubectl" {\n  host = "https://192.0.2.1"\n}'),
    to: homelab,
    says: 'consent scan-provider-removed',
  },
  'a provider source outside the allowed ones': {
    to: appended('terraform {\n  required_providers {\n    shell = { source = "scottwinkler/shell" }\n  }\n}'),
    says: 'deny scan-provider-refused',
  },
  'a provider of an allowed name on another host': {
    to: appended(
      'terraform {\n  required_providers {\n    kubectl = { source = "registry.example.net/gavinbunney/kubectl" }\n  }\n}',
    ),
    says: 'deny scan-provider-refused',
  },
  'a provider source that is said twice': {
    to: appended(
      'terraform {\n  required_providers {\n    vault = { source = "hashicorp/vault", source = "evil/vault" }\n  }\n}',
    ),
    says: 'deny scan-provider-refused',
  },
  'a provider source under a computed key': {
    to: appended('terraform {\n  required_providers {\n    vault = { (local.memory) = "evil/vault" }\n  }\n}'),
    says: 'deny scan-provider-refused',
  },
  'another version of an allowed provider': {
    to: replaced('1.19.0', '1.18.0', homelab, 'modules/app/main.tf'),
    says: 'consent scan-required-provider',
  },
  'another source under the name of a known provider': {
    to: replaced('gavinbunney/kubectl', 'alekc/kubectl', homelab, 'modules/app/main.tf'),
    says: 'deny scan-provider-refused',
  },
  'a resource whose provider nobody declared': {
    to: appended('resource "shell_script" "x" {\n}'),
    says: 'deny scan-provider-refused',
  },
  provider_meta: {
    to: appended('terraform {\n  provider_meta "kubectl" {\n    module = "x"\n  }\n}'),
    says: 'consent scan-provider-meta',
  },
  'another provider configuration for a module': {
    to: replaced(
      'source    = "../../modules/app"',
      'source    = "../../modules/app"\n  providers = { kubectl = kubectl.admin }',
    ),
    says: 'consent scan-provider-choice',
  },
  'no longer the provider configuration that was chosen': {
    from: reads('resource "kubectl_manifest" "x" {\n  provider = kubectl.small\n}'),
    to: reads('resource "kubectl_manifest" "x" {\n}'),
    says: 'consent scan-provider-choice',
  },
  'a function of a provider': {
    to: appended('output "x" {\n  value = provider::kubernetes::manifest_decode("a")\n}'),
    says: 'consent scan-provider-function',
  },

  'a new data source': {
    to: appended('data "kubernetes_secret" "x" {\n  metadata {\n    name = "vault-token"\n  }\n}'),
    says: 'consent scan-data',
    at: `${main}:51`,
  },
  'a data source that runs a program': {
    to: appended('data "external" "x" {\n  program = ["sh", "-c", "id"]\n}'),
    says: 'deny scan-data-program',
  },
  'a data source that sends a request': {
    to: appended('data "http" "x" {\n  url = "http://192.0.2.9/"\n}'),
    says: 'consent scan-data-http',
  },
  'a data source inside a check': {
    to: appended(
      'check "x" {\n  data "http" "x" {\n    url = "http://192.0.2.9/"\n  }\n  assert {\n    condition = true\n    error_message = "x"\n  }\n}',
    ),
    says: 'consent scan-data-http',
  },
  'a data source that reads files': {
    to: appended('data "local_file" "x" {\n  filename = "/etc/passwd"\n}'),
    says: 'consent scan-data-file',
  },
  'another argument of a data source': {
    to: replaced('mount = local.mount', 'mount = "root"'),
    says: 'consent scan-data',
  },
  'another local that a data source reads': {
    to: replaced('mount  = "secret"', 'mount  = "root"'),
    says: 'consent scan-data-retargeted',
  },
  'another default of a variable that a data source reads': {
    to: replaced('default = "mail/app"', 'default = "vault/root"'),
    says: 'consent scan-data-retargeted',
  },
  'another default inside the type of a variable that a data source reads': {
    from: replaced(
      'name  = var.secret_path',
      'name = var.at.path',
      reads('variable "at" {\n  type = object({ path = optional(string, "mail/app") })\n  default = {}\n}'),
    ),
    to: replaced(
      'name  = var.secret_path',
      'name = var.at.path',
      reads('variable "at" {\n  type = object({ path = optional(string, "vault/root") })\n  default = {}\n}'),
    ),
    says: 'consent scan-data-retargeted',
  },
  'a variable file that sets what a data source reads': {
    to: withFile('stacks/mail/terraform.tfvars', 'secret_path = "vault/root"\n'),
    says: 'consent scan-data-retargeted',
  },
  'a variable file as JSON that sets what a data source reads': {
    to: withFile('stacks/mail/x.auto.tfvars.json', '{"secret_path": "vault/root"}'),
    says: 'consent scan-data-retargeted',
  },
  'another value in a variable file that was there': {
    from: withFile('stacks/mail/mail.tfvars', 'secret_path = "mail/app"\n'),
    to: withFile('stacks/mail/mail.tfvars', 'secret_path = "vault/root"\n'),
    says: 'consent scan-data-retargeted',
  },
  'another value in a variable file as JSON': {
    from: withFile('stacks/mail/mail.tfvars.json', '{"secret_path": "mail/app"}'),
    to: withFile('stacks/mail/mail.tfvars.json', '{"secret_path": "vault/root"}'),
    says: 'consent scan-data-retargeted',
  },
  'data that Terragrunt reads into inputs': {
    from: withFile('stacks/mail/inputs.yaml', 'secret_path: mail/app\n', inputs),
    to: withFile('stacks/mail/inputs.yaml', 'secret_path: vault/root\n', inputs),
    says: 'consent scan-data-retargeted',
  },
  'an input of Terragrunt that a data source reads': {
    to: withFile(
      'stacks/mail/terragrunt.hcl',
      `${homelab['stacks/mail/terragrunt.hcl']}inputs = {\n  secret_path = "vault/root"\n}\n`,
    ),
    says: 'consent scan-data-retargeted',
  },
  'a local made of another, in a heredoc, that a data source reads': {
    from: replaced(
      'mount = local.mount',
      'mount = local.joined',
      reads(`locals {\n  part = "secret"\n  joined = trimspace(<<-EOT\n    \${local.part}\n  EOT\n  )\n}`),
    ),
    to: replaced(
      'part = "secret"',
      'part = "root"',
      replaced(
        'mount = local.mount',
        'mount = local.joined',
        reads(`locals {\n  part = "secret"\n  joined = trimspace(<<-EOT\n    \${local.part}\n  EOT\n  )\n}`),
      ),
    ),
    says: 'consent scan-data-retargeted',
  },
  'data in YAML that a data source reads': {
    from: reads(
      'data "vault_kv_secret_v2" "each" {\n  for_each = { for app in local.apps.apps : app.name => app }\n  mount    = "secret"\n  name     = each.key\n}',
    ),
    to: withFile(
      'stacks/mail/apps.yaml',
      'apps:\n  - name: ../vault/root\n',
      reads(
        'data "vault_kv_secret_v2" "each" {\n  for_each = { for app in local.apps.apps : app.name => app }\n  mount    = "secret"\n  name     = each.key\n}',
      ),
    ),
    says: 'consent scan-data-retargeted',
  },
  'one more file of a list that a data source repeats over': {
    from: reads(
      `data "vault_kv_secret_v2" "each" {\n  for_each = fileset(path.module, "secrets/*")\n  name     = each.key\n}`,
    ),
    to: withFile(
      'stacks/mail/secrets/root',
      '',
      reads(
        `data "vault_kv_secret_v2" "each" {\n  for_each = fileset(path.module, "secrets/*")\n  name     = each.key\n}`,
      ),
    ),
    says: 'consent scan-data-retargeted',
  },
  'a new key of what a data source repeats over': {
    from: reads('data "vault_kv_secret_v2" "each" {\n  for_each = toset(["a"])\n  name     = each.key\n}'),
    to: reads('data "vault_kv_secret_v2" "each" {\n  for_each = toset(["a", "b"])\n  name     = each.key\n}'),
    says: 'consent scan-data',
  },
  'an argument of a module whose data source reads it': {
    from: {
      ...reads('module "secret" {\n  source = "../../modules/secret"\n  path   = "mail/app"\n}'),
      'modules/secret/main.tf':
        'variable "path" { type = string }\ndata "vault_kv_secret_v2" "this" {\n  name = var.path\n}\n',
    },
    to: {
      ...reads('module "secret" {\n  source = "../../modules/secret"\n  path   = "vault/root"\n}'),
      'modules/secret/main.tf':
        'variable "path" { type = string }\ndata "vault_kv_secret_v2" "this" {\n  name = var.path\n}\n',
    },
    says: 'consent scan-data-retargeted',
    at: `${main}:51`,
  },
  'one more call of a module that has a data source': {
    from: { ...homelab, 'modules/secret/main.tf': 'data "vault_kv_secret_v2" "this" {\n  name = "root"\n}\n' },
    to: {
      ...reads('module "secret" {\n  source = "../../modules/secret"\n}'),
      'modules/secret/main.tf': 'data "vault_kv_secret_v2" "this" {\n  name = "root"\n}\n',
    },
    says: 'consent scan-data',
    at: `${main}:51`,
  },
  'another output of a module that a data source reads': {
    from: replaced('mount = local.mount', 'mount = module.namespace.name'),
    to: replaced(
      'output "name" { value = var.name }',
      'output "name" { value = "root" }',
      replaced('mount = local.mount', 'mount = module.namespace.name'),
      'modules/namespace/main.tf',
    ),
    says: 'consent scan-data-retargeted',
  },
  'a data source of another stack, moved into this one': {
    from: withFile('stacks/vault/main.tf', 'data "vault_kv_secret_v2" "root" {\n  name = "vault/root"\n}\n'),
    to: withFile('stacks/vault/main.tf', '\n', reads('data "vault_kv_secret_v2" "root" {\n  name = "vault/root"\n}')),
    says: 'consent scan-data',
  },
  'a second data source just like the first': {
    to: withFile(
      'stacks/mail/more.tf',
      'data "vault_kv_secret_v2" "mail" {\n  mount = local.mount\n  name  = var.secret_path\n}\n',
    ),
    says: 'consent scan-data',
  },
  'an ephemeral block': {
    to: appended('ephemeral "vault_kv_secret_v2" "x" {\n  name = "root"\n}'),
    says: 'consent scan-ephemeral',
  },
  'state from a file': {
    to: appended(
      'data "terraform_remote_state" "x" {\n  backend = "local"\n  config = { path = "/state/vault.tfstate" }\n}',
    ),
    says: 'deny scan-remote-state-refused',
  },
  'state from a URL, named by a local': {
    to: appended('locals {\n  kind = "http"\n}\ndata "terraform_remote_state" "x" {\n  backend = local.kind\n}'),
    says: 'deny scan-remote-state-refused',
  },
  'state of a kind that is computed': {
    to: appended('data "terraform_remote_state" "x" {\n  backend = lower(var.secret_path)\n}'),
    says: 'deny scan-remote-state-refused',
  },
  'state of another stack': {
    to: appended('data "terraform_remote_state" "x" {\n  backend = "pg"\n}'),
    says: 'consent scan-remote-state',
  },
};

describe('the scan tells of what would be read', () => {
  it.each(Object.entries(attacks))('%s', (_, attack) => expectSaid(attack));
});
