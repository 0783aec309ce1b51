import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { judge } from '../../src/incident/triage/judge.ts';
import type { Judgement } from '../../src/incident/triage/port.ts';
import { loadRubric } from '../../src/incident/triage/rubric.ts';
import { parseSnapshot, snapshotText } from '../../src/incident/triage/snapshot.ts';
import { takeSnapshot } from '../../src/incident/triage/take-snapshot.ts';
import { Untrusted } from '../../src/kit/index.ts';
import { caseName, type RecordedCase } from './case.ts';
import { cloudOpsBenchCases } from './cloud-opsbench.ts';
import { compactCases } from './compact.ts';
import { recordedCluster } from './recorded-cluster.ts';

const help = `npm run bench:triage -- --data DIR [--group NAME] [--only odd|even] [--without-calls] [--misses N]

How often triage names the faulty object: first of all (A@1), among the first three (A@3), at all.
  --data DIR     Cloud-OpsBench's folder \`benchmark\`, or one of small synthetic clusters (bench/triage/compact.ts)
  --group NAME   only cases of a group that begins so: boutique, trainticket/service
  --only HALF    only cases whose folder is an odd or an even number: tune on one half, measure on the other
  --without-calls  without the recorded call trees, which stand for \`incident.calls\` of castellan.yaml
  --misses N     print the first N cases whose object is not named first

Nothing of the data is part of this project; get it from where it is published.`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    group: { type: 'string', default: '' },
    only: { type: 'string' },
    'without-calls': { type: 'boolean', default: false },
    misses: { type: 'string', default: '0' },
    help: { type: 'boolean', default: false },
  },
});

const rubric = loadRubric();

interface Tally {
  cases: number;
  first: number;
  third: number;
  named: number;
  /** Of cases that were well: those called severe. */
  falseAlarms: number;
  /** Of cases at fault: those called well. */
  missed: number;
}

async function measure(data: string): Promise<void> {
  const cases =
    existsSync(join(data, 'boutique')) || existsSync(join(data, 'trainticket'))
      ? cloudOpsBenchCases(data)
      : compactCases(data);
  const tallies = new Map<string, Tally>();
  let left = Number(values.misses);
  let spent = 0;
  for (const one of cases) {
    if (!one.group.startsWith(values.group) || !isWanted(one)) continue;
    const begun = performance.now();
    const snapshot = parseSnapshot(snapshotText(await snapshotOf(one)));
    const judged = judge(snapshot, rubric);
    spent += performance.now() - begun;
    const names = [...new Set(judged.suspects.map(({ object }) => caseName(object, snapshot.dependencies)))];
    const tally = tallies.get(one.group) ?? { cases: 0, first: 0, third: 0, named: 0, falseAlarms: 0, missed: 0 };
    tallies.set(one.group, tally);
    count(tally, one, names, judged);
    if (names[0] !== one.expected && left > 0) {
      left -= 1;
      process.stdout.write(`${missText(one, judged)}\n`);
    }
  }
  for (const [group, tally] of tallies) process.stdout.write(`${line(group, tally)}\n`);
  const all = [...tallies.values()];
  const sum = (key: keyof Tally): number => all.reduce((total, tally) => total + tally[key], 0);
  const whole: Tally = {
    cases: sum('cases'),
    first: sum('first'),
    third: sum('third'),
    named: sum('named'),
    falseAlarms: sum('falseAlarms'),
    missed: sum('missed'),
  };
  process.stdout.write(`${line('all', whole)}\n${(spent / Math.max(1, whole.cases)).toFixed(1)} ms a case\n`);
}

function isWanted({ folder }: RecordedCase): boolean {
  return values.only === undefined || Number(folder) % 2 === (values.only === 'odd' ? 1 : 0);
}

const opened = (words: Untrusted): string => Untrusted.openForRendering(words);

function snapshotOf({ at, manifests, alerts, calls }: RecordedCase) {
  return takeSnapshot(
    {
      cluster: async () => recordedCluster(manifests),
      chronicle: undefined,
      alerts: async () => ({
        current: async () =>
          alerts.map((alert, index) => ({
            fingerprint: String(index),
            name: alert.name,
            state: alert.state,
            since: new Date(alert.since),
            labels: { ...alert.labels, ...(alert.severity === null ? {} : { severity: alert.severity }) },
            annotations: alert.summary === null ? {} : { summary: alert.summary },
            by: [],
          })),
        silences: async () => [],
        health: async () => ({ ready: true, version: undefined }),
      }),
      metrics: undefined,
      repository: undefined,
      probes: undefined,
      textOf: opened,
    },
    {
      window: { from: new Date(at.getTime() - 2 * 3_600_000), to: undefined },
      namespaces: [],
      calls: values['without-calls'] ? [] : calls,
      services: [],
      rubric,
      signal: new AbortController().signal,
      now: at,
    },
  );
}

function count(tally: Tally, { expected }: RecordedCase, names: readonly string[], { severity }: Judgement): void {
  tally.cases += 1;
  const isSevere = severity === 'SEV1' || severity === 'SEV2';
  if (expected === 'none') {
    if (isSevere) tally.falseAlarms += 1;
    return;
  }
  // What was not recorded cannot be looked at here, so unknown is not held against it.
  if (severity === 'none' || severity === 'SEV4') tally.missed += 1;
  if (expected === undefined) return;
  const place = names.indexOf(expected);
  if (place === 0) tally.first += 1;
  if (place >= 0 && place < 3) tally.third += 1;
  if (place >= 0) tally.named += 1;
}

function line(group: string, tally: Tally): string {
  const share = (n: number): string => (n / Math.max(1, tally.cases)).toFixed(3);
  const { cases, first, third, named, falseAlarms, missed } = tally;
  return `${group.padEnd(26)} ${String(cases).padStart(4)} cases  A@1 ${share(first)}  A@3 ${share(third)}  named ${share(named)}  false alarms ${falseAlarms}  called well ${missed}`;
}

function missText({ group, folder, expected }: RecordedCase, { severity, suspects }: Judgement): string {
  const told = suspects
    .slice(0, 4)
    .map(
      ({ object, score, why, explainedBy }) =>
        `   ${score.toFixed(2)} ${object}: ${why.join('; ')}${explainedBy === undefined ? '' : ` (explained by ${explainedBy})`}`,
    );
  return [`${group}/${folder}: expected ${expected ?? 'something'}, ${severity}`, ...told].join('\n');
}

if (values.help || values.data === undefined) {
  process.stdout.write(`${help}\n`);
  process.exitCode = values.help ? 0 : 2;
} else await measure(values.data);
