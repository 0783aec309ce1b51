import { openCache } from '../test/lab/cache.ts';
import { down } from '../test/lab/down.ts';
import { up } from '../test/lab/up.ts';
import { circumstances, median } from './figures.ts';

/**
 * How long a lab takes to start with everything in it, from what is built, and to stop. There is no peer: the goal is a
 * minute. Run: node bench/lab.ts
 */
const runs = 5;
const name = 'bench-lab';
const cache = openCache();
const pods = 60;
const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
};

const rows: string[] = [];
for (const homelab of [true, false]) {
  const started: number[] = [];
  const stopped: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    started.push(await seconds(() => up(cache, { name, pods, homelab, say: (line) => console.error(line) })));
    stopped.push(await seconds(() => down(cache, name)));
  }
  const row = [homelab ? 'with the homelab' : '--no-homelab', ...[started, stopped].map(rangeOf)];
  rows.push(`| ${row.join(' | ')} |`);
}
console.log(
  `\n\`node bench/lab.ts\` · ${circumstances(new Date())} · ${pods} pods of the sample · medians of ${runs} runs\n`,
);
console.log(['| | up | down |', '|---|---:|---:|', ...rows].join('\n'));

function rangeOf(values: readonly number[]): string {
  return `${median(values).toFixed(1)} s (${Math.min(...values).toFixed(1)} – ${Math.max(...values).toFixed(1)})`;
}
