import { randomInt } from 'node:crypto';

/** The label that chooses a fault; each is a stage under test/lab/faults, but `unschedulable`, which is the scheduler's own. */
export const faultLabel = 'castellan.example/fault';
export const faults = [
  'crash-loop-oom',
  'image-pull',
  'never-ready',
  'evicted',
  'stuck-terminating',
  'unschedulable',
] as const;
export type Fault = (typeof faults)[number];

/** What a pod asks for that no node can give. */
const moreThanANode = '4Ti';

export interface App {
  readonly namespace: string;
  readonly name: string;
  readonly replicas: number;
  readonly fault?: Fault;
  readonly env?: readonly object[];
  readonly args?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly volumes?: readonly object[];
}

export function podTemplate(app: App) {
  return {
    metadata: {
      labels: labelsOf(app),
      annotations: {
        'kwok.x-k8s.io/usage-cpu': `${randomInt(5, 250)}m`,
        'kwok.x-k8s.io/usage-memory': `${randomInt(20, 400)}Mi`,
        ...app.annotations,
      },
    },
    spec: {
      containers: [
        {
          name: app.name,
          image: `registry.example.net/${app.namespace}/${app.name}:1.${randomInt(30)}.${randomInt(10)}`,
          ports: [{ name: 'http', containerPort: 8080 }],
          resources:
            app.fault === 'unschedulable'
              ? { requests: { cpu: '10m', memory: moreThanANode }, limits: { memory: moreThanANode } }
              : { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '512Mi' } },
          readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
          env: [{ name: 'LOG_LEVEL', value: 'info' }, ...(app.env ?? [])],
          ...(app.args === undefined ? {} : { args: app.args }),
        },
      ],
      ...(app.volumes === undefined ? {} : { volumes: app.volumes }),
    },
  };
}

export function deployment(app: App) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadataOf(app),
    spec: { replicas: app.replicas, selector: selectorOf(app), template: podTemplate(app) },
  };
}

export function service(app: App): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(app),
    spec: { selector: selectorOf(app).matchLabels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  };
}

export function metadataOf(app: Pick<App, 'namespace' | 'name' | 'fault'>) {
  return { namespace: app.namespace, name: app.name, labels: labelsOf(app) };
}

export function selectorOf(app: Pick<App, 'name'>) {
  return { matchLabels: { 'app.kubernetes.io/name': app.name } };
}

function labelsOf({ name, fault }: Pick<App, 'name' | 'fault'>): Record<string, string> {
  return { 'app.kubernetes.io/name': name, ...(fault === undefined ? {} : { [faultLabel]: fault }) };
}
