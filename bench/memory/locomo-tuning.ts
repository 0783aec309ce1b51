import { parseArgs } from 'node:util';
import { standardWeights, type Weights } from '../../memory/rank/weights.ts';
import { type Conversation, readLocomo } from './locomo.ts';
import { compareLocomo } from './locomo-compare.ts';
import { figuresOf, type LocomoRows, measureLocomo, units } from './locomo-measure.ts';
import { plainBm25, pureRetriever } from './pure-retriever.ts';

/**
 * How the ranker's weights were chosen, without the database: every second conversation is tuned on, the others only check.
 * Then what the chosen ones find, and how much more than BM25 of the content alone.
 * Run: node bench/memory/locomo-tuning.ts --data locomo10.json
 */
const { values: given } = parseArgs({ options: { data: { type: 'string' } } });
if (given.data === undefined) throw new Error('give the file: --data locomo10.json');
const conversations = await readLocomo(given.data);
const tuned = conversations.filter((_, index) => index % 2 === 0);
const checked = conversations.filter((_, index) => index % 2 === 1);

const tried = [
  { neighbours: 0, session: 0 },
  ...[0.2, 0.35, 0.5].flatMap((neighbours) =>
    [0.2, 0.35, 0.5].flatMap((session) => [0, 0.7].map((nextButOne) => ({ neighbours, session, nextButOne }))),
  ),
  ...[0.25, 1].map((pairs) => ({ pairs })),
  ...[0.4, 1].map((keywords) => ({ keywords })),
];

const measure = (of: readonly Conversation[], weights: Weights): Promise<LocomoRows> =>
  measureLocomo(of, pureRetriever(weights));

console.log('r@5 tuned on / checked on, by unit');
for (const changed of [{}, ...tried]) {
  const weights = { ...standardWeights, ...changed };
  const [one, other] = [await measure(tuned, weights), await measure(checked, weights)];
  const cells = units.map((unit) => `${recall(one, unit)} / ${recall(other, unit)}`);
  console.log(`${JSON.stringify(changed)}: ${cells.join(' · ')}`);
}

const ours = await measure(conversations, standardWeights);
const plain = await measure(conversations, plainBm25);
const gains = compareLocomo(ours, plain);
for (const unit of units) {
  const { 'r@5': found, 'r@10': foundInTen, mrr } = figuresOf(ours[unit]);
  const { mean, low, high } = gains[unit]['r@5'];
  const interval = `${signed(mean)} [${signed(low)}, ${signed(high)}] over BM25 alone`;
  console.log(`${unit}: r@5 ${found.toFixed(1)} (${interval}), r@10 ${foundInTen.toFixed(1)}, mrr ${mrr.toFixed(3)}`);
}

function recall(rows: LocomoRows, unit: (typeof units)[number]): string {
  return figuresOf(rows[unit])['r@5'].toFixed(1);
}

function signed(points: number): string {
  return `${points < 0 ? '' : '+'}${points.toFixed(1)}`;
}
