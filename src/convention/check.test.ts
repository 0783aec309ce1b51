import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { PlannedResource } from './check.ts';
import { encoded, findingsIn, heredoc, moduleText, placesOf } from './stack.fixture.ts';

const main = 'stacks/garden/main.tf';
const modules = Object.fromEntries(
  ['app', 'namespace', 'ingress_factory', 'backup_cronjob', 'external_secret'].map((name) => [
    `modules/${name}/main.tf`,
    moduleText(name),
  ]),
);
const app = (name: string, image: string, more = ''): string =>
  [
    `module "${name}" {`,
    '  source    = "../../modules/app"',
    `  name      = "${name}"`,
    '  namespace = "garden"',
    `  image     = "${image}"`,
    '  memory    = "64Mi"',
    more,
    '}',
    '',
  ].join('\n');
const pod = (container: string): string =>
  encoded(`{ kind = "Deployment", spec = { template = { spec = { containers = [{ ${container} }] } } } }`);

describe('conventions through shared modules', () => {
  it('are broken where the stack says what breaks them', async () => {
    const findings = await findingsIn({ ...modules, [main]: app('web', 'registry.example.net/web:latest') });
    expect(findings.filter(({ id }) => id === 'image-tag-fixed')).toEqual([
      expect.objectContaining({ file: main, line: 5, address: 'module.web.kubectl_manifest.deployment', isNew: true }),
    ]);
  });

  it('are kept where the module keeps them', async () => {
    const findings = await findingsIn(
      { ...modules, [main]: app('web', 'registry.example.net/web:2.0.1') },
      { tier: 'core' },
    );
    expect(findings).toEqual([]);
  });

  it('are broken once at a line of a module, however many use it', async () => {
    const module = modules['modules/app/main.tf']?.replace(/^ *readinessProbe.*$/m, '') ?? '';
    const texts = { ...modules, 'modules/app/main.tf': module, [main]: app('web', 'a:1') + app('api', 'a:1') };
    const findings = await findingsIn(texts);
    const found = findings.filter(({ id }) => id === 'workload-has-probe');
    expect(found).toHaveLength(1);
    expect(found[0]?.file).toBe('modules/app/main.tf');
  });

  it('are judged with what a module is given and what it gives back', async () => {
    const claim = encoded(
      '{ kind = "PersistentVolumeClaim", metadata = { name = "web-data", namespace = module.ns.name } }',
    );
    const backup = (of: string): string =>
      `module "copy" {\n  source = "../../modules/backup_cronjob"\n  name = "copy"\n  namespace = module.ns.name\n  claim = "${of}"\n  schedule = "1 2 * * *"\n}\nmodule "ns" {\n  source = "../../modules/namespace"\n  name = "garden"\n  tier = "apps"\n}\n`;
    const kept = await findingsIn({ ...modules, [main]: claim + backup('web-data') });
    expect(placesOf(kept, 'claim-has-backup')).toEqual([]);
    const broken = await findingsIn({ ...modules, [main]: claim + backup('api-data') });
    expect(placesOf(broken, 'claim-has-backup')).toEqual(['main.tf:3']);
  });

  it('leave alone a route that is closed by default', async () => {
    const route = `module "web" {\n  source = "../../modules/ingress_factory"\n  name = "web"\n  namespace = "garden"\n  host = "web.example.net"\n  service = "web"\n}\n`;
    expect(await findingsIn({ ...modules, [main]: route })).toEqual([]);
    const open = moduleText('ingress_factory').replace(/default = true/, 'default = false');
    const findings = await findingsIn({ ...modules, 'modules/ingress_factory/main.tf': open, [main]: route });
    expect(placesOf(findings, 'route-login-said')).toHaveLength(1);
  });

  it('end for modules that call each other without end', async () => {
    const self = 'module "again" {\n  source = "../loop"\n}\n';
    const texts = { 'modules/loop/main.tf': self, [main]: 'module "loop" {\n  source = "../../modules/loop"\n}\n' };
    await expect(findingsIn(texts)).resolves.toEqual([]);
  });

  it('end for modules whose calls multiply at every step', async () => {
    const many = Array.from({ length: 9 }, (_, index) => `module "m${index}" {\n  source = "../loop"\n}\n`).join('');
    const texts = { 'modules/loop/main.tf': many, [main]: 'module "loop" {\n  source = "../../modules/loop"\n}\n' };
    await expect(findingsIn(texts)).resolves.toEqual([]);
  });
});

describe('what is new', () => {
  const latest = pod(
    'name = "a", image = "a:latest", readinessProbe = { periodSeconds = 3 }, resources = { limits = { memory = "1Gi" } }',
  );
  const renamed = latest.replace('"it"', '"other"');
  const isNew = async (proposed: string, base: string): Promise<readonly boolean[]> => {
    const findings = await findingsIn({ [main]: proposed }, { base: { [main]: base } });
    return findings.filter(({ id }) => id === 'image-tag-fixed').map((finding) => finding.isNew);
  };

  it('is what the base has not', async () => {
    expect(await isNew(latest, '')).toEqual([true]);
    expect(await isNew(latest, latest.replace('latest', '1'))).toEqual([true]);
  });

  it('is not what only moved to other lines', async () => {
    expect(await isNew(`# a word\n\n${latest}`, latest)).toEqual([false]);
  });

  it('is one more of what is there', async () => {
    expect(await isNew(latest + renamed, latest)).toEqual([false, true]);
  });

  it('is a line of a module only if it is new to all who use it', async () => {
    const module = {
      'modules/app/main.tf': modules['modules/app/main.tf']?.replace(/^ *readinessProbe.*$/m, '') ?? '',
    };
    const one = { ...module, [main]: app('web', 'a:1') };
    const findings = await findingsIn({ ...module, [main]: app('web', 'a:1') + app('api', 'a:1') }, { base: one });
    expect(findings.filter(({ id }) => id === 'workload-has-probe').map((finding) => finding.isNew)).toEqual([false]);
  });
});

