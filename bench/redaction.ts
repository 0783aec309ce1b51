import { lintSource } from '@secretlint/core';
import secretlintPackage from '@secretlint/core/package.json' with { type: 'json' };
import { creator as preset } from '@secretlint/secretlint-rule-preset-recommend';
import { ordinaryText } from '../src/redaction/fixtures/corpus.ts';
import { createRandom } from '../src/redaction/fixtures/random.ts';
import { drawSamples } from '../src/redaction/fixtures/samples.ts';
import { createRedactor, redactFrame } from '../src/redaction/index.ts';
import { scanPatterns, scanPlain } from '../src/redaction/pattern-layer.ts';
import { circumstances, median } from './figures.ts';

/**
 * Redaction side by side with secretlint's recommended preset, in one run on one machine: how fast each reads ordinary
 * text and text with secrets in it, what a whole frame costs, and what each finds of the same secrets, drawn anew.
 * Run: node bench/redaction.ts
 */
const random = createRandom(2026);
const ordinary = ordinaryText(random, 1_000_000);
const dirty = withSecrets(ordinary, 200);
const answer = ordinary.slice(0, 24_000);
const redactor = createRedactor();

function withSecrets(text: string, lines: number): string {
  const shapes = drawSamples(random);
  return text
    .split('\n')
    .map((line, index) =>
      index % lines === 0 ? `${line} ${shapes[(index / lines) % shapes.length]?.text ?? ''}` : line,
    )
    .join('\n');
}

const secretlint = async (text: string): Promise<number> => {
  const result = await lintSource({
    source: { content: text, filePath: 'bench.txt', contentType: 'text', ext: '.txt' },
    options: { config: { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: preset }] } },
  });
  return result.messages.length;
};

const runs = 9;
const { version } = secretlintPackage;

/** Median of the runs, after as many that only warm up. */
async function milliseconds(run: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 2 * runs; round += 1) {
    const started = performance.now();
    await run();
    if (round >= runs) times.push(performance.now() - started);
  }
  return median(times);
}

const frame = { jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: answer }] } };
const structuredFrame = {
  jsonrpc: '2.0',
  id: 1,
  result: {
    structuredContent: {
      rows: ordinary
        .slice(0, 20_000)
        .split('\n')
        .map((line, row) => ({ row, line })),
    },
  },
};

interface Measured {
  readonly what: string;
  readonly bytes: number;
  ours(): unknown;
  theirs?(): unknown;
}

const measured: readonly Measured[] = [
  {
    what: '1 MB of ordinary text',
    bytes: ordinary.length,
    ours: () => redactor.text(ordinary),
    theirs: () => secretlint(ordinary),
  },
  { what: '– of it the rules, on the text as it stands', bytes: ordinary.length, ours: () => scanPlain(ordinary) },
  { what: '– of it the rules, through every encoding', bytes: ordinary.length, ours: () => scanPatterns(ordinary) },
  {
    what: '1 MB with a secret in every 200th line',
    bytes: dirty.length,
    ours: () => redactor.text(dirty),
    theirs: () => secretlint(dirty),
  },
  {
    what: 'the largest answer (24 KB)',
    bytes: answer.length,
    ours: () => redactor.text(answer),
    theirs: () => secretlint(answer),
  },
  { what: 'its frame', bytes: answer.length, ours: () => redactFrame(redactor, frame) },
  {
    what: 'a frame of 20 KB in rows',
    bytes: JSON.stringify(structuredFrame).length,
    ours: () => redactFrame(redactor, structuredFrame),
  },
];

const speed = (ms: number, bytes: number): string =>
  `${ms.toFixed(1)} ms (${(bytes / 1e6 / (ms / 1000)).toFixed(1)} MB/s)`;

console.log(`${circumstances(new Date())} · medians of ${runs} runs\n`);
console.log(`| | Castellan | secretlint ${version} | ratio |\n|---|---:|---:|---:|`);
for (const { what, bytes, ours, theirs } of measured) {
  const own = await milliseconds(ours);
  const other = theirs === undefined ? undefined : await milliseconds(theirs);
  const [cell, ratio] = other === undefined ? ['–', '–'] : [speed(other, bytes), `${(other / own).toFixed(2)}×`];
  console.log(`| ${what} | ${speed(own, bytes)} | ${cell} | ${ratio} |`);
}

const shapes = drawSamples(createRandom(7));
let own = 0;
let other = 0;
for (const { text } of shapes) {
  if (redactor.text(text).text !== text) own += 1;
  if ((await secretlint(text)) > 0) other += 1;
}
const masks = Object.values(redactor.text(ordinary).counts).reduce((sum, count) => sum + count, 0);
console.log(`| secrets found, of ${shapes.length} shapes drawn anew | ${own} | ${other} | – |`);
console.log(`| false alarms in 1 MB of ordinary text | ${masks} | ${await secretlint(ordinary)} | – |`);
