import { parseArgs } from 'node:util';
import { thresholds } from '../../src/incident/history/verdict.ts';
import { circumstances } from '../figures.ts';
import { openWholeMemory } from '../memory/whole-memory.ts';
import { readBench } from './data.ts';
import { type Judged, measureHistory, type Ranking, verdictFigures } from './measure.ts';
import { sampleBench } from './sample.ts';

const help = `npm run bench:history -- [--data FILE] [--json] [--tune] [--failures]

How well history finds what was there before, against plain BM25 (k1 1.2, b 0.75, whole documents) in the same run.
Without --data: a generated archive. FILE is JSON (a list) or JSONL (one a line) of documents:

  id        its name
  kind      "report" (unless said), or "other": a document beside the reports that no question is about
  at        of a report: when it happened, a day or a moment
  title     as it is headed
  text      the whole Markdown or HTML
  services  names of what was affected; otherwise they are read from the text
  recurs    ids of earlier reports that it was the same thing as
  queries   [{ "text": "a symptom", "relevant": [ids of reports] }]

--tune      the threshold that suits the odd half of the reports best, and what it gives on the even half
--failures  every question's answer that was wrong
`;

const { values: given } = parseArgs({
  options: {
    data: { type: 'string' },
    json: { type: 'boolean', default: false },
    tune: { type: 'boolean', default: false },
    failures: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (given.help) console.log(help);
else await run();

async function run(): Promise<void> {
  const documents = given.data === undefined ? sampleBench() : await readBench(given.data);
  await using whole = await openWholeMemory();
  const { rankings, judged, plainJudged } = await measureHistory(documents, whole);
  const verdict = verdictFigures(judged, thresholds.recurrence);
  const plain = verdictFigures(plainJudged, 1);
  if (given.json) {
    console.log(
      JSON.stringify(
        { rankings, verdict, plainVerdict: plain, circumstances: circumstances(new Date()) },
        undefined,
        2,
      ),
    );
    return;
  }
  const reports = documents.filter(({ kind }) => kind === 'report').length;
  console.log(
    `${circumstances(new Date())}\n${reports} reports, ${documents.length - reports} documents beside them\n`,
  );
  console.log('| | questions | R@1 | first is right | R@5 | MRR |\n|---|---:|---:|---:|---:|---:|');
  for (const [name, { castellan, plain: other }] of Object.entries(rankings)) {
    console.log(row(`${name}, Castellan`, castellan));
    console.log(row(`${name}, plain BM25`, other));
  }
  const halves = [judged.filter(({ half }) => half === 'odd'), judged.filter(({ half }) => half === 'even')] as const;
  console.log(
    `\nrecurrence, yes or no, of ${judged.filter(({ recurs }) => recurs).length} in ${judged.length}:\n\n| | said | precision | recall |\n|---|---:|---:|---:|`,
  );
  console.log(verdictRow(`at ${thresholds.recurrence}, all`, verdict));
  console.log(
    verdictRow(`at ${thresholds.recurrence}, even half alone`, verdictFigures(halves[1], thresholds.recurrence)),
  );
  console.log(verdictRow('plain BM25, its first report each time', plain));
  if (given.tune) tune(...halves);
  if (given.failures) tellFailures(judged);
}

function tune(odd: readonly Judged[], even: readonly Judged[]): void {
  const steps = Array.from({ length: 91 }, (_, index) => (index + 5) / 100);
  const best = steps
    .map((threshold) => ({ threshold, ...verdictFigures(odd, threshold) }))
    .sort((a, b) => b.f1 - a.f1)[0];
  if (best === undefined) return;
  console.log(verdictRow(`tuned on the odd half: ${best.threshold}, odd half`, best));
  console.log(verdictRow(`tuned on the odd half: ${best.threshold}, even half`, verdictFigures(even, best.threshold)));
}

function tellFailures(judged: readonly Judged[]): void {
  for (const { id, recurs, best, score, isRight } of judged) {
    const said = score >= thresholds.recurrence;
    if (said !== (recurs && isRight))
      console.error(
        `${id}: ${recurs ? 'recurs' : 'is the first'}, best is ${best ?? 'none'} at ${score}${isRight ? ', which is right' : ''}`,
      );
  }
}

function row(name: string, { questions, mrr, ...ranking }: Ranking): string {
  return `| ${name} | ${questions} | ${[ranking['r@1'], ranking['hit@1'], ranking['r@5'], mrr].map(percent).join(' | ')} |`;
}

function verdictRow(name: string, { said, precision, recall }: ReturnType<typeof verdictFigures>): string {
  return `| ${name} | ${said} | ${percent(precision)} | ${percent(recall)} |`;
}

function percent(value: number): string {
  return value.toFixed(3);
}
