import { subscribe } from 'node:diagnostics_channel';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { connectCluster, openChronicle } from '../src/cluster/index.ts';
import { createRedactor } from '../src/redaction/index.ts';
import { migrate } from '../src/store/migrate.ts';
import { openEmbeddedDatabase } from '../src/store/pglite.ts';
import { openCache } from '../test/lab/cache.ts';
import { down } from '../test/lab/down.ts';
import { labEnv, runningLab } from '../test/lab/env.ts';
import { up } from '../test/lab/up.ts';
import { circumstances } from './figures.ts';

/**
 * What it costs to follow a cluster: what is asked and received, what is written, and what it takes of the processor and of
 * memory. Everything the lab's faults do happens meanwhile. Run: node bench/chronicle.ts [LAB] [MINUTES]
 */
const [name = 'bench-chronicle', given = '10'] = process.argv.slice(2);
const minutes = Number(given);

const asked = { requests: 0, bytes: 0 };
subscribe('undici:request:create', () => {
  asked.requests += 1;
});
subscribe('undici:request:bodyChunkReceived', (message) => {
  if (typeof message === 'object' && message !== null && 'chunk' in message && Buffer.isBuffer(message.chunk)) {
    asked.bytes += message.chunk.byteLength;
  }
});

const cache = openCache();
const found = runningLab(cache, name);
const say = (line: string): void => console.error(line);
const running = found ?? (await up(cache, { name, pods: 200, homelab: false, say })).lab;
await using stack = new AsyncDisposableStack();
stack.defer(async () => {
  if (found === undefined) await down(cache, name);
});
const home = mkdtempSync(join(tmpdir(), 'castellan-bench-'));
stack.defer(() => rmSync(home, { recursive: true }));
const database = stack.use(await openEmbeddedDatabase(join(home, 'database')));
await migrate(database, { build: 'bench' });
const lab = labEnv(running);
const cluster = stack.use(
  await connectCluster({ kubeconfig: lab.kubeconfig.castellan, deadlineMs: 10_000 }, { redactor: createRedactor() }),
);

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

interface Figures {
  readonly requests: number;
  readonly received: number;
  readonly rows: number;
  readonly rowBytes: number;
  readonly diskBytes: number;
  readonly cpuMs: number;
  readonly heap: number;
}

async function measure(): Promise<Figures> {
  collectGarbage();
  const [written] = await database.query<{ rows: number; bytes: number; disk: number }>(
    `select count(*) as rows, coalesce(sum(pg_column_size(c.*)), 0)::int8 as bytes,
       (select sum(pg_total_relation_size(oid))::int8 from pg_class
        where relnamespace = to_regnamespace('castellan') and relkind = 'r' and relname like 'chronicle%') as disk
     from castellan.chronicle c`,
  );
  const { user, system } = process.cpuUsage();
  return {
    requests: asked.requests,
    received: asked.bytes,
    rows: written?.rows ?? 0,
    rowBytes: written?.bytes ?? 0,
    diskBytes: written?.disk ?? 0,
    cpuMs: (user + system) / 1_000,
    heap: process.memoryUsage().heapUsed,
  };
}

const pods = await cluster.reader.kind('pods', AbortSignal.timeout(10_000));
const { objects } = await cluster.reader.list(pods, { shape: {}, signal: AbortSignal.timeout(10_000) });
const before = await measure();
const chronicle = openChronicle({ readers: cluster.readers, database: { whenOpen: async () => database } });
stack.defer(() => chronicle[Symbol.asyncDispose]());
// The first look reads everything once; it is over long before this, and written.
await sleep(20_000);
const first = await measure();
await sleep(minutes * 60_000);
const last = await measure();

const perDay = (24 * 60) / minutes;
const kib = (bytes: number): string => `${Math.round(bytes / 1_024).toLocaleString('en-GB')} KiB`;
const between = (one: Figures, other: Figures, what: keyof Figures): number => other[what] - one[what];
const rows: readonly (readonly [string, string, string])[] = [
  [
    'requests to the API server',
    String(between(before, first, 'requests')),
    `${Math.round(between(first, last, 'requests') * perDay).toLocaleString('en-GB')} a day`,
  ],
  [
    'received from it',
    kib(between(before, first, 'received')),
    `${kib(between(first, last, 'received') * perDay)} a day`,
  ],
  [
    'rows written',
    String(between(before, first, 'rows')),
    `${between(first, last, 'rows')}: ${Math.round(between(first, last, 'rows') * perDay)} a day`,
  ],
  ['bytes of rows', kib(between(before, first, 'rowBytes')), `${kib(between(first, last, 'rowBytes') * perDay)} a day`],
  ['tables and indexes on disk', kib(first.diskBytes), kib(last.diskBytes)],
  [
    'processor',
    `${Math.round(between(before, first, 'cpuMs'))} ms`,
    `${((between(first, last, 'cpuMs') / (minutes * 60_000)) * 100).toFixed(2)} % of one core`,
  ],
  ['memory in use, more than before', kib(between(before, first, 'heap')), kib(between(before, last, 'heap'))],
];
console.log(
  `\n\`node bench/chronicle.ts\` · ${circumstances(new Date())} · ${objects.length} pods · ${minutes} minutes\n`,
);
console.log(
  ['| | the first look | from then on |', '|---|---:|---:|', ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n'),
);
