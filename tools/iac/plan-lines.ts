import { verdicts } from '../../src/change/finding.ts';
import {
  type PlanSummary,
  type RunView,
  riskLevels,
  type WireBlastRadius,
  type WireConventionFinding,
  type WireRiskReason,
} from '../../src/change/wire/run.ts';
import { oneLine } from '../../src/kit/index.ts';
import { changeLines } from './plan-changes.ts';
import { type Detail, some } from './plan-detail.ts';
import { placeText } from './words.ts';

/** Everything of a run that quotes the repository, the plan or an engine: what would run, what changes, and what is said of it. */
export function planLines(
  run: Pick<RunView, 'summary' | 'failure' | 'findings' | 'changedFiles'>,
  detail: Detail,
): readonly string[] {
  const { summary, failure, findings } = run;
  const grave = findings.filter(({ verdict }) => verdict !== 'note');
  const notes = findings.filter(({ verdict }) => verdict === 'note');
  return [
    ...(failure === undefined ? [] : failureLines(failure, detail)),
    ...some(grave.toSorted(byWeight), detail.findings, 'findings', findingLines),
    ...(summary === undefined ? fileLines(run, detail) : summaryLines(summary, detail)),
    ...some(notes, detail.notes, 'notes', findingLines),
  ];
}

function summaryLines(summary: PlanSummary, detail: Detail): readonly string[] {
  const failed = summary.checks.filter(({ status }) => status !== 'pass');
  return [
    ...some(summary.executes, detail.reasons, 'pieces of code', (code) => [`APPLY WOULD RUN ${oneLine(code)}`]),
    ...changeLines(summary, detail),
    ...reasonLines(summary.risk.reasons, detail),
    ...some(failed, detail.reasons, 'checks', ({ address, status, problems }) => [
      `check ${oneLine(address, 200)}: ${oneLine([status, ...problems].join(': '))}`,
    ]),
    ...conventionLines(summary.conventions, detail),
    ...blastLines(summary.blastRadius, detail),
    ...some(summary.outputs, detail.rest, 'outputs', ({ action, name, value }) => [
      `output ${action} ${oneLine(name, 100)}: ${oneLine(value, 100)}`,
    ]),
    ...some(summary.deferred, detail.rest, 'deferred resources', (address) => [`deferred ${oneLine(address, 200)}`]),
    ...some(summary.drift, detail.old, 'drifted resources', ({ address, action, paths }) => [
      `drift ${action} ${oneLine(address, 200)}: ${oneLine(paths.join(', '), 200)}`,
    ]),
  ];
}

function failureLines({ message, lines }: NonNullable<RunView['failure']>, detail: Detail): readonly string[] {
  return [oneLine(message), ...some(lines, Math.max(3, detail.rest), 'lines', (line) => [`  ${oneLine(line)}`])];
}

type Finding = RunView['findings'][number];

function byWeight(a: Finding, b: Finding): number {
  return verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict);
}

function findingLines({ verdict, rule, message, ...place }: Finding): readonly string[] {
  const parts = [`${verdict} ${oneLine(rule, 80)}`, placeText(place), oneLine(message)];
  return [parts.filter((part) => part !== '').join(' · ')];
}

function fileLines({ changedFiles }: Pick<RunView, 'changedFiles'>, detail: Detail): readonly string[] {
  return some(changedFiles, detail.rest, 'changed files', ({ path, change }) => [
    `file ${change} ${oneLine(path, 200)}`,
  ]);
}

function reasonLines(reasons: readonly WireRiskReason[], detail: Detail): readonly string[] {
  const worst = reasons.toSorted((a, b) => riskLevels.indexOf(b.level) - riskLevels.indexOf(a.level));
  return some(worst, detail.reasons, 'reasons of risk', ({ level, rule, text }) => [
    `risk ${level} · ${oneLine(rule, 80)} · ${oneLine(text)}`,
  ]);
}

function conventionLines(found: readonly WireConventionFinding[], detail: Detail): readonly string[] {
  const line = ({ id, severity, text, address, isNew, ...place }: WireConventionFinding): readonly string[] => [
    [
      `${isNew ? 'NEW ' : ''}convention ${oneLine(id, 40)} ${severity}`,
      placeText(place) || oneLine(address ?? '', 200),
      oneLine(text),
    ]
      .filter((part) => part !== '')
      .join(' · '),
  ];
  return [
    ...some(
      found.filter(({ isNew }) => isNew),
      detail.conventions,
      'conventions it breaks',
      line,
    ),
    ...some(
      found.filter(({ isNew }) => !isNew),
      detail.old,
      'conventions broken before',
      line,
    ),
  ];
}

function blastLines(
  { stacks, resources, hosts, volumes, unknown }: WireBlastRadius,
  detail: Detail,
): readonly string[] {
  const part = (what: string, names: readonly string[]): readonly string[] => {
    if (names.length === 0) return [];
    const more = names.length > detail.blast ? ` and ${names.length - detail.blast} more` : '';
    return [
      `reaches ${what} (${names.length}): ${names
        .slice(0, detail.blast)
        .map((name) => oneLine(name, 120))
        .join(', ')}${more}`,
    ];
  };
  const volumeTexts = volumes.map(
    ({ claim, size, newestBackup }) => `${claim} (${size}, newest backup ${newestBackup})`,
  );
  return [
    ...part('stacks', stacks),
    ...part('hosts', hosts),
    ...part('volumes', volumeTexts),
    ...part('resources of this stack', resources),
    ...some(unknown, Math.max(2, detail.blast), 'unknown parts', (what) => [`NOT KNOWN: ${oneLine(what, 200)}`]),
  ];
}
