import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { contenders } from './contenders.ts';
import { circumstances, median } from './figures.ts';
import { makeNoise, noise } from './noise.ts';
import { rawGet } from './raw-get.ts';
import { StdioServer } from './stdio-server.ts';

/**
 * The same questions over one open session, beside kubernetes-mcp-server and mcp-server-kubernetes, in one run: how much an
 * agent must read, how long it waits, what each process takes. Run: node bench/kubernetes-peers.ts [--pods 200] [--runs 15] [--lab NAME]
 */
const { values } = parseArgs({
  options: {
    pods: { type: 'string', default: '200' },
    runs: { type: 'string', default: '15' },
    lab: { type: 'string', default: 'bench' },
  },
});
const pods = Number(values.pods);
const runs = Number(values.runs);
const events = 400;

type Call = readonly [tool: string, given: object];

interface Question {
  readonly what: string;
  readonly castellan: readonly Call[];
  readonly peer: readonly Call[];
  readonly wrapper: readonly Call[];
}

const { namespace, talker, failing } = noise;
const questions: readonly Question[] = [
  {
    what: 'what is wrong among all pods',
    castellan: [['kubectl_get', { kind: 'pods' }]],
    peer: [['pods_list', {}]],
    wrapper: [['kubectl_get', { resourceType: 'pods', allNamespaces: true }]],
  },
  {
    what: 'what is wrong in the whole cluster',
    castellan: [['cluster_health', {}]],
    peer: [
      ['pods_list', {}],
      ['resources_list', { apiVersion: 'v1', kind: 'Node' }],
      ['events_list', {}],
    ],
    wrapper: [
      ['kubectl_get', { resourceType: 'pods', allNamespaces: true }],
      ['kubectl_get', { resourceType: 'nodes' }],
      ['kubectl_get', { resourceType: 'events', allNamespaces: true }],
    ],
  },
  {
    what: 'every event',
    castellan: [['kubectl_events', { type: 'all', since: '24h' }]],
    peer: [['events_list', {}]],
    wrapper: [['kubectl_get', { resourceType: 'events', allNamespaces: true }]],
  },
  {
    what: 'errors of a pod with 60,000 lines',
    castellan: [['kubectl_logs', { target: `deploy/${talker}`, namespace, level: 'error' }]],
    peer: [['pods_log', { name: '{talker}', namespace, tail: 60_000 }]],
    wrapper: [['kubectl_logs', { resourceType: 'deployment', name: talker, namespace, tail: 60_000 }]],
  },
  {
    what: 'why a deployment fails',
    castellan: [['kubectl_describe', { target: `deploy/${failing}`, namespace }]],
    peer: [
      ['resources_get', { apiVersion: 'apps/v1', kind: 'Deployment', name: failing, namespace }],
      ['pods_list_in_namespace', { namespace }],
      ['events_list', { namespace }],
    ],
    wrapper: [
      ['kubectl_describe', { resourceType: 'deployment', name: failing, namespace }],
      ['kubectl_get', { resourceType: 'pods', namespace }],
      ['kubectl_get', { resourceType: 'events', namespace }],
    ],
  },
];

interface Read {
  readonly ms: number;
  readonly bytes: number;
}

async function ask(server: StdioServer, calls: readonly Call[], podName: string): Promise<Read | string> {
  const read = { ms: 0, bytes: 0 };
  for (const [tool, given] of calls) {
    const filled = JSON.parse(JSON.stringify(given).replaceAll('{talker}', podName));
    try {
      const { text, ms } = await server.call(tool, filled);
      read.ms += ms;
      read.bytes += Buffer.byteLength(text);
    } catch (error) {
      return error instanceof Error ? error.message : 'failed';
    }
  }
  return read;
}

await using all = await contenders(pods, { name: values.lab });
await makeNoise(all.running, events);
const raw = rawGet(all.lab);
const podName = await raw.podOf(namespace, `app=${talker}`);
await using castellan = await StdioServer.open(all.castellan);
await using peer = await StdioServer.open(all.peer);
await using wrapper = await StdioServer.open(all.wrapper);
// A new daemon makes its database and takes a first look at everything; what follows is its ordinary day.
await castellan.call('cluster_health', {});
await sleep(20_000);
const servers = [
  { name: 'Castellan', server: castellan, calls: (question: Question) => question.castellan },
  { name: all.peerName, server: peer, calls: (question: Question) => question.peer },
  { name: all.wrapperName, server: wrapper, calls: (question: Question) => question.wrapper },
];

console.log(`${circumstances(new Date())} · ${pods} pods, ${events} events more · medians of ${runs} runs\n`);
console.log(`| | calls | ${servers.map(({ name }) => name).join(' | ')} |`);
console.log(`|---|---:|${servers.map(() => '---:').join('|')}|`);
for (const question of questions) {
  const cells = [];
  for (const { server, calls } of servers) {
    const reads: Read[] = [];
    let failure: string | undefined;
    // The first rounds only warm up; what fails once is not asked for again and again.
    for (let run = -2; run < runs && failure === undefined; run += 1) {
      const read = await ask(server, calls(question), podName);
      if (typeof read === 'string') failure = read;
      else if (run >= 0) reads.push(read);
    }
    cells.push(failure === undefined ? told(reads) : `fails: ${failure.replace(/\s+/g, ' ').slice(0, 60)}`);
  }
  const counts = servers.map(({ calls }) => calls(question).length).join(' / ');
  console.log(`| ${question.what} | ${counts} | ${cells.join(' | ')} |`);
}

const listed = [];
for (let run = 0; run < runs; run += 1) listed.push(await raw.pods());
const middleOfRaw = { ms: median(listed.map(({ ms }) => ms)), bytes: median(listed.map(({ bytes }) => bytes)) };
console.log(`| all pods, raw GET | 1 | ${number(middleOfRaw.bytes)} B, ${number(middleOfRaw.ms)} ms | | |`);
// The session that started the daemon is its parent: the daemon is counted with it.
const memory = [castellan, peer, wrapper].map((server) => server.memory());
console.log(`| resident memory after all of it | | ${memory.map((mib) => `${number(mib)} MiB`).join(' | ')} |`);

function told(reads: readonly Read[]): string {
  return `${number(median(reads.map(({ bytes }) => bytes)))} B, ${number(median(reads.map(({ ms }) => ms)))} ms`;
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en-GB');
}
