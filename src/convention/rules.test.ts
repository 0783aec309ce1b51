import { describe, expect, it } from 'vitest';
import { type Asked, encoded, findingsIn, heredoc, placesOf, shippedConventions, typed } from './stack.fixture.ts';

interface Case {
  readonly is: string;
  readonly text: string;
  readonly asked?: Asked;
}

const deployment = (container: string, kind = 'Deployment'): string =>
  encoded(`{ kind = "${kind}", spec = { template = { spec = { containers = [{ name = "a", ${container} }] } } } }`);
const typedDeployment = (container: string, more = ''): string =>
  typed(
    'kubernetes_deployment_v1',
    `  spec {\n    template {\n      spec {\n        container {\n          name = "a"\n${container}\n        }\n      }\n    }\n  }\n${more}`,
  );
const yamlDeployment = (container: string): string =>
  heredoc(
    `kind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: a\n          ${container}`,
  );
const cronJob = (container: string, spec = '', job = ''): string =>
  encoded(
    `{ kind = "CronJob", spec = { ${spec} jobTemplate = { spec = { ${job} template = { spec = { containers = [{ name = "a", ${container} }] } } } } } }`,
  );
const claim = (annotations: string, more = ''): string =>
  encoded(
    `{ kind = "PersistentVolumeClaim", metadata = { name = "data", annotations = { ${annotations} } }, spec = {} }`,
    more,
  );
const threshold = (value: string): string => `"resize.topolvm.io/threshold" = "${value}"`;
const copier = (about: string): string =>
  `resource "kubectl_manifest" "copy" {\n  yaml_body = yamlencode({ kind = "CronJob", ${about} })\n}\n`;
const core: Asked = { tier: 'core' };
const route = (more: string): string => `module "it" {\n  source = "../../modules/ingress_factory"\n${more}\n}\n`;