describe('what the source does not tell', () => {
  const text =
    'variable "image" {\n  type = string\n}\n' +
    pod('name = "a", image = var.image, readinessProbe = { a = 1 }, resources = { limits = { memory = "1Gi" } }');
  const planned = (image: string, more: Partial<PlannedResource> = {}): PlannedResource => ({
    address: 'kubectl_manifest.it',
    mode: 'managed',
    type: 'kubectl_manifest',
    action: 'create',
    before: null,
    after: {
      yaml_body: JSON.stringify({
        kind: 'Deployment',
        spec: {
          template: {
            spec: {
              containers: [{ name: 'a', image, readinessProbe: { a: 1 }, resources: { limits: { memory: '1Gi' } } }],
            },
          },
        },
      }),
    },
    afterUnknown: {},
    ...more,
  });
  const said = async (changes?: readonly PlannedResource[]): Promise<readonly string[]> => {
    const findings = await findingsIn({ [main]: text }, { plan: changes && { changes } });
    return findings.map(({ id, severity, line }) => `${severity} ${id} ${line}`);
  };

  it('is said once a rule, as a note', async () => {
    expect(await said()).toEqual(['info image-tag-fixed 6', 'info image-has-version 6']);
  });

  it('is asked of the plan', async () => {
    expect(await said([planned('registry.example.net/a:1')])).toEqual([]);
    expect(await said([planned('registry.example.net/a:latest')])).toEqual(['warning image-tag-fixed 4']);
  });

  it('stays open when the plan does not know either', async () => {
    const unknown = planned('', { after: {}, afterUnknown: { yaml_body: true } });
    expect(await said([unknown])).toContain('info image-tag-fixed 4');
  });

  it('is not new when it was so before the change', async () => {
    const before = planned('a:latest').after;
    const findings = await findingsIn(
      { [main]: text },
      { base: { [main]: text }, plan: { changes: [planned('a:latest', { action: 'update', before })] } },
    );
    expect(findings.map(({ id, isNew }) => `${id} ${isNew}`)).toEqual(['image-tag-fixed false']);
  });

  it('is asked of the plan for resources that are in no file', async () => {
    const findings = await findingsIn(
      {},
      { plan: { changes: [planned('a:latest', { address: 'module.x["k"].kubectl_manifest.b[0]' })] } },
    );
    expect(findings.filter(({ id }) => id === 'image-tag-fixed').map(({ address }) => address)).toEqual([
      'module.x.kubectl_manifest.b',
    ]);
  });

  it('is no accusation where it is open whether the rule is meant at all', async () => {
    const env = pod('name = "a", image = "a:1", env = [{ name = var.name, value = "x" }]');
    const findings = await findingsIn({ [main]: `variable "name" {}\n${env}` });
    expect(findings.filter(({ id }) => id === 'secret-by-reference').map(({ severity }) => severity)).toEqual(['info']);
  });

  it('is read around in a heredoc', async () => {
    const yaml =
      'kind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: HOLE\n          image: a:latest';
    const findings = await findingsIn({
      [main]: `variable "name" {}\n${heredoc(yaml).replace('HOLE', `$\{var.name}`)}`,
    });
    expect(placesOf(findings, 'image-tag-fixed')).toEqual(['main.tf:11']);
  });
});

describe('a text made to keep a pattern busy', () => {
  const long = 400_000;
  it.each([
    ['an image', pod(`name = "a", image = "${':'.repeat(long)}/"`)],
    ['a literal', `locals {\n  a = "${'10.'.repeat(long / 3)}"\n}\n`],
    [
      'a comment',
      `module "a" {\n  source = "../../modules/ingress_factory"\n  # ${'a'.repeat(long)}\n  protected = false\n}\n`,
    ],
  ])('does not: %s', async (_, text) => {
    await expect(findingsIn({ [main]: text })).resolves.not.toEqual([]);
  });
});

describe('a finding', () => {
  it('never holds a value', async () => {
    const secret = `zz${randomBytes(12).toString('hex')}`;
    const text = pod(
      `name = "${secret}", image = "${secret}:latest", env = [{ name = "X_TOKEN", value = "${secret}" }]`,
    );
    const after = { yaml_body: JSON.stringify({ kind: 'CronJob', metadata: { name: secret }, spec: { x: secret } }) };
    const change = {
      address: `kubectl_manifest.x["${secret}"]`,
      mode: 'managed',
      type: 'kubectl_manifest',
      action: 'create',
      before: null,
      after,
      afterUnknown: {},
    } as const;
    const findings = await findingsIn({ [main]: text }, { plan: { changes: [change] } });
    expect(findings.length).toBeGreaterThan(3);
    expect(JSON.stringify(findings)).not.toContain(secret);
  });
});
