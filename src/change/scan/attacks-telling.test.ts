import { describe, expect, it } from 'vitest';
import { type Attack, expectSaid } from './attacks.fixture.ts';
import { appended, type Files, homelab, main, replaced, scan, serious } from './trees.fixture.ts';

const secret = 'data.vault_kv_secret_v2.mail.data["password"]';
const resource = (text: string, more = '', files = homelab): Files =>
  appended(`${more}\nresource "kubectl_manifest" "x" {\n  ${text}\n}`, files);

const attacks: Readonly<Record<string, Attack>> = {
  'a secret repeated over': {
    to: resource(`for_each = toset(split("", ${secret}))`),
    says: 'consent scan-secret-repetition',
  },
  'a secret as a key of a local that is repeated over': {
    to: resource('for_each = merge(local.m, {})', `locals {\n  m = { (${secret}) = 1 }\n}`),
    says: 'consent scan-secret-repetition',
  },
  'a secret as a key of what a module repeats over': {
    from: {
      ...homelab,
      'modules/each/main.tf': 'variable "m" {}\nresource "kubectl_manifest" "x" {\n  for_each = var.m\n}\n',
    },
    to: {
      ...appended(`module "each" {\n  source = "../../modules/each"\n  m = { for c in [${secret}] : c => 1 }\n}`),
      'modules/each/main.tf': 'variable "m" {}\nresource "kubectl_manifest" "x" {\n  for_each = var.m\n}\n',
    },
    says: 'consent scan-secret-repetition',
  },
  'an attribute that is picked by an index': {
    to: resource('name = data.vault_kv_secret_v2.mail["data"].name'),
    says: 'consent scan-secret-name',
  },
  'an attribute that is picked by a computed index': {
    to: resource('name = data.vault_kv_secret_v2.mail[local.k].name', 'locals {\n  k = "data"\n}'),
    says: 'consent scan-secret-name',
  },
  'an output that is picked by an index': {
    to: resource('name = module.m["out"].x', 'module "m" {\n  source = "../../modules/m"\n  in = var.db_password\n}', {
      ...homelab,
      'modules/m/main.tf': 'variable "in" {}\noutput "out" {\n  value = { x = var.in }\n}\n',
    }),
    says: 'consent scan-secret-name',
  },
  'an attribute called key of what a for goes over': {
    to: resource('y = [for v in local.list : { name = v.key }]', `locals {\n  list = [{ key = ${secret} }]\n}`),
    says: 'consent scan-secret-name',
  },
  'one of several blocks': {
    to: resource(
      'name = kubectl_manifest.y.part[0].name',
      `resource "kubectl_manifest" "y" {\n  dynamic "part" {\n    for_each = [1]\n    content {\n      name = local.it\n    }\n  }\n  part {\n    name = "a"\n  }\n}\nlocals {\n  it = ${secret}\n}`,
    ),
    says: 'consent scan-secret-name',
    at: `${main}:66`,
  },
  'how many there are in a sensitive variable of a module': {
    from: {
      ...homelab,
      'modules/m/main.tf': 'variable "m" {\n  sensitive = true\n}\nlocals {\n  x = length(var.m) == 1 ? 1 : 2\n}\n',
    },
    to: {
      ...appended('module "m" {\n  source = "../../modules/m"\n  m = { a = 1 }\n}'),
      'modules/m/main.tf': 'variable "m" {\n  sensitive = true\n}\nlocals {\n  x = length(var.m) == 1 ? 1 : 2\n}\n',
    },
    says: 'consent scan-secret-condition',
  },
  'how many there are in a sensitive variable': {
    to: resource('count = length(var.m)', 'variable "m" {\n  sensitive = true\n  default = { a = 1 }\n}'),
    says: 'consent scan-secret-repetition',
  },
  'the keys of a secret as names': {
    to: resource(`y = [for k, v in data.vault_kv_secret_v2.mail.data : { name = k }]`),
    says: 'consent scan-secret-name',
  },
  'the length of a secret as a count': {
    to: resource(`count = length(${secret})`),
    says: 'consent scan-secret-repetition',
  },
  'a secret as a count, through two locals': {
    to: resource('count = local.two', `locals {\n  one = ${secret}\n  two = length(local.one)\n}`),
    says: 'consent scan-secret-repetition',
  },
  'a secret as keys that are written down': {
    to: resource(`for_each = { (${secret}) = 1 }`),
    says: 'consent scan-secret-repetition',
  },
  'a secret in a dynamic block': {
    to: resource(`dynamic "x" {\n    for_each = split("", ${secret})\n    content {}\n  }`),
    says: 'consent scan-secret-repetition',
  },
  'a secret that a module compares': {
    from: { ...homelab, 'modules/flag/main.tf': 'variable "x" {}\nlocals {\n  y = var.x == "a" ? 1 : 0\n}\n' },
    to: {
      ...appended(`module "flag" {\n  source = "../../modules/flag"\n  x = ${secret}\n}`),
      'modules/flag/main.tf': 'variable "x" {}\nlocals {\n  y = var.x == "a" ? 1 : 0\n}\n',
    },
    says: 'consent scan-secret-condition',
  },
  'a module that is given something only if a secret begins so': {
    to: replaced(
      'memory    = local.memory',
      `memory    = local.memory\n  min_available = try(regex("^a", ${secret}), null)`,
    ),
    says: 'consent scan-secret-derived',
  },
  'a secret as an index': { to: resource(`x = try({ a = 1 }[${secret}], null)`), says: 'consent scan-secret-derived' },
  'a secret as the index of a local': {
    to: resource(`x = local.labels[${secret}]`),
    says: 'consent scan-secret-derived',
  },
  'a secret that is looked up': {
    to: resource(`x = lookup(local.labels, ${secret}, null)`),
    says: 'consent scan-secret-derived',
  },
  'a secret without what it begins with': {
    to: resource(`x = trimprefix(${secret}, "a")`),
    says: 'consent scan-secret-derived',
  },
  'a secret as the count of a module': {
    to: appended(
      `module "x" {\n  source = "../../modules/namespace"\n  count  = ${secret} == "a" ? 1 : 0\n  name   = "x"\n}`,
    ),
    says: 'consent scan-secret-repetition',
  },
  'a secret that says whether something exists': {
    to: resource(`lifecycle {\n    enabled = ${secret} == "a"\n  }`),
    says: 'consent scan-secret-repetition',
  },
  'a sensitive variable in a condition': {
    to: resource('x = var.db_password == "a" ? 1 : 2'),
    says: 'consent scan-secret-condition',
  },
  'a secret in a condition of a template': {
    to: resource(`x = "%{ if ${secret} == "a" }1%{ endif }"`),
    says: 'consent scan-secret-condition',
  },
  'a secret in the condition of a for': {
    to: resource('x = [for v in ["a"] : v if v == var.db_password]'),
    says: 'consent scan-secret-condition',
  },
  'a secret in a condition of a local': {
    to: appended(`locals {\n  x = ${secret} == "a" ? 1 : 2\n}`),
    says: 'consent scan-secret-condition',
  },
  'a precondition on a secret': {
    to: resource(
      `lifecycle {\n    precondition {\n      condition = startswith(${secret}, "a")\n      error_message = "no"\n    }\n  }`,
    ),
    says: 'consent scan-secret-condition',
  },
  'a validation of a secret': {
    to: replaced(
      '  sensitive = true\n',
      '  sensitive = true\n  validation {\n    condition = var.db_password != "a"\n    error_message = "no"\n  }\n',
    ),
    says: 'consent scan-secret-condition',
  },
  'the words of a check': {
    to: appended(`check "x" {\n  assert {\n    condition = false\n    error_message = "it is \${${secret}}"\n  }\n}`),
    says: 'consent scan-check-words',
  },
  'the words of a check, through a local': {
    to: resource(
      'lifecycle {\n    postcondition {\n      condition = false\n      error_message = local.words\n    }\n  }',
      `locals {\n  words = ${secret}\n}`,
    ),
    says: 'consent scan-check-words',
  },
  'other words in the local that a check shows': {
    from: resource(
      'lifecycle {\n    precondition {\n      condition = true\n      error_message = local.words\n    }\n  }',
      'locals {\n  words = "no"\n}',
    ),
    to: resource(
      'lifecycle {\n    precondition {\n      condition = true\n      error_message = local.words\n    }\n  }',
      `locals {\n  words = ${secret}\n}`,
    ),
    says: 'consent scan-check-words-retargeted',
  },
  'a secret as the name of an object': { to: resource(`name = ${secret}`), says: 'consent scan-secret-name' },
  'a secret as a label inside YAML': {
    to: resource(`yaml_body = yamlencode({ metadata = { labels = { a = "x-\${${secret}}" } } })`),
    says: 'consent scan-secret-name',
  },
  'a secret as an annotation, through a local': {
    to: replaced('team = "home"', 'team = "home", pw = var.db_password'),
    says: 'consent scan-secret-name',
  },
  'a secret as the name inside a module': {
    to: replaced('name      = "mail"', `name      = ${secret}`),
    says: 'consent scan-secret-name',
  },
  'a secret as a name, through the iterator of a dynamic block': {
    to: resource(
      `dynamic "x" {\n    for_each = { a = ${secret} }\n    iterator = it\n    content {\n      name = it.value\n    }\n  }`,
    ),
    says: 'consent scan-secret-name',
  },
  'a secret as a name, through a for': {
    to: resource(`y = [for v in [${secret}] : { name = v }]`),
    says: 'consent scan-secret-name',
  },
  'a secret as the key of a map': { to: resource(`y = { (${secret}) = 1 }`), says: 'consent scan-secret-name' },
  'a secret as an output': { to: appended(`output "x" {\n  value = ${secret}\n}`), says: 'consent scan-secret-output' },
  'a secret as an output, in pieces': {
    to: appended(`output "x" {\n  value = [for c in range(4) : substr(${secret}, c, 1)]\n}`),
    says: 'consent scan-secret-output',
  },
  'a secret of another address as the output that was there': {
    to: replaced('value = module.namespace.name', 'value = var.db_password'),
    says: 'consent scan-secret-output',
  },
  'what a module gives, made of a secret': {
    to: appended(
      `module "x" {\n  source = "../../modules/namespace"\n  name   = var.db_password\n}\noutput "x" {\n  value = module.x.name\n}`,
    ),
    says: 'consent scan-secret-output',
  },
  'a whole module, made of a secret': {
    to: appended(
      'module "x" {\n  source = "../../modules/namespace"\n  name   = var.db_password\n}\noutput "x" {\n  value = module.x\n}',
    ),
    says: 'consent scan-secret-output',
  },
  'a resource that makes a secret': {
    to: appended(
      'resource "random_password" "x" {\n  length = 20\n}\noutput "x" {\n  value = random_password.x.result\n}',
    ),
    says: 'consent scan-secret-output',
  },
  'what a resource gives back of a secret': {
    to: appended(
      `resource "terraform_data" "x" {\n  input = ${secret}\n}\noutput "x" {\n  value = terraform_data.x.output\n}`,
    ),
    says: 'consent scan-secret-output',
  },
  'an ephemeral value': {
    to: appended('output "x" {\n  value = ephemeral.vault_kv_secret_v2.x.data\n}'),
    says: 'consent scan-secret-output',
  },
  'a value from outside whose name says what it is': {
    to: appended('variable "api_token" {}\noutput "x" {\n  value = var.api_token\n}'),
    says: 'consent scan-secret-output',
  },
  'a sensitive variable under a mark that is computed': {
    to: appended('variable "x" {\n  sensitive = tobool("true")\n}\noutput "x" {\n  value = var.x\n}'),
    says: 'consent scan-secret-output',
  },
  'an encrypted file of the repository': {
    to: appended('output "x" {\n  value = file("secrets.yaml")\n}'),
    says: 'consent scan-secret-output',
  },
  'a number worked out of a secret, to compare with what is there': {
    to: resource(`yaml_body = yamlencode({ spec = { replicas = length(${secret}) } })`),
    says: 'consent scan-secret-derived',
  },
  'a comparison with a secret as a value': {
    to: resource(`wait = ${secret} == "a"`),
    says: 'consent scan-secret-derived',
  },
  'an argument that comes back filled': {
    to: appended(
      'data "kubernetes_secret" "x" {\n  binary_data = { a = "" }\n}\noutput "x" {\n  value = data.kubernetes_secret.x.binary_data\n}',
    ),
    says: 'consent scan-secret-output',
  },
  nonsensitive: {
    to: appended('output "x" {\n  value = nonsensitive(var.db_password)\n}'),
    says: 'consent scan-nonsensitive',
  },
  'nonsensitive, in the heredoc of a local': {
    to: appended(`locals {\n  x = <<-EOT\n    \${nonsensitive(var.db_password)}\n  EOT\n}`),
    says: 'consent scan-nonsensitive',
  },
  'nonsensitive, in the condition of a for': {
    to: appended('output "x" {\n  value = [for a in ["a"] : a if nonsensitive(var.db_password) == a]\n}'),
    says: 'consent scan-nonsensitive',
  },
  'nonsensitive of something else, through a local': {
    from: appended('locals {\n  x = "a"\n  y = nonsensitive(local.x)\n}'),
    to: appended('locals {\n  x = var.db_password\n  y = nonsensitive(local.x)\n}'),
    says: 'consent scan-nonsensitive-retargeted',
  },
  'a variable that is no longer sensitive': {
    to: replaced('  sensitive = true\n', ''),
    says: 'consent scan-sensitive-removed',
  },
  'a variable that was sensitive, as an output': {
    to: replaced('  sensitive = true\n', '', replaced('value = module.namespace.name', 'value = var.db_password')),
    says: 'consent scan-secret-output',
  },
  'an output that is no longer sensitive': {
    from: appended(`output "x" {\n  value = ${secret}\n  sensitive = true\n}`),
    to: appended(`output "x" {\n  value = ${secret}\n  sensitive = false\n}`),
    says: 'consent scan-sensitive-removed',
  },
  'a mark that is gone': {
    from: appended('locals {\n  x = sensitive(local.memory)\n}'),
    to: appended('locals {\n  x = local.memory\n}'),
    says: 'consent scan-sensitive-removed',
  },
};

