import { createRedactor } from '../../redaction/index.ts';
import type { Finding } from '../finding.ts';
import { type ScanInput, scanSources } from './scan-sources.ts';

/** A small homelab: one stack that uses two shared modules, reads one secret and a file of its own. */
export type Files = Readonly<Record<string, string>>;

export const homelab: Files = {
  'root.hcl': [
    'locals {',
    '  stack = basename(get_terragrunt_dir())',
    '}',
    'remote_state {',
    '  backend = "pg"',
    '  config  = { schema_name = local.stack }',
    '}',
    '',
  ].join('\n'),
  'stacks/mail/terragrunt.hcl': 'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\n',
  'stacks/mail/main.tf': `
variable "kube_config_path" { type = string }
variable "db_password" {
  type      = string
  sensitive = true
}
variable "secret_path" {
  type    = string
  default = "mail/app"
}
locals {
  memory = "256Mi"
  mount  = "secret"
  labels = { app = "mail", team = "home" }
  apps   = yamldecode(file("\${path.module}/apps.yaml"))
  routes = { web = { host = "mail.example.net", memory = "64Mi" } }
}
data "vault_kv_secret_v2" "mail" {
  mount = local.mount
  name  = var.secret_path
}
module "namespace" {
  source = "../../modules/namespace"
  name   = "mail"
}
module "mail" {
  source    = "../../modules/app"
  name      = "mail"
  namespace = module.namespace.name
  image     = "registry.example.net/mail/mail:1.4.2"
  replicas  = 1
  memory    = local.memory
  env       = { LOG_LEVEL = "info", DB_PASSWORD = data.vault_kv_secret_v2.mail.data["password"] }
}
resource "kubectl_manifest" "claim" {
  yaml_body = yamlencode({
    apiVersion = "v1"
    kind       = "PersistentVolumeClaim"
    metadata   = { name = "mail-data", namespace = module.namespace.name, labels = local.labels }
    spec       = { resources = { requests = { storage = "5Gi" } } }
  })
  lifecycle {
    prevent_destroy = true
    ignore_changes  = [yaml_incluster]
  }
}
output "namespace" {
  value = module.namespace.name
}
`,
  'stacks/mail/apps.yaml': 'apps:\n  - name: web\n',
  'modules/namespace/main.tf': `
variable "name" { type = string }
resource "kubectl_manifest" "namespace" {
  yaml_body = yamlencode({ apiVersion = "v1", kind = "Namespace", metadata = { name = var.name } })
}
output "name" { value = var.name }
`,
  'modules/app/main.tf': `
terraform {
  required_providers {
    kubectl = { source = "gavinbunney/kubectl", version = "1.19.0" }
  }
}
variable "name" { type = string }
variable "namespace" { type = string }
variable "image" { type = string }
variable "replicas" { type = number }
variable "memory" { type = string }
variable "env" { type = map(string) }
variable "min_available" {
  type    = number
  default = null
}
resource "kubectl_manifest" "deployment" {
  yaml_body = yamlencode({
    kind     = "Deployment"
    metadata = { name = var.name, namespace = var.namespace }
    spec = {
      replicas = var.replicas
      template = { spec = { containers = [{
        name      = var.name
        image     = var.image
        env       = [for name, value in var.env : { name = name, value = value }]
        resources = { limits = { memory = var.memory } }
      }] } }
    }
  })
}
resource "kubectl_manifest" "disruption_budget" {
  count     = var.min_available == null ? 0 : 1
  yaml_body = yamlencode({ kind = "PodDisruptionBudget", spec = { minAvailable = var.min_available } })
}
`,
};

const redactor = createRedactor();

export function scan(base: Files, proposed: Files, more: Partial<ScanInput> = {}): Promise<readonly Finding[]> {
  return scanSources({
    base: { files: new Map(Object.entries(base)) },
    proposed: { files: new Map(Object.entries(proposed)) },
    changes: [],
    stack: 'stacks/mail',
    providers: ['gavinbunney/kubectl', 'hashicorp/vault', 'hashicorp/random', 'hashicorp/kubernetes'],
    redact: redactor.text,
    ...more,
  });
}

export const main = 'stacks/mail/main.tf';

/** The homelab with more text at the end of its stack's file. */
export function appended(text: string, files: Files = homelab, file = main): Files {
  return { ...files, [file]: `${files[file] ?? ''}\n${text}\n` };
}

/** The homelab with one text in place of another, which must be there. */
export function replaced(before: string, after: string, files: Files = homelab, file = main): Files {
  const text = files[file] ?? '';
  if (!text.includes(before)) throw new Error(`${file} has no ${before}`);
  return { ...files, [file]: text.replace(before, () => after) };
}

/** `deny scan-provider`, …: what was found, without notes. */
export function serious(findings: readonly Finding[]): readonly string[] {
  return [
    ...new Set(findings.filter(({ verdict }) => verdict !== 'note').map(({ verdict, rule }) => `${verdict} ${rule}`)),
  ];
}
