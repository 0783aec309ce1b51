import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { plantedFault } from '../test/lab/homelab/planted.ts';
import { contenders } from './contenders.ts';
import { circumstances } from './figures.ts';
import { type Call, faultsAsked, operatorsAsk } from './questions-asked.ts';
import { StdioServer } from './stdio-server.ts';

/**
 * Two tables on the lab with its homelab: the operators' questions Kubernetes alone can answer, and the ten planted faults.
 * Calls are made in the order a careful agent would make them, until every word is there without which the answer is wrong;
 * a server whose calls end before that did not answer. Run: node bench/questions.ts
 */
const mostCalls = 3;
const mostBytes = 8_000;

interface Asked {
  readonly calls: number;
  readonly bytes: number;
  /** Of the largest answer. */
  readonly largest: number;
  readonly missing: readonly string[];
}

async function ask(server: StdioServer, calls: readonly Call[], must: readonly string[]): Promise<Asked> {
  let bytes = 0;
  let largest = 0;
  let missing = must;
  let made = 0;
  for (const [tool, given] of calls) {
    made += 1;
    let text: string;
    try {
      ({ text } = await server.call(tool, given));
    } catch (error) {
      text = error instanceof Error ? error.message : '';
    }
    const size = Buffer.byteLength(text);
    bytes += size;
    largest = Math.max(largest, size);
    missing = missing.filter((word) => !text.includes(word));
    if (missing.length === 0) break;
  }
  return { calls: made, bytes, largest, missing };
}

await using all = await contenders(60, { homelab: true });
const faults = z.array(plantedFault).parse(JSON.parse(readFileSync(all.lab.key ?? '', 'utf8')));
await using castellan = await StdioServer.open(all.castellan);
await using peer = await StdioServer.open(all.peer);
await using wrapper = await StdioServer.open(all.wrapper);

console.log(`${circumstances(new Date())} · the lab's homelab\n`);
console.log('| question | calls | largest answer | all answers | says |');
console.log('|---|---:|---:|---:|---|');
let failures = 0;
for (const { id, question, calls, must } of operatorsAsk(faults)) {
  const asked = await ask(castellan, calls, must);
  const good = asked.missing.length === 0 && asked.calls <= mostCalls && asked.largest <= mostBytes;
  if (!good) failures += 1;
  const says = asked.missing.length === 0 ? 'all of it' : `not: ${asked.missing.join(', ')}`;
  console.log(`| ${id} ${question} | ${asked.calls} | ${asked.largest} B | ${asked.bytes} B | ${says} |`);
}

console.log(`\n| planted fault | Castellan | ${all.peerName} | ${all.wrapperName} |`);
console.log('|---|---:|---:|---:|');
for (const fault of faults) {
  // Which file of the infrastructure repository it is written in, the cluster does not know.
  const must = fault.must.filter((word) => !word.startsWith('stacks/'));
  const scripts = faultsAsked(fault);
  const cells = [];
  for (const [server, calls] of [
    [castellan, scripts.castellan],
    [peer, scripts.peer],
    [wrapper, scripts.wrapper],
  ] as const) {
    const asked = await ask(server, calls, must);
    if (server === castellan && (asked.missing.length > 0 || asked.calls > mostCalls || asked.largest > mostBytes))
      failures += 1;
    const cost = `${asked.calls} × , ${asked.bytes.toLocaleString('en-GB')} B`.replace(
      ' × ,',
      asked.calls === 1 ? ' call,' : ' calls,',
    );
    cells.push(asked.missing.length === 0 ? cost : `${cost}, without ${asked.missing.join(', ')}`);
  }
  console.log(`| ${fault.id} | ${cells.join(' | ')} |`);
}
if (failures > 0) {
  console.error(`${failures} not answered in ${mostCalls} calls of ${mostBytes} bytes`);
  process.exitCode = 1;
}
