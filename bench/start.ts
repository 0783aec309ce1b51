import { contenders } from './contenders.ts';
import { circumstances, figuresTable, median } from './figures.ts';
import { type Command, residentMemory, StdioServer } from './stdio-server.ts';

/**
 * How long an agent waits for its tools, and what that costs in memory, beside kubernetes-mcp-server, in one run.
 * Run: node bench/start.ts
 */
const runs = 15;
const manySessions = 5;

await using both = await contenders(200);
const allPods = { castellan: ['kubectl_get', { kind: 'pods' }], peer: ['pods_list', {}] } as const;

interface Waited {
  readonly list: number;
  readonly first: number;
}

/** From the start of the process to its list of tools, and to its first answer. */
async function waitFor(command: Command, [tool, given]: readonly [string, object]): Promise<Waited> {
  const begun = performance.now();
  await using server = await StdioServer.open(command);
  await server.ask('tools/list');
  const list = performance.now() - begun;
  await server.call(tool, given);
  return { list, first: performance.now() - begun };
}

const warm: Waited[] = [];
const cold: Waited[] = [];
const peer: Waited[] = [];
// The first of each is not counted: it meets cold disks, and makes Castellan's database.
await waitFor(both.castellan, allPods.castellan);
await waitFor(both.peer, allPods.peer);
for (let run = 0; run < runs; run += 1) {
  await both.stopDaemon();
  cold.push(await waitFor(both.castellan, allPods.castellan));
  warm.push(await waitFor(both.castellan, allPods.castellan));
  peer.push(await waitFor(both.peer, allPods.peer));
}

const memory = { castellan: [] as number[], peer: [] as number[], shim: [] as number[], daemon: [] as number[] };
for (let run = 0; run < runs; run += 1) {
  await using sessions = new AsyncDisposableStack();
  const opened = { castellan: [] as StdioServer[], peer: [] as StdioServer[] };
  for (let session = 0; session < manySessions; session += 1) {
    for (const which of ['castellan', 'peer'] as const) {
      const server = sessions.use(await StdioServer.open(both[which]));
      await server.ask('tools/list');
      const [tool, given] = allPods[which];
      await server.call(tool, given);
      opened[which].push(server);
    }
  }
  memory.shim.push(...opened.castellan.map((server) => server.memory()));
  memory.peer.push(...opened.peer.map((server) => server.memory()));
  memory.daemon.push(residentMemory(await both.daemon()));
}
const [shim, daemon, one] = [median(memory.shim), median(memory.daemon), median(memory.peer)];

const listed = (waits: readonly Waited[]): number => median(waits.map(({ list }) => list));
const answered = (waits: readonly Waited[]): number => median(waits.map(({ first }) => first));
console.log(`${circumstances(new Date())} · medians of ${runs} runs\n`);
console.log(
  figuresTable(both.peerName, [
    { what: 'start → list of tools, daemon running', unit: 'ms', castellan: listed(warm), peer: listed(peer) },
    { what: 'start → list of tools, no daemon', unit: 'ms', castellan: listed(cold), peer: listed(peer) },
    {
      what: 'start → first answer (pods), daemon running',
      unit: 'ms',
      castellan: answered(warm),
      peer: answered(peer),
    },
    { what: 'start → first answer (pods), no daemon', unit: 'ms', castellan: answered(cold), peer: answered(peer) },
    { what: 'resident memory, 1 session', unit: 'MiB', castellan: daemon + shim, peer: one },
    {
      what: `resident memory, ${manySessions} sessions`,
      unit: 'MiB',
      castellan: daemon + manySessions * shim,
      peer: manySessions * one,
    },
  ]),
);
console.log(`\nCastellan's memory: daemon ${Math.round(daemon)} MiB, and ${Math.round(shim)} MiB a session.`);
