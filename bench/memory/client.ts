import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { circumstances, median } from '../figures.ts';

/**
 * What a prompt waits for: whole processes of the built `memory-tool`, from their start to their end, against a daemon that is
 * warm, beside a Node that does nothing; and what they take of a processor, which other work on the machine does not change as much.
 * Run: npm run build && node bench/memory/client.ts [RUNS] [ENTRIES]
 */
const [runs = 40, entries = 1_000] = process.argv.slice(2).map(Number);
const dist = fileURLToPath(new URL('../../dist/src/cli/', import.meta.url));
const tool = join(dist, 'memory-tool.js');
if (!existsSync(tool)) throw new Error('dist/ is not built: npm run build');

const home = mkdtempSync(join(tmpdir(), 'castellan-bench-'));
const env = { PATH: process.env['PATH'] ?? '', HOME: home, CASTELLAN_HOME: join(home, 'data'), LANG: 'C.UTF-8' };
const daemon = spawn(process.execPath, [join(dist, 'main.js'), 'serve', '--socket-only'], {
  env,
  cwd: home,
  stdio: 'ignore',
});

try {
  const file = join(home, 'memories.jsonl');
  const machines = ['nas', 'router', 'mail', 'photos', 'backup', 'dns', 'proxy', 'media', 'print', 'door'];
  const rows = Array.from({ length: entries }, (_, index) => ({
    id: index,
    content: `The ${machines[index % 10]} server number ${index} restarts on day ${index % 28} because of fault E${1_000 + index}.`,
    tags: machines[index % 10],
  }));
  writeFileSync(file, rows.map((row) => JSON.stringify(row)).join('\n'));
  while (!existsSync(join(home, 'data', 'agent.sock'))) await sleep(50);
  run(['import', file]);

  const event = JSON.stringify({ session_id: 'bench', prompt: 'why does the mail server restart with fault E1012?' });
  const recall = ['recall', 'why does the mail server restart with fault E1012?'];
  const kinds = {
    'memory-tool recall': () => timed([tool, ...recall]),
    'memory-tool hook recall': () => timed([tool, 'hook', 'recall'], event),
    'memory-tool --version': () => timed([tool, '--version']),
    'node, nothing': () => timed(['--eval', '0']),
  };
  const taken = new Map<string, number>();
  const waited = new Map(Object.keys(kinds).map((name) => [name, [] as number[]]));
  // In turn, so that a slow moment of the machine meets them all; the first of each is not counted.
  for (let at = 0; at <= runs; at += 1) {
    for (const [name, wait] of Object.entries(kinds)) {
      const before = processorMs();
      const ms = wait();
      if (at === 0) continue;
      waited.get(name)?.push(ms);
      taken.set(name, (taken.get(name) ?? 0) + processorMs() - before);
    }
  }
  console.log(`${circumstances(new Date())} · ${entries} entries · ${runs} runs of each\n`);
  console.log('| process | median | p95 | least | processor, mean |\n|---|---:|---:|---:|---:|');
  for (const [name, all] of waited) {
    const sorted = all.toSorted((a, b) => a - b);
    const [least = 0, late = 0] = [sorted[0], sorted[Math.ceil(sorted.length * 0.95) - 1]];
    const figures = [median(all), late, least, (taken.get(name) ?? 0) / all.length];
    console.log(`| ${name} | ${figures.map((ms) => `${ms.toFixed(0)} ms`).join(' | ')} |`);
  }
} finally {
  const gone = new Promise((resolve) => daemon.once('exit', resolve));
  daemon.kill('SIGTERM');
  await gone;
  rmSync(home, { recursive: true });
}

/** What children that ended took of a processor, user and system together: in ticks of 10 ms, so that only a sum of many tells. */
function processorMs(): number {
  if (process.platform !== 'linux') return Number.NaN;
  const behindName = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(behindName[13]) + Number(behindName[14])) * 10;
}

function timed(words: readonly string[], input = ''): number {
  const begun = performance.now();
  const { status, stderr } = spawnSync(process.execPath, words, { env, cwd: home, input });
  const took = performance.now() - begun;
  if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}: ${stderr}`);
  return took;
}

function run(words: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [tool, ...words], { env, cwd: home });
  if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}: ${stderr}`);
}
