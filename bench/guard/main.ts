import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import corpusFile from '../../test/hooks/corpus.json' with { type: 'json' };
import { circumstances } from '../figures.ts';

/**
 * What the guard adds to a command of the agent, as a process, beside a hook that does nothing: one of each in turn, in one run,
 * over a mixed list of the corpus, with no daemon to ask.
 * Run: node bench/guard/main.ts [rounds, 200 unless said]
 */
const rounds = Number(process.argv[2] ?? 200);
const { allowed, denied } = z.object({ allowed: z.array(z.string()), denied: z.array(z.string()) }).parse(corpusFile);
const hooks = {
  guard: fileURLToPath(new URL('../../hooks/guard.mjs', import.meta.url)),
  empty: fileURLToPath(new URL('./empty-hook.mjs', import.meta.url)),
} as const;

function took(file: string, command: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const child = spawn(process.execPath, [file], {
      env: { CASTELLAN_HOME: '/nonexistent' },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.once('error', reject);
    child.once('close', () => resolve(performance.now() - begun));
    // The empty hook ends without reading.
    child.stdin.on('error', () => undefined);
    child.stdin.end(JSON.stringify({ tool_name: 'Bash', tool_input: { command } }));
  });
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}

const measured = { guard: [] as number[], empty: [] as number[] };
for (let round = -5; round < rounds; round += 1) {
  const list = round % 2 === 0 ? allowed : denied;
  const command = list[Math.abs(round * 7) % list.length] ?? '';
  const order = round % 4 < 2 ? (['guard', 'empty'] as const) : (['empty', 'guard'] as const);
  for (const which of order) {
    const ms = await took(hooks[which], command);
    // The first of each meet cold disks.
    if (round >= 0) measured[which].push(ms);
  }
}

console.log(`${circumstances(new Date())} · ${rounds} commands, each hook once, in turn\n`);
console.log('| | p50 | p95 |\n|---|---:|---:|');
const row = (what: string, of: (part: number) => number): void => {
  console.log(`| ${what} | ${of(0.5).toFixed(0)} ms | ${of(0.95).toFixed(0)} ms |`);
};
row('guard', (part) => percentile(measured.guard, part));
row('empty hook', (part) => percentile(measured.empty, part));
row('difference', (part) => percentile(measured.guard, part) - percentile(measured.empty, part));
