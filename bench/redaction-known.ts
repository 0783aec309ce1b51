import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { lintSource } from '@secretlint/core';
import secretlintPackage from '@secretlint/core/package.json' with { type: 'json' };
import { creator as preset } from '@secretlint/secretlint-rule-preset-recommend';
import { ordinaryText } from '../src/redaction/fixtures/corpus.ts';
import { createRandom } from '../src/redaction/fixtures/random.ts';
import { createRedactor } from '../src/redaction/index.ts';
import { createFingerprinter } from '../src/redaction/known/fingerprint.ts';
import { createKnownValues } from '../src/redaction/known/known-values.ts';
import { createMatcher } from '../src/redaction/known/matcher.ts';
import { readTable } from '../src/redaction/known/table.ts';
import { variantsOf } from '../src/redaction/known/variants.ts';
import { cachedPackage } from '../test/e2e/program-cache.ts';
import { circumstances, median } from './figures.ts';

/**
 * Known values side by side with an Aho-Corasick automaton, which has to hold them, and with secretlint, which knows only
 * shapes: 5,000 secrets drawn anew, each looked for in every encoding, in the same text, in one run.
 * Run: node bench/redaction-known.ts
 */
const automatonVersion = '3.3.0';
const secrets = Array.from({ length: 5_000 }, (_, at) =>
  randomBytes(12 + (at % 25)).toString(at % 2 === 0 ? 'base64' : 'hex'),
);
const encoders: readonly ((value: string) => string)[] = [
  (value) => value,
  (value) => encodeURIComponent(value),
  (value) => Buffer.from(`user:${value}`).toString('base64'),
];
const ordinary = ordinaryText(createRandom(2026), 2_000_000);
const planted = ordinary
  .split('\n')
  .map((line, at) =>
    at % 100 === 0 ? `${line} ${encoders[at % 3]?.(secrets[at % secrets.length] ?? '') ?? ''}` : line,
  )
  .join('\n');
const plantedCount = planted.split('\n').filter((_, at) => at % 100 === 0).length;

const runs = 9;

function cpuSince(started: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1_000;
}

/** CPU time, so that a busy machine counts less; median of the runs, after a third as many that only warm up. */
async function milliseconds(run: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let round = -Math.ceil(runs / 3); round < runs; round += 1) {
    const started = process.cpuUsage();
    await run();
    if (round >= 0) times.push(cpuSince(started));
  }
  return median(times);
}

interface Automaton {
  search(text: string): readonly { readonly start: number }[];
}
type AutomatonConstructor = new (words: readonly string[]) => Automaton;

async function automatonClass(): Promise<AutomatonConstructor> {
  const modules = await cachedPackage('modern-ahocorasick', automatonVersion);
  // Its faster one, of the two.
  return createRequire(join(modules, 'bench.cjs'))('modern-ahocorasick/dist/fast.cjs');
}

function built<Result>(build: () => Result): { readonly result: Result; readonly ms: number } {
  const started = process.cpuUsage();
  const result = build();
  return { result, ms: cpuSince(started) };
}

const secretlint = async (text: string): Promise<number> => {
  const { messages } = await lintSource({
    source: { content: text, filePath: 'bench.txt', contentType: 'text', ext: '.txt' },
    options: { config: { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: preset }] } },
  });
  return messages.length;
};

const fingerprinted = built(() =>
  createFingerprinter().of(
    secrets.map((value, at) => ({
      value,
      class: 'a' as const,
      label: { mount: 'secret', path: `apps/app-${at}`, key: 'password', version: 1 },
    })),
    'bench',
  ),
);
const set = fingerprinted.result;
const loaded = built(() => createMatcher(readTable(set)));
const matcher = loaded.result;
const known = createKnownValues();
known.load(set);
const redactor = createRedactor({ layers: [known.layer] });
const Automaton = await automatonClass();
const words = [...new Set(secrets.flatMap((value) => variantsOf(value).map(({ text }) => text)))];
const automaton = built(() => new Automaton(words));

const speed = (ms: number, text: string): string =>
  `${ms.toFixed(1)} ms (${(text.length / 1e6 / (ms / 1000)).toFixed(1)} MB/s)`;

console.log(
  `${circumstances(new Date())} · ${secrets.length} secrets, ${words.length} patterns · CPU time, medians of ${runs} runs\n`,
);
console.log(
  `| | Castellan | modern-ahocorasick ${automatonVersion} | ratio | secretlint ${secretlintPackage.version} | ratio |\n|---|---:|---:|---:|---:|---:|`,
);
for (const [what, text] of [
  ['2 MB of ordinary text', ordinary],
  [`the same with ${plantedCount} secrets in it`, planted],
] as const) {
  const own = await milliseconds(() => matcher(text));
  const other = await milliseconds(() => automaton.result.search(text));
  const shapes = await milliseconds(() => secretlint(text));
  console.log(
    `| ${what} | ${speed(own, text)} | ${speed(other, text)} | ${(other / own).toFixed(1)}× | ${speed(shapes, text)} | ${(shapes / own).toFixed(1)}× |`,
  );
}
const found = new Set(matcher(planted).matches.map(({ start }) => planted.lastIndexOf('\n', start))).size;
const foundByAutomaton = new Set(automaton.result.search(planted).map(({ start }) => planted.lastIndexOf('\n', start)))
  .size;
console.log(`| found, of ${plantedCount} | ${found} | ${foundByAutomaton} | – | ${await secretlint(planted)} | – |`);
console.log(
  `| false alarms in 2 MB of ordinary text | ${matcher(ordinary).matches.length} | ${automaton.result.search(ordinary).length} | – | ${await secretlint(ordinary)} | – |`,
);
console.log(
  `| built in | ${(fingerprinted.ms + loaded.ms).toFixed(0)} ms, ${loaded.ms.toFixed(0)} ms of it in the daemon | ${automaton.ms.toFixed(0)} ms | – | – | – |`,
);
console.log(
  `| the whole redactor, patterns and decodings too | ${speed(await milliseconds(() => redactor.text(ordinary)), ordinary)} | – | – | – | – |`,
);
