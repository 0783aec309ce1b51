import { parseArgs } from 'node:util';
import { prepareEdit } from '../../src/iac/edit/prepare.ts';
import { drawCorpus } from '../../tools/iac/denied/corpus.fixture.ts';
import { type Judged, judge } from '../../tools/iac/denied/judge.fixture.ts';
import { circumstances, median } from '../figures.ts';

const help = `node bench/denied/main.ts [--runs N] [--misses]

What becomes of a hundred denied commands (tools/iac/denied/corpus.json) over the sample homelabs: how many lead to the patch they
ask for, how many are refused for the right reason, how many are missed, and how many lead to a wrong patch. Each run draws the
names of the homelab anew.
  --runs N    how many homelabs are drawn (3)
  --misses    print every command that did not end as it should`;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    misses: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** As the table calls them, by how the command begins once its flags are gone. */
const groups: readonly (readonly [string, RegExp])[] = [
  ['kubectl scale', /^kubectl .*\bscale /],
  ['kubectl set image', /^kubectl .*\bset image /],
  ['kubectl set env', /^kubectl .*\bset env /],
  ['kubectl set resources', /^kubectl .*\bset resources /],
  ['kubectl patch', /^kubectl (?:-\S+ \S+ )*patch /],
  ['kubectl label, annotate', /^kubectl (?:label|annotate) /],
  ['helm', /^helm /],
];
const groupOf = (command: string): string => groups.find(([, begins]) => begins.test(command))?.[0] ?? 'other kubectl';

async function measure(): Promise<void> {
  const runs = Number(values.runs);
  const judged: Judged[] = [];
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const corpus = await drawCorpus();
    for (const entry of corpus.entries) {
      const one = await judge(entry, corpus, async (...asked) => {
        const began = performance.now();
        const outcome = await prepareEdit(...asked);
        times.push(performance.now() - began);
        return outcome;
      });
      judged.push(one);
    }
  }
  const rows = [...Map.groupBy(judged, ({ command }) => groupOf(command))].toSorted(
    (a, b) => b[1].length - a[1].length,
  );
  console.log(`\`node bench/denied/main.ts --runs ${runs}\` · ${circumstances(new Date())}\n`);
  console.log('| | commands | could be had | correct patch | refused, rightly | missed | WRONG patch |');
  console.log('|---|---:|---:|---:|---:|---:|---:|');
  for (const [name, some] of [...rows, ['all', judged] as const]) {
    const of = (is: Judged['is']): string => average(some.filter((one) => one.is === is).length, runs);
    const could = some.filter(({ expects }) => expects === 'patch').length;
    const cells = [
      average(some.length, runs),
      average(could, runs),
      of('correct'),
      of('right'),
      of('missed'),
      of('WRONG'),
    ];
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  }
  const slowest = Math.max(...times);
  console.log(
    `\nTo prepare an edit or refuse it: median ${median(times).toFixed(0)} ms, at most ${slowest.toFixed(0)} ms.`,
  );
  if (!values.misses) return;
  const seen = new Set<string>();
  for (const { is, command, found } of judged.filter((one) => one.is === 'missed' || one.is === 'WRONG')) {
    const key = `${is} ${found.replaceAll(/\b\w+[-_]\w+\b/g, '…')}`;
    if (!seen.has(key)) console.log(`\n${is}: ${command}\n  ${found}`);
    seen.add(key);
  }
}

function average(count: number, runs: number): string {
  return String(Number((count / runs).toFixed(1)));
}

if (values.help) console.log(help);
else await measure();
