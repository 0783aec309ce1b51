import { describe, expect, it } from 'vitest';
import { appended, type Files, homelab, main, replaced, scan, serious } from './trees.fixture.ts';

/** What people and agents change every day: nothing above a note is said of it. */
const everyday: Readonly<Record<string, Files>> = {
  'a memory limit': replaced('memory = "256Mi"', 'memory = "512Mi"'),
  'an image': replaced('mail:1.4.2', 'mail:1.5.0'),
  'one replica more': replaced('replicas  = 1', 'replicas  = 2'),
  'a local that nothing secret uses, under another name': replaced(
    'memory    = local.memory',
    'memory    = local.limit',
    replaced('memory = "256Mi"', 'limit = "256Mi"'),
  ),
  'a local that a data source reads, under another name': replaced(
    'mount = local.mount',
    'mount = local.kv_mount',
    replaced('mount  = "secret"', 'kv_mount  = "secret"'),
  ),
  'layout, comments and order': {
    ...homelab,
    [main]: `# ${'mail'}\n${(homelab[main] ?? '').replace(/ {2,}= /g, ' = ').replace('  mount = local.mount\n  name = var.secret_path', '  name = var.secret_path // where\n  mount = local.mount')}`,
  },
  'a data source moved into another file': {
    ...replaced('data "vault_kv_secret_v2" "mail" {\n  mount = local.mount\n  name  = var.secret_path\n}\n', ''),
    'stacks/mail/secrets.tf':
      'data "vault_kv_secret_v2" "mail" {\n  name  = var.secret_path\n  mount = local.mount\n}\n',
  },
  'another app from the shared module': appended(`module "web" {
  source    = "../../modules/app"
  name      = "web"
  namespace = module.namespace.name
  image     = "registry.example.net/web/web:2.0.0"
  replicas  = 2
  memory    = "64Mi"
  env       = { LOG_LEVEL = "info" }
}`),
  'a budget that adds an instance': replaced(
    'memory    = local.memory',
    'memory    = local.memory\n  min_available = 1',
  ),
  'a label': replaced('team = "home"', 'team = "family"'),
  'a plain object of Kubernetes': appended(
    'resource "kubectl_manifest" "config" {\n  yaml_body = yamlencode({ kind = "ConfigMap", metadata = { name = "a" }, data = { a = "b" } })\n}',
  ),
  'the data a file function reads': { ...homelab, 'stacks/mail/apps.yaml': 'apps:\n  - name: web\n  - name: imap\n' },
  'a size in a map that is repeated over': replaced('memory = "64Mi"', 'memory = "96Mi"'),
  'a plain value beside a secret one': replaced('LOG_LEVEL = "info"', 'LOG_LEVEL = "debug"'),
  'one more plain value beside a secret one': replaced('LOG_LEVEL = "info"', 'LOG_LEVEL = "info", TZ = "Etc/UTC"'),
  'another app that is given the same secret': appended(
    'module "web" {\n  source = "../../modules/app"\n  name = "web"\n  namespace = "web"\n  image = "registry.example.net/web:1"\n  replicas = 1\n  memory = "64Mi"\n  env = { PASSWORD = data.vault_kv_secret_v2.mail.data["password"] }\n}',
  ),
  'whether something was given, and how many, of what holds a secret': {
    ...homelab,
    'modules/app/main.tf': `${homelab['modules/app/main.tf']}\nlocals {\n  given = var.env == null ? 0 : length(var.env)\n}\n`,
  },
  'a value in a variable file that nothing secret uses': {
    ...homelab,
    'stacks/mail/mail.tfvars': 'size = 2\n',
  },
  'an output of a name': appended('output "host" {\n  value = local.routes.web.host\n}'),
  documentation: { ...homelab, 'docs/mail.md': '# Mail\n\nUse `file("x")` with care.\n' },
};

describe('the scan has nothing to say of', () => {
  it.each(Object.entries(everyday))('%s', async (_, proposed) => {
    expect(serious(await scan(homelab, proposed))).toEqual([]);
  });

  it('what is the same, whatever it is', async () => {
    expect(await scan(homelab, homelab)).toEqual([]);
  });
});