describe('the scan tells of what would tell', () => {
  it.each(Object.entries(attacks))('%s', (_, attack) => expectSaid(attack));

  it('names where the secret is from, and never a value', async () => {
    const [finding] = await scan(homelab, resource(`count = length(${secret})`));
    expect(finding?.message).toBe(
      'an agent would be told about a secret (data.vault_kv_secret_v2.mail) through how many instances there are and their keys: leave that out, or let a human consent',
    );
  });

  it.each([
    ['a secret as a value of an object', resource(`yaml_body = yamlencode({ env = { value = ${secret} } })`)],
    [
      'a secret as a value of a local that is repeated over',
      resource('for_each = local.m', `locals {\n  m = { a = ${secret} }\n}`),
    ],
    ['a secret as a value of a map that is repeated over', resource(`for_each = { a = ${secret} }`)],
    [
      'a secret in other clothes',
      resource(`x = base64encode(jsonencode({ auth = lookup(data.vault_kv_secret_v2.mail.data, "password", "") }))`),
    ],
    ['a secret as a sensitive output', appended(`output "x" {\n  value = ${secret}\n  sensitive = true\n}`)],
    ['the name that was given to a data source', resource('name = data.vault_kv_secret_v2.mail.mount')],
    [
      'the name of a Secret',
      resource(
        'name = kubernetes_secret.x.metadata[0].name',
        'resource "kubernetes_secret" "x" {\n  metadata {\n    name = "mail"\n  }\n  data = { a = var.db_password }\n}',
      ),
    ],
    ['a plain condition', resource('x = local.memory == "1Gi" ? 1 : 2')],
  ])('and says nothing of %s', async (_, proposed) => {
    expect(serious(await scan(homelab, proposed))).toEqual([]);
  });
});

