import { describe, it } from 'vitest';
import { type Attack, expectSaid } from './attacks.fixture.ts';
import { appended, type Files, homelab, main, replaced } from './trees.fixture.ts';

const withFile = (path: string, text: string, files: Files = homelab): Files => ({ ...files, [path]: text });

/** The homelab in which something already reads: what is attacked is what it is made of. */
const reads = (text: string): Files => appended(text);

const remote = 'git::https://git.example.net/modules/app.git';

const attacks: Readonly<Record<string, Attack>> = {
  'a file of the machine': {
    to: appended('output "x" {\n  value = file("/etc/passwd")\n}'),
    says: 'deny scan-file-outside',
    at: `${main}:52`,
  },
  'the environment of the process, through a local': {
    to: appended(`locals {\n  where = "/proc/self"\n}\noutput "x" {\n  value = file("\${local.where}/environ")\n}`),
    says: 'deny scan-file-outside',
  },
  'a file of the machine, through the default of a variable': {
    to: appended('variable "from" { default = "/root" }\noutput "x" {\n  value = filebase64(var.from)\n}'),
    says: 'deny scan-file-outside',
  },
  'a file of the machine, through an argument of a module': {
    from: { ...homelab, 'modules/tpl/main.tf': 'variable "from" {}\noutput "x" { value = file(var.from) }\n' },
    to: {
      ...appended('module "tpl" {\n  source = "../../modules/tpl"\n  from   = "/etc/shadow"\n}'),
      'modules/tpl/main.tf': 'variable "from" {}\noutput "x" { value = file(var.from) }\n',
    },
    says: 'deny scan-file-outside',
    at: `${main}:51`,
  },
  'a file of the machine, in one branch': {
    to: appended('output "x" {\n  value = file(local.memory == "" ? "a.txt" : "/etc/passwd")\n}'),
    says: 'deny scan-file-outside',
  },
  'a key of git-crypt': {
    to: appended(`output "x" {\n  value = filesha256("\${path.module}/../../.git/git-crypt/keys/default")\n}`),
    says: 'deny scan-file-outside',
  },
  'a file of another stack, under the name of the core functions': {
    to: appended('output "x" {\n  value = core::file("../vault/secrets.yaml")\n}'),
    says: 'deny scan-file-outside',
  },
  'a file in the home directory': {
    to: appended('output "x" {\n  value = file("~/.ssh/id")\n}'),
    says: 'deny scan-file-outside',
  },
  'a list of files outside, by its pattern': {
    to: appended('output "x" {\n  value = fileset(path.module, "../../**")\n}'),
    says: 'deny scan-file-outside',
  },
  'a file of the stack': {
    to: appended(`output "x" {\n  value = templatefile("\${path.module}/x.tpl", {})\n}`),
    says: 'consent scan-file-call',
  },
  'a file inside a dynamic block': {
    to: appended(
      'resource "kubectl_manifest" "x" {\n  dynamic "y" {\n    for_each = ["a"]\n    content {\n      z = file(y.value)\n    }\n  }\n}',
    ),
    says: 'consent scan-file-call',
  },
  'a path that is put together': {
    to: appended('output "x" {\n  value = fileexists(join("/", ["", "etc", local.memory]))\n}'),
    says: 'deny scan-file-outside',
  },
  'a path that is computed by a function': {
    to: appended('output "x" {\n  value = file(upper(local.memory))\n}'),
    says: 'consent scan-file-call',
  },
  'another path in the local that a file function reads': {
    from: reads('locals {\n  from = "a.txt"\n}\noutput "x" {\n  value = file(local.from)\n}'),
    to: reads('locals {\n  from = "b.txt"\n}\noutput "x" {\n  value = file(local.from)\n}'),
    says: 'consent scan-file-call-retargeted',
  },
  'a template that was data and now reads the machine': {
    from: withFile(
      'stacks/mail/x.tpl',
      `hello \${name}\n`,
      reads(`output "x" {\n  value = templatefile("\${path.module}/x.tpl", { name = "a" })\n}`),
    ),
    to: withFile(
      'stacks/mail/x.tpl',
      `hello \${name}\n\n\${file("/etc/passwd")}\n`,
      reads(`output "x" {\n  value = templatefile("\${path.module}/x.tpl", { name = "a" })\n}`),
    ),
    says: 'deny scan-template',
    at: 'stacks/mail/x.tpl:3',
  },
  'a template that calls in a roundabout way': {
    to: withFile('stacks/mail/x.tpl', `\${join("", [for x in { a = "/etc/passwd" } : file /**/ (x)])}\n`),
    says: 'deny scan-template',
  },
  'documentation that quotes such a call': {
    to: withFile('docs/x.md', `Write \`"\${file("a.txt")}"\`.\n`),
    says: 'consent scan-template',
  },
  'a template that cannot be read as one': {
    to: withFile('stacks/mail/x.tpl', `%{ if \${file("/etc/passwd")}\n`),
    says: 'consent scan-template',
  },
  'a text run as a template': {
    to: appended('output "x" {\n  value = templatestring(local.memory, {})\n}'),
    says: 'consent scan-template-string',
  },
  'the path of the machine': {
    to: appended('output "x" {\n  value = abspath("x")\n}'),
    says: 'consent scan-path-function',
  },
  'the home of the machine, in a template': {
    to: appended(`output "x" {\n  value = "a%{ if true }\${pathexpand("~")}%{ endif }"\n}`),
    says: 'consent scan-path-function',
  },

  // Sources of modules and of state.
  'a module from git': { to: appended(`module "x" {\n  source = "${remote}"\n}`), says: 'deny scan-module-source' },
  'a module from a registry': {
    to: appended('module "x" {\n  source = "terraform-modules/app/kubernetes"\n}'),
    says: 'deny scan-module-source',
  },
  'a module outside the repository': {
    to: appended('module "x" {\n  source = "../../../elsewhere"\n}'),
    says: 'deny scan-module-source',
  },
  'a module by its absolute path': {
    to: appended('module "x" {\n  source = "/srv/modules/app"\n}'),
    says: 'deny scan-module-source',
  },
  'a module from a computed place': {
    to: appended(`module "x" {\n  source = "../../modules/\${local.memory}"\n}`),
    says: 'deny scan-module-source',
  },
  'another source of a module that was there': {
    to: replaced('source    = "../../modules/app"', `source    = "${remote}"`),
    says: 'deny scan-module-source',
  },
  'another argument of a module that cannot be looked into': {
    from: reads(`locals {\n  p = "a"\n}\nmodule "x" {\n  source = "${remote}"\n  path = local.p\n}`),
    to: reads(`locals {\n  p = "b"\n}\nmodule "x" {\n  source = "${remote}"\n  path = local.p\n}`),
    says: 'consent scan-opaque-module-retargeted',
  },
  'a backend': {
    to: appended('terraform {\n  backend "http" {\n    address = "http://192.0.2.9"\n  }\n}'),
    says: 'deny scan-state',
  },
  'a backend that is gone': { from: reads('terraform {\n  backend "pg" {}\n}'), to: homelab, says: 'deny scan-state' },
  'another backend': {
    from: reads('terraform {\n  backend "pg" {}\n}'),
    to: reads('terraform {\n  backend "local" {}\n}'),
    says: 'deny scan-state',
  },
  'a cloud': { to: appended('terraform {\n  cloud {\n    organization = "x"\n  }\n}'), says: 'deny scan-state' },
  'no encryption of the state any more': {
    from: reads('terraform {\n  encryption {\n    state {\n      enforced = true\n    }\n  }\n}'),
    to: reads('terraform {\n}'),
    says: 'deny scan-state',
  },
};

describe('the scan tells of which files, modules and states would be read', () => {
  it.each(Object.entries(attacks))('%s', (_, attack) => expectSaid(attack));
});
