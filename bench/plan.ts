import { Buffer } from 'node:buffer';
import { semanticDigest } from '../src/change/plan/digest.ts';
import { maskPlan } from '../src/change/plan/mask-plan.ts';
import type { PlanOrigins } from '../src/change/plan/origin.ts';
import { readPlan } from '../src/change/plan/read-plan.ts';
import { createSecretMatcher } from '../src/change/plan/secret-matcher.ts';
import { ordinaryText } from '../src/redaction/fixtures/corpus.ts';
import { characters, createRandom } from '../src/redaction/fixtures/random.ts';
import { createRedactor } from '../src/redaction/index.ts';
import { circumstances, median } from './figures.ts';

/**
 * What it takes to read a plan and to make of it what may be shown: plans of manifests and of blocks, with a secret in each
 * resource, of which all or one in a hundred change; and how fast known secrets are found in text.
 * Run: node bench/plan.ts
 */
const random = createRandom(2026);
const runs = 5;
const { text: redact } = createRedactor();
const drawn = Array.from({ length: 10_000 }, () => random.from(characters.base62, 24));

const manifest = (index: number, memory: string): string =>
  [
    'apiVersion: apps/v1',
    'kind: Deployment',
    `metadata: {name: app-${index}, namespace: apps}`,
    'spec:',
    '  replicas: 2',
    '  template:',
    '    spec:',
    '      containers:',
    `      - name: app-${index}`,
    `        image: registry.example.net/app-${index}:1.4.2`,
    '        env:',
    '        - {name: LOG_LEVEL, value: info}',
    `        - {name: LOGIN, value: "${drawn[index % drawn.length]}"}`,
    '        resources:',
    `          limits: {memory: ${memory}}`,
    `          requests: {cpu: 10m, memory: ${memory}}`,
    '',
  ].join('\n');

/** The JSON of a plan; every `changing`th resource is updated. */
function planOf(count: number, changing: number): string {
  const marks = { yaml_body: true, password: true };
  const values = (index: number, memory: string): Record<string, unknown> => ({
    id: `/apis/apps/v1/namespaces/apps/deployments/app-${index}`,
    yaml_body: manifest(index, memory),
    password: drawn[index % drawn.length],
    labels: { tier: 'apps', owner: `team-${index % 40}` },
    ports: [{ name: 'http', port: 8080 }],
  });
  const resource = (index: number): Record<string, unknown> => ({
    address: `module.app_${index}.kubectl_manifest.deployment`,
    module_address: `module.app_${index}`,
    mode: 'managed',
    type: 'kubectl_manifest',
    name: 'deployment',
    provider_name: 'registry.terraform.io/example/kubectl',
  });
  const indexes = Array.from({ length: count }, (_, index) => index);
  const state = indexes.map((index) => ({
    ...resource(index),
    values: values(index, '64Mi'),
    sensitive_values: marks,
  }));
  return JSON.stringify({
    format_version: '1.2',
    terraform_version: '1.11.4',
    applyable: true,
    complete: true,
    errored: false,
    planned_values: { root_module: { resources: state } },
    prior_state: { values: { root_module: { resources: state } } },
    resource_changes: indexes.map((index) => {
      const changes = index % changing === 0;
      return {
        ...resource(index),
        change: {
          actions: [changes ? 'update' : 'no-op'],
          before: values(index, '64Mi'),
          after: values(index, changes ? '96Mi' : '64Mi'),
          after_unknown: {},
          before_sensitive: marks,
          after_sensitive: marks,
        },
      };
    }),
    configuration: {
      root_module: {
        resources: [],
        module_calls: Object.fromEntries(indexes.map((index) => [`app_${index}`, moduleCall])),
      },
    },
  });
}

const moduleCall = {
  source: './app',
  expressions: { memory: { constant_value: '64Mi' } },
  module: {
    resources: [{ address: 'kubectl_manifest.deployment', expressions: { yaml_body: { references: ['var.memory'] } } }],
  },
};

/** Only the memory and the names are literal. */
const place = { file: 'stacks/apps/main.tf', range: { line: 3, column: 1, endLine: 3, endColumn: 9 } };
const origins: PlanOrigins = {
  literal: (_address, _path, value) => (/^(?:\d+Mi|app-\d+|apps|Deployment)$/.test(String(value)) ? place : undefined),
  hasPath: () => true,
  places: () => [place],
  hasLiteralKeys: () => true,
  isWritten: (text) => /^(?:\d+Mi|app-\d+|apps|Deployment)$/.test(text),
};

/** Processor time, which does not count what else the machine does. Median of the runs, after one that only warms up. */
function milliseconds(run: () => unknown): number {
  const times: number[] = [];
  for (let round = 0; round <= runs; round += 1) {
    const started = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(started);
    if (round > 0) times.push((user + system) / 1_000);
  }
  return median(times);
}

const options = { origins, baseOrigins: origins, redact, digestKey: 'bench' };
const megabytes = (text: string): number => Buffer.byteLength(text) / 1e6;

console.log(`${circumstances(new Date())} · processor time, medians of ${runs} runs\n`);
console.log(
  '| plan | MB | read | digest | mask, digest included | all | summary |\n|---|---:|---:|---:|---:|---:|---:|',
);
for (const [count, changing] of [
  [100, 1],
  [1_000, 1],
  [10_000, 100],
  [10_000, 1],
] as const) {
  const json = planOf(count, changing);
  const reading = readPlan(json);
  const read = milliseconds(() => readPlan(json));
  const digest = milliseconds(() => semanticDigest(reading));
  const mask = milliseconds(() => maskPlan(reading, options));
  const all = milliseconds(() => maskPlan(readPlan(json), options));
  const bytes = Buffer.byteLength(JSON.stringify(maskPlan(reading, options)));
  const cells = [read, digest, mask, all].map((time) => `${time.toFixed(0)} ms`);
  const what = `${count.toLocaleString('en-GB')} resources, ${Math.ceil(count / changing).toLocaleString('en-GB')} change`;
  console.log(`| ${what} | ${megabytes(json).toFixed(1)} | ${cells.join(' | ')} | ${(bytes / 1_024).toFixed(0)} KiB |`);
}

const text = ordinaryText(random, 5_000_000);
const lines = text.split('\n');
const dirty = lines.map((line, at) => (at % 200 === 0 ? `${line} ${drawn[at % drawn.length]}` : line)).join('\n');
console.log(
  '\n| known secrets in 5 MB of text | build | ordinary | with a secret in every 200th line |\n|---|---:|---:|---:|',
);
for (const count of [100, 1_000, 10_000]) {
  const secrets = drawn.slice(0, count);
  const build = milliseconds(() => createSecretMatcher({ secrets }));
  const matcher = createSecretMatcher({ secrets });
  const speed = (subject: string): string => {
    const time = milliseconds(() => matcher.mask(subject));
    return `${time.toFixed(0)} ms (${(megabytes(subject) / (time / 1_000)).toFixed(0)} MB/s)`;
  };
  console.log(`| ${count.toLocaleString('en-GB')} | ${build.toFixed(0)} ms | ${speed(text)} | ${speed(dirty)} |`);
}