describe('credentials that are written down', () => {
  const value = `Zq${crypto.randomUUID().replaceAll('-', '')}`;
  const findings = (proposed: Files, base = homelab) => scan(base, proposed);
  const literal = ({ rule }: { readonly rule: string }) => rule === 'scan-secret-literal';

  it.each([
    ['in HCL', appended(`locals {\n  db_password = "${value}"\n}`), `${main}:52`],
    ['in a heredoc', appended(`locals {\n  x = <<-EOT\n    password: ${value}\n  EOT\n}`), `${main}:53`],
    ['in YAML', { ...homelab, 'stacks/mail/apps.yaml': `apps: []\npassword: ${value}\n` }, 'stacks/mail/apps.yaml:2'],
    [
      'in documentation',
      { ...homelab, 'docs/a.md': `a\n\npostgres://mail:${value}@db.example.net/mail\n` },
      'docs/a.md:3',
    ],
  ])('are denied %s, by their line', async (_, proposed, at) => {
    const found = (await findings(proposed)).filter(literal);
    expect(found.map(({ file, line, verdict }) => `${verdict} ${file}:${line}`)).toEqual([`deny ${at}`]);
    expect(JSON.stringify(await findings(proposed))).not.toContain(value);
  });

  it('are nobody’s news when they stand in the base, wherever they move', async () => {
    const base = appended(`locals {\n  db_password = "${value}"\n}`);
    expect((await findings({ ...base, [main]: `${base[main]}# more\n` }, base)).filter(literal)).toEqual([]);
    expect(
      (await findings({ ...homelab, 'stacks/mail/b.tf': `locals {\n    db_password = "${value}"\n}\n` }, base)).filter(
        literal,
      ),
    ).toEqual([]);
  });

  it('are told from references', async () => {
    expect((await findings(appended('locals {\n  db_password = var.db_password\n}'))).filter(literal)).toEqual([]);
  });
});
