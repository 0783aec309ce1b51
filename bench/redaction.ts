import { lintSource } from '@secretlint/core';
import { creator as preset } from '@secretlint/secretlint-rule-preset-recommend';
import { ordinaryText } from '../src/redaction/fixtures/corpus.ts';
import { createRandom } from '../src/redaction/fixtures/random.ts';
import { drawSamples } from '../src/redaction/fixtures/samples.ts';
import { createRedactor, redactFrame } from '../src/redaction/index.ts';
import { scanPatterns, scanPlain } from '../src/redaction/pattern-layer.ts';

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

/** Median of the runs, after as many that only warm up. */
async function milliseconds(run: () => unknown, runs = 9): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 2 * runs; round += 1) {
    const started = performance.now();
    await run();
    if (round >= runs) times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[runs >> 1] ?? Number.NaN;
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

const rows: [what: string, megabytes: number, ours: () => unknown, theirs?: () => unknown][] = [
  ['1 MB ordinary text', ordinary.length / 1e6, () => redactor.text(ordinary), () => secretlint(ordinary)],
  ['  of it: rules, plain', ordinary.length / 1e6, () => scanPlain(ordinary)],
  ['  of it: with decodings', ordinary.length / 1e6, () => scanPatterns(ordinary)],
  ['1 MB with secrets', dirty.length / 1e6, () => redactor.text(dirty), () => secretlint(dirty)],
  ['24 KB answer', answer.length / 1e6, () => redactor.text(answer), () => secretlint(answer)],
  ['24 KB frame', answer.length / 1e6, () => redactFrame(redactor, frame)],
  ['frame of many strings', JSON.stringify(structuredFrame).length / 1e6, () => redactFrame(redactor, structuredFrame)],
];

const print = (...cells: string[]): void => {
  process.stdout.write(`${cells.map((cell, index) => (index === 0 ? cell.padEnd(26) : cell.padStart(16))).join('')}\n`);
};

print('', 'castellan ms', 'castellan MB/s', 'secretlint ms', 'secretlint MB/s');
for (const [what, megabytes, ours, theirs] of rows) {
  const own = await milliseconds(ours);
  const other = theirs === undefined ? undefined : await milliseconds(theirs);
  const rate = (ms: number): string => (megabytes / (ms / 1000)).toFixed(1);
  print(what, own.toFixed(2), rate(own), other?.toFixed(2) ?? '-', other === undefined ? '-' : rate(other));
}

const shapes = drawSamples(createRandom(7));
let own = 0;
let other = 0;
for (const { text } of shapes) {
  if (redactor.text(text).text !== text) own += 1;
  if ((await secretlint(text)) > 0) other += 1;
}
print('secrets found', `${own}/${shapes.length}`, '', `${other}/${shapes.length}`);
const masks = Object.values(redactor.text(ordinary).counts).reduce((sum, count) => sum + count, 0);
print('masks in ordinary text', String(masks), '', String(await secretlint(ordinary)));
