import { contenders } from './contenders.ts';
import { circumstances, type Figure, figuresTable, median } from './figures.ts';
import { StdioServer } from './stdio-server.ts';

/**
 * All pods of a cluster, asked for over one open session beside kubernetes-mcp-server, in one run: how much an agent must
 * read, and how long it waits. Run: node bench/kubernetes-peers.ts
 */
const pods = 200;
const runs = 15;

await using both = await contenders(pods);
await using castellan = await StdioServer.open(both.castellan);
await using peer = await StdioServer.open(both.peer);

interface Read {
  readonly ms: number;
  readonly bytes: number;
  readonly calls: number;
}

/** Every page of an answer, by its cursors. */
async function readThrough(given: object): Promise<Read> {
  const read = { ms: 0, bytes: 0, calls: 0 };
  for (let cursor: string | undefined, more = true; more; ) {
    const { text, ms } = await castellan.call('kubectl_get', { ...given, ...(cursor === undefined ? {} : { cursor }) });
    read.ms += ms;
    read.bytes += Buffer.byteLength(text);
    read.calls += 1;
    cursor = /next_cursor[=:]? ?(\S+)/.exec(text)?.[1];
    more = cursor !== undefined;
  }
  return read;
}

async function readPeer(): Promise<Read> {
  const { text, ms } = await peer.call('pods_list', {});
  return { ms, bytes: Buffer.byteLength(text), calls: 1 };
}

const questions = {
  'what is wrong among all pods': { kind: 'pods' },
  'every pod, row by row': { kind: 'pods', view: 'table', limit: 500, budget: 24_000 },
} as const;

const measured = { peer: [] as Read[], castellan: Object.entries(questions).map(() => [] as Read[]) };
for (let run = -2; run < runs; run += 1) {
  const reads = [];
  for (const given of Object.values(questions)) reads.push(await readThrough(given));
  const other = await readPeer();
  // The first rounds only warm up.
  if (run < 0) continue;
  for (const [index, read] of reads.entries()) measured.castellan[index]?.push(read);
  measured.peer.push(other);
}

const middle = (reads: readonly Read[], what: keyof Read): number => median(reads.map((read) => read[what]));
const figures = Object.keys(questions).flatMap((question, index): Figure[] => {
  const reads = measured.castellan[index] ?? [];
  const calls = middle(reads, 'calls');
  const what = `${question} (${calls} ${calls === 1 ? 'call' : 'calls'})`;
  return [
    { what, unit: 'bytes', castellan: middle(reads, 'bytes'), peer: middle(measured.peer, 'bytes') },
    { what, unit: 'ms', castellan: middle(reads, 'ms'), peer: middle(measured.peer, 'ms') },
  ];
});
console.log(`${circumstances(new Date())} · ${pods} pods · medians of ${runs} runs\n`);
console.log(figuresTable(both.peerName, figures));
