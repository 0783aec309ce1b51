import { randomBytes } from 'node:crypto';
import { type ClusterConnection, connectCluster, type Kind, kindId, openChronicle } from '../../src/cluster/index.ts';
import { CastellanError, createCursors, type Principal, renderAnswer, type Tool } from '../../src/kit/index.ts';
import { silent } from '../../src/redaction/no-redaction.fixture.ts';
import type { LentDatabase } from '../../src/store/port.ts';
import type { RecordedApi } from '../../test/recorded/api.ts';
import { noDatabase } from './call.fixture.ts';
import { kubectl } from './group.ts';
import type { KubectlPorts } from './port.ts';

/** One call of one tool. */
export interface Call {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What came back of it: the answer or the refusal, and what was told on the way. */
export interface Told extends Call {
  readonly text: string;
  readonly kind: 'answer' | 'error';
  /** Of what came back, apart from the refusals and progress, which have no cut and no budget. */
  readonly bytes: number;
  readonly truncated: boolean;
  readonly progress: readonly string[];
  readonly milliseconds: number;
}

const principal: Principal = { agent: 'agent:test', human: 'human:test', via: 'socket', scopes: ['read'] };

export interface Caller extends AsyncDisposable {
  readonly connection: ClusterConnection;
  tell(call: Call): Promise<Told>;
}

/** Makes calls as the server does, of every tool over one connection. Whatever is no answer and no refusal of ours is thrown. */
export async function openCaller(api: RecordedApi, database: LentDatabase = noDatabase): Promise<Caller> {
  const connection = await connectCluster({ kubeconfig: api.kubeconfig, deadlineMs: 10_000 }, { redactor: silent });
  const cursors = createCursors(randomBytes(32));
  const now = api.at;
  const chronicle = openChronicle({ readers: connection.readers, database, now: () => now });
  return {
    connection,
    async tell(call) {
      const tool = toolNamed(call.tool);
      const input = tool.input.parse(call.input);
      const progress: string[] = [];
      const budget = typeof input['budget'] === 'number' ? input['budget'] : 8_000;
      const begun = performance.now();
      const told = (text: string, kind: Told['kind'], bytes: number, truncated: boolean): Told => {
        return { ...call, text, kind, bytes, truncated, progress, milliseconds: performance.now() - begun };
      };
      try {
        const answer = await tool.run(input, {
          ports: { cluster: connection.reader, chronicle },
          principal,
          signal: AbortSignal.timeout(30_000),
          now: () => now,
          progress: (message) => progress.push(message),
          page: cursors.pageFor({ tool: tool.name, input, principal }, undefined, now),
          room: budget,
        });
        const { text, bytes, truncated } = renderAnswer(answer, {
          budget,
          redact: silent.text,
          redactAgent: silent.text,
          redactOwn: silent.text,
        });
        return told(text, 'answer', bytes, truncated);
      } catch (error) {
        if (!(error instanceof CastellanError)) throw error;
        return told(`${error.code}: ${error.message}; ${error.next}`, 'error', 0, false);
      }
    },
    [Symbol.asyncDispose]: async () => {
      await chronicle[Symbol.asyncDispose]();
      await connection[Symbol.asyncDispose]();
    },
  };
}

function toolNamed(name: string): Tool<KubectlPorts> {
  const found = kubectl.tools.find((tool) => tool.name === name);
  if (found === undefined) throw new Error(`there is no tool ${name}`);
  return found as Tool<KubectlPorts>;
}

interface Reach {
  /** Objects of a kind that are asked for by name. */
  readonly named: number;
}

/** Calls that reach every sentence there is: every kind in every view, objects by name, and what cannot be answered. */
export async function everyCall(api: RecordedApi, { connection }: Caller, { named }: Reach): Promise<readonly Call[]> {
  const kinds = await connection.reader.kinds(AbortSignal.timeout(10_000));
  const places = kinds.flatMap((kind) => objectsOf(api, kind).map((place) => ({ ...place, kind })));
  const ofKind = (id: string) => places.filter(({ kind }) => kindId(kind) === id);
  const workloads = ['deployments.apps', 'statefulsets.apps', 'daemonsets.apps', 'cronjobs.batch', 'jobs.batch'];
  const some = kinds.flatMap((kind) => ofKind(kindId(kind)).slice(0, named));
  const targets = some.map(({ kind, name, namespace }) => ({
    target: `${kindId(kind)}/${name}`,
    ...(namespace === undefined ? {} : { namespace }),
  }));
  const running = targets.filter((_, index) => workloads.includes(kindId(some[index]?.kind ?? nothing)));
  const pods = ofKind('pods').map(({ name, namespace }) => ({ target: `pod/${name}`, namespace }));
  return [
    ...clusterWide,
    ...kinds.flatMap((kind) => callsOfKind(kindId(kind))),
    ...some.flatMap(({ kind, name, namespace }) => callsOfObject({ kind: kindId(kind), name, namespace })),
    ...targets.map((input): Call => ({ tool: 'kubectl_describe', input })),
    ...pods.slice(0, 12 * named).map((input): Call => ({ tool: 'kubectl_describe', input })),
    ...pods.flatMap((input): Call[] => [
      { tool: 'kubectl_logs', input: { ...input, container: 'all' } },
      { tool: 'kubectl_logs', input: { ...input, container: 'nobody' } },
    ]),
    ...running.flatMap((input) => callsOfWorkload(input)),
    ...[...running, ...pods.slice(0, named)].flatMap(waitOf),
  ];
}

const nothing: Kind = {
  kind: '',
  group: '',
  version: '',
  resource: '',
  singular: '',
  shortNames: [],
  namespaced: false,
  verbs: [],
};

interface Place {
  readonly name: string;
  readonly namespace: string | undefined;
}

/** Those that can be asked for by name. */
function objectsOf(api: RecordedApi, kind: Kind): readonly Place[] {
  const word = kind.group === 'metrics.k8s.io' ? `${kind.resource}.metrics.k8s.io` : kind.resource;
  return api
    .objects(word)
    .map(({ metadata: { name, namespace } }) => ({ name, namespace }))
    .filter(({ name }) => /^[A-Za-z0-9][-A-Za-z0-9._:]{0,250}$/.test(name));
}

const clusterWide: readonly Call[] = [
  ...['critical', 'notice'].map((severity): Call => ({ tool: 'cluster_health', input: { severity, limit: 500 } })),
  { tool: 'cluster_health', input: { severity: 'notice', limit: 3, budget: 24_000 } },
  { tool: 'cluster_changes', input: { since: '30d', limit: 500, budget: 24_000 } },
  { tool: 'kubectl_events', input: { since: '30d', type: 'all', limit: 500, budget: 24_000 } },
  { tool: 'kubectl_events', input: {} },
  { tool: 'kubectl_explain', input: {} },
  ...['pods', 'containers', 'nodes'].map((kind): Call => ({ tool: 'kubectl_top', input: { kind } })),
  { tool: 'kubectl_top', input: { kind: 'containers', limit: 500, budget: 24_000 } },
  { tool: 'kubectl_logs', input: { selector: 'app=nobody' } },
  { tool: 'app_resolve', input: { target: 'nobody-has-this' } },
  { tool: 'kubectl_describe', input: { target: 'w' } },
];

function callsOfKind(kind: string): readonly Call[] {
  const get = (input: Call['input']): Call => ({ tool: 'kubectl_get', input: { kind, budget: 24_000, ...input } });
  return [
    ...['table', 'problems', 'names', 'count'].map((view) => get({ view })),
    get({ path: 'metadata.labels,metadata.annotations,spec,status' }),
    get({ groupBy: 'status' }),
    get({ groupBy: 'metadata.ownerReferences.name' }),
    get({ path: 'spec.nowhere' }),
    get({ name: 'nobody' }),
    { tool: 'kubectl_explain', input: { kind } },
    { tool: 'kubectl_explain', input: { kind, path: 'spec.nowhere' } },
    { tool: 'kubectl_explain', input: { kind, verb: 'delete' } },
  ];
}

function callsOfObject(input: Call['input']): readonly Call[] {
  return [
    { tool: 'kubectl_get', input: { ...input, view: 'full', budget: 24_000 } },
    { tool: 'kubectl_get', input },
    { tool: 'kubectl_get', input: { ...input, path: 'spec.nowhere' } },
    { tool: 'kubectl_get', input: { ...input, path: 'metadata.annotations.nowhere' } },
  ];
}

function callsOfWorkload(input: Call['input']): readonly Call[] {
  return [
    { tool: 'app_resolve', input },
    { tool: 'kubectl_logs', input },
    { tool: 'kubectl_logs', input: { ...input, container: 'all', grep: 'e', around: 2 } },
    { tool: 'kubectl_events', input: { ...input, since: '30d', type: 'all' } },
    { tool: 'cluster_changes', input: { ...input, since: '30d' } },
    { tool: 'kubectl_top', input: { ...input, kind: 'containers' } },
  ];
}

/** Waiting takes a second where it is not met at once; one goal for each object, all goals among them. */
function waitOf(input: Call['input'], index: number): Call {
  const goals = ['rollout', 'ready', 'complete', 'condition=Nothing', 'deleted', 'status.phase=Nothing'];
  return { tool: 'kubectl_wait', input: { ...input, for: goals[index % goals.length], seconds: 1 } };
}

/** A few at a time unless one after the other is asked for: some of them wait. */
export async function tellAll(caller: Caller, calls: readonly Call[], atOnce = 6): Promise<readonly Told[]> {
  const told: Told[] = [];
  const left = calls.entries();
  const work = async (): Promise<void> => {
    for (const [index, call] of left) told[index] = await caller.tell(call);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return told;
}

/** What the chronicle answers, wherever it speaks. */
export async function questionsOfThePast(api: RecordedApi, caller: Caller): Promise<readonly Call[]> {
  const calls = await everyCall(api, caller, { named: 1 });
  const tools = ['cluster_changes', 'kubectl_events', 'kubectl_describe'];
  return [...wholePast, ...calls.filter(({ tool }) => tools.includes(tool))];
}

const wholePast: readonly Call[] = [
  { tool: 'cluster_changes', input: { since: '30d', limit: 500, budget: 24_000 } },
  { tool: 'cluster_changes', input: { since: '1h', budget: 24_000 } },
  { tool: 'kubectl_events', input: { since: '30d', type: 'all', limit: 500, budget: 24_000 } },
];

/** Everything changes at once, as far as whoever watches can tell; a pod in three is gone afterwards. */
export function touchEverything(api: RecordedApi): void {
  for (const resource of api.resources) {
    for (const [index, object] of [...api.objects(resource)].entries()) {
      const isGone = resource === 'pods' && index % 3 === 0;
      api.change(resource, isGone ? 'DELETED' : 'MODIFIED', object);
    }
  }
}