/** Of every rule sources that turn it red, and near ones that it must leave alone. */
const cases: Readonly<Record<string, { readonly red: readonly Case[]; readonly green: readonly Case[] }>> = {
  'memory-request-is-limit': {
    red: [
      {
        is: 'asks for less',
        text: deployment('resources = { requests = { memory = "1Gi" }, limits = { memory = "2Gi" } }'),
        asked: core,
      },
      { is: 'asks for none', text: yamlDeployment('resources: {limits: {memory: 2Gi}}'), asked: core },
      {
        is: 'typed',
        text: typedDeployment('resources {\n requests = { memory = "1Gi" }\n limits = { memory = "2Gi" }\n}'),
        asked: core,
      },
    ],
    green: [
      {
        is: 'the same',
        text: deployment('resources = { requests = { memory = "1Gi" }, limits = { memory = "1Gi" } }'),
        asked: core,
      },
      {
        is: 'another tier',
        text: deployment('resources = { requests = { memory = "1Gi" }, limits = { memory = "2Gi" } }'),
      },
    ],
  },
  'workload-has-probe': {
    red: [
      { is: 'none', text: deployment('image = "a:1"') },
      { is: 'none, typed', text: typedDeployment('image = "a:1"') },
      { is: 'none, in YAML', text: yamlDeployment('image: a:1') },
    ],
    green: [
      { is: 'one', text: deployment('livenessProbe = { httpGet = { path = "/" } }') },
      { is: 'one, typed', text: typedDeployment('readiness_probe {\n http_get {\n path = "/"\n }\n}') },
      { is: 'one, in YAML', text: yamlDeployment('startupProbe: {periodSeconds: 3}') },
      { is: 'a kind that needs none', text: cronJob('image = "a:1"') },
    ],
  },
  'injected-field-ignored': {
    red: [
      { is: 'nothing ignored', text: typedDeployment('image = "a:1"') },
      {
        is: 'something else ignored',
        text: typedDeployment('image = "a:1"', '  lifecycle {\n    ignore_changes = [spec[0].replicas]\n  }'),
      },
      {
        is: 'the place of another kind',
        text: typed(
          'kubernetes_cron_job_v1',
          '  lifecycle {\n    ignore_changes = [spec[0].template[0].spec[0].dns_config]\n  }',
        ),
      },
    ],
    green: [
      {
        is: 'the field',
        text: typedDeployment(
          'image = "a:1"',
          '  lifecycle {\n    ignore_changes = [spec[0].template[0].spec[0].dns_config]\n  }',
        ),
      },
      { is: 'everything', text: typedDeployment('image = "a:1"', '  lifecycle {\n    ignore_changes = all\n  }') },
      {
        is: 'the place of a CronJob',
        text: typed(
          'kubernetes_cron_job_v1',
          '  lifecycle {\n    ignore_changes = [spec[0].job_template[0].spec[0].template[0].spec[0].dns_config]\n  }',
        ),
      },
      { is: 'a provider that does not compare it', text: deployment('image = "a:1"') },
    ],
  },
  'image-tag-fixed': {
    red: [
      { is: 'latest', text: deployment('image = "registry.example.net/a:latest"') },
      { is: 'latest, typed', text: typedDeployment('image = "registry.example.net/a:latest"') },
      { is: 'latest, in a heredoc', text: yamlDeployment('image: registry.example.net/a:latest') },
      { is: 'by a variable', text: `variable "t" {\n  default = "latest"\n}\n${deployment(`image = "a:\${var.t}"`)}` },
      { is: 'by a local', text: `locals {\n  t = "latest"\n}\n${deployment(`image = "a:\${local.t}"`)}` },
    ],
    green: [
      { is: 'a version', text: deployment('image = "registry.example.net/latest:1.2"') },
      { is: 'a digest', text: deployment(`image = "a:1@sha256:${'0'.repeat(64)}"`) },
    ],
  },
  'image-has-version': {
    red: [
      { is: 'no tag', text: deployment('image = "registry.example.net:5000/a"') },
      { is: 'no tag, typed', text: typedDeployment('image = "a"') },
    ],
    green: [{ is: 'a tag', text: yamlDeployment('image: registry.example.net:5000/a:1') }],
  },
  'cronjob-ends': {
    red: [
      { is: 'no deadline', text: cronJob('image = "a:1"', 'concurrencyPolicy = "Forbid",') },
      { is: 'no policy', text: cronJob('image = "a:1"', '', 'activeDeadlineSeconds = 600,') },
      { is: 'neither, typed', text: typed('kubernetes_cron_job_v1', '  spec {\n    schedule = "1 2 * * *"\n  }') },
    ],
    green: [
      { is: 'both', text: cronJob('image = "a:1"', 'concurrencyPolicy = "Forbid",', 'activeDeadlineSeconds = 600,') },
      {
        is: 'both, typed',
        text: typed(
          'kubernetes_cron_job_v1',
          '  spec {\n    concurrency_policy = "Forbid"\n    job_template {\n      spec {\n        active_deadline_seconds = 60\n      }\n    }\n  }',
        ),
      },
    ],
  },
  'shared-value-by-name': {
    red: [
      { is: 'an address', text: 'locals {\n  nas = "192.168.1.10"\n}\n' },
      { is: 'an address inside of more', text: 'locals {\n  url = "http://10.0.0.7:8080/x"\n}\n' },
      { is: 'an address in a heredoc', text: heredoc('kind: ConfigMap\ndata:\n  host: 172.20.1.1') },
    ],
    green: [
      { is: 'a network', text: 'locals {\n  net = "10.0.0.0/8"\n}\n' },
      { is: 'an address of documentation', text: 'locals {\n  nas = "192.0.2.10"\n}\n' },
      { is: 'a version', text: 'locals {\n  v = "1.10.2.3.4"\n}\n' },
      { is: 'a comment', text: '# 192.168.1.10\n' },
    ],
  },
  'vault-not-read-at-plan': {
    red: [{ is: 'a stack that is not meant to', text: 'data "vault_kv_secret_v2" "a" {\n  mount = "secret"\n}\n' }],
    green: [
      {
        is: 'a stack that is',
        text: 'data "vault_kv_secret_v2" "a" {\n  mount = "secret"\n}\n',
        asked: { parameters: { 'vault-not-read-at-plan': { stacks: ['stacks/garden'] } } },
      },
      { is: 'other data', text: 'data "http" "a" {\n  url = "https://example.net"\n}\n' },
    ],
  },
  'claim-has-backup': {
    red: [
      { is: 'none', text: claim('') },
      { is: 'of another claim', text: `${claim('')}${copier('metadata = { labels = { of = "data2" } }')}` },
      {
        is: 'counted out',
        text: `${claim('')}${copier('metadata = { labels = { of = "data" } }').replace('{\n', '{\n  count = 0\n')}`,
      },
    ],
    green: [
      { is: 'by a label', text: `${claim('')}${copier('metadata = { labels = { of = "data" } }')}` },
      {
        is: 'by mounting it',
        text: `${claim('')}${copier('spec = { jobTemplate = { spec = { template = { spec = { volumes = [{ name = "x", persistentVolumeClaim = { claimName = "data" } }] } } } } }')}`,
      },
      {
        is: 'typed',
        text: `${typed('kubernetes_persistent_volume_claim_v1', '  metadata {\n    name = "data"\n  }')}${copier('metadata = { labels = { of = "data" } }')}`,
      },
    ],
  },
  'container-has-resources': {
    red: [
      { is: 'none', text: deployment('image = "a:1"') },
      { is: 'only a processor', text: typedDeployment('resources {\n requests = { cpu = "1" }\n}') },
    ],
    green: [{ is: 'memory', text: yamlDeployment('resources: {requests: {memory: 1Gi}}') }],
  },
  'route-login-said': {
    red: [
      { is: 'open without a word', text: route('  protected = false') },
      { is: 'open under a mark only', text: route('  # TODO\n  protected = false') },
      { is: 'not said', text: route('') },
      { is: 'explained somewhere else', text: route('  # has a login of its own\n  name = "a"\n  protected = false') },
    ],
    green: [
      { is: 'closed', text: route('  protected = true') },
      { is: 'open with a reason', text: route('  # has a login of its own\n  protected = false') },
      { is: 'open with a reason behind it', text: route('  protected = false # has a login of its own') },
      { is: 'open with a reason of two lines', text: route('  # has a login\n  # of its own\n  auth = "app"') },
    ],
  },
  'autoresize-threshold': {
    red: [{ is: 'read as used space', text: claim(threshold('80%')) }],
    green: [
      { is: 'free space', text: claim(threshold('10%')) },
      { is: 'not resized', text: claim('') },
    ],
  },
  'autoresized-size-ignored': {
    red: [
      { is: 'compared', text: claim(threshold('10%')) },
      {
        is: 'compared, typed',
        text: typed(
          'kubernetes_persistent_volume_claim',
          '  metadata {\n    annotations = {\n      "resize.topolvm.io/threshold" = "10%"\n    }\n  }',
        ),
      },
    ],
    green: [
      { is: 'ignored', text: claim(threshold('10%'), '  ignore_fields = ["spec.resources.requests"]') },
      {
        is: 'ignored, typed',
        text: typed(
          'kubernetes_persistent_volume_claim',
          '  metadata {\n    annotations = {\n      "resize.topolvm.io/threshold" = "10%"\n    }\n  }\n  lifecycle {\n    ignore_changes = [spec[0].resources[0].requests]\n  }',
        ),
      },
      { is: 'not resized', text: claim('') },
    ],
  },
  'secret-by-reference': {
    red: [
      { is: 'written down', text: deployment('env = [{ name = "DB_PASSWORD", value = "drawn" }]') },
      { is: 'made in the plan', text: deployment('env = [{ name = "API_TOKEN", value = random_password.it.result }]') },
      { is: 'made in the plan, typed', text: typedDeployment('env {\n name = "API_KEY"\n value = "x"\n}') },
    ],
    green: [
      {
        is: 'from a Secret',
        text: deployment('env = [{ name = "DB_PASSWORD", valueFrom = { secretKeyRef = { name = "a" } } }]'),
      },
      {
        is: 'from a Secret, typed',
        text: typedDeployment('env {\n name = "API_KEY"\n value_from {\n secret_key_ref {\n name = "a"\n }\n }\n}'),
      },
      { is: 'the name of a file', text: deployment('env = [{ name = "DB_PASSWORD_FILE", value = "/run/x" }]') },
    ],
  },
  'nothing-installed-at-run': {
    red: [
      { is: 'apk', text: cronJob('command = ["sh", "-c", "apk add --no-cache curl && curl x"]') },
      { is: 'apt', text: cronJob('args = ["apt-get -y install jq"]') },
    ],
    green: [
      { is: 'nothing', text: cronJob('command = ["backup", "--to=x"]') },
      { is: 'another kind', text: deployment('command = ["sh", "-c", "pip install x"]') },
    ],
  },
};

describe('the conventions of reference/conventions.yaml', () => {
  it('have a case each', () => {
    expect(Object.keys(cases).sort()).toEqual(shippedConventions.map(({ id }) => id).sort());
  });

  describe.each(shippedConventions)('$id', ({ id }) => {
    const { red = [], green = [] } = cases[id] ?? {};
    it.each(red)('sees what breaks it: $is', async ({ text, asked }) => {
      const findings = await findingsIn({ 'stacks/garden/main.tf': text }, asked);
      const places = placesOf(findings, id);
      expect(places.length, JSON.stringify(findings)).toBeGreaterThan(0);
      for (const place of places) expect(place).toMatch(/^main\.tf:\d+$/);
    });
    it.each(green)('leaves alone: $is', async ({ text, asked }) => {
      const findings = await findingsIn({ 'stacks/garden/main.tf': text }, asked);
      expect(findings.filter((finding) => finding.id === id)).toEqual([]);
    });
  });
});
