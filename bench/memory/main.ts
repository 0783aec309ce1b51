import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { circumstances } from '../figures.ts';
import { readHomeBench } from './homebench/data.ts';
import { askHomeBench, failuresOf, figuresOf as figuresOfHome, homeRetriever } from './homebench.ts';
import { readLocomo } from './locomo.ts';
import { type Comparison, compareLocomo } from './locomo-compare.ts';
import { figuresOf, measureLocomo, units } from './locomo-measure.ts';
import { plainBm25, pureRetriever } from './pure-retriever.ts';
import { openWholeMemory, wholeRetriever } from './whole-memory.ts';

/**
 * How well memory recalls: LoCoMo, whose file is given because its licence keeps it out of here, and HomeBench; and with
 * `--only scale` what it costs. Run: npm run bench:memory -- --data locomo10.json [--json] [--only locomo|homebench|scale]
 * [--failures]
 */
const { values: given } = parseArgs({
  options: {
    data: { type: 'string' },
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    failures: { type: 'boolean', default: false },
  },
});
const parts = ['locomo', 'homebench', 'scale'];
if (given.only !== undefined && !parts.includes(given.only)) throw new Error(`--only is one of ${parts.join(', ')}`);
if (given.only === 'locomo' && given.data === undefined) throw new Error('--only locomo needs --data FILE');

if (given.only === 'scale') {
  const scale = new URL('./scale.ts', import.meta.url).pathname;
  await execa(process.execPath, [scale], { stdio: 'inherit' });
} else {
  await measureRecall();
}

async function measureRecall(): Promise<void> {
  await using whole = await openWholeMemory();
  const homebench = given.only === 'locomo' ? undefined : await measureHome(whole.memory);
  const locomo = given.only === 'homebench' || given.data === undefined ? undefined : await measureTurns(given.data);
  if (given.json) {
    const measured = {
      ...(locomo === undefined ? {} : { locomo: locomo.figures, locomoOverPlainBm25: locomo.over }),
      ...(homebench === undefined ? {} : { homebench: homebench.figures }),
      circumstances: circumstances(new Date()),
    };
    console.log(JSON.stringify(measured, (_, value) => (typeof value === 'number' ? rounded(value) : value), 2));
  } else {
    console.log(`${circumstances(new Date())}\n`);
    if (locomo !== undefined) {
      console.log(`${tableOf(locomo.figures)}\n`);
      console.log(`over plain BM25 in the same run, with 95 % intervals:\n\n${tableOf(flat(locomo.over))}\n`);
    }
    if (homebench !== undefined) console.log(tableOf(homebench.figures));
  }
  if (given.failures) for (const failure of homebench?.failures ?? []) console.error(failure);

  async function measureTurns(path: string) {
    const conversations = await readLocomo(path);
    const rows = await measureLocomo(conversations, wholeRetriever(whole));
    const plain = await measureLocomo(conversations, pureRetriever(plainBm25));
    return {
      figures: Object.fromEntries(units.map((unit) => [unit, figuresOf(rows[unit])])),
      over: compareLocomo(rows, plain),
    };
  }
}

function flat(over: Comparison): Readonly<Record<string, Readonly<Record<string, number>>>> {
  return Object.fromEntries(
    Object.entries(over).map(([unit, measures]) => [
      unit,
      Object.fromEntries(
        Object.entries(measures).flatMap(([measure, { mean, low, high }]) => [
          [measure, mean],
          [`${measure} from`, low],
          [`${measure} to`, high],
        ]),
      ),
    ]),
  );
}

async function measureHome(memory: Parameters<typeof homeRetriever>[0]) {
  const bench = await readHomeBench();
  const answered = await askHomeBench(bench, await homeRetriever(memory, bench));
  return { figures: figuresOfHome(answered), failures: failuresOf(answered) };
}

/** A Markdown table: a row for each, a column for each of their figures. */
function tableOf(figures: Readonly<Record<string, Readonly<Record<string, number>>>>): string {
  const columns = [...new Set(Object.values(figures).flatMap((row) => Object.keys(row)))];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rows = Object.entries(figures).map(([name, row]) =>
    line([name, ...columns.map((column) => (row[column] === undefined ? '–' : String(rounded(row[column]))))]),
  );
  return [line(['', ...columns]), `|---|${'---:|'.repeat(columns.length)}`, ...rows].join('\n');
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
