import type { Evidence } from '../evidence.ts';
import { durationsIn, recordDurations, sameDuration } from './duration.ts';
import { isMoment, momentsIn, momentsNamed, type NamedMoment, withoutMoments } from './moments.ts';
import type { ReportInput } from './port.ts';

/**
 * What the words of a claim may rest on.
 *
 *  texts      what the cited evidence holds: its payload, what was asked, its rows
 *  moments    times in it, and the same with the source's clock set right; the record's own times
 *  numbers    numbers in it that are no part of a name or of a time; counts of its rows
 *  durations  in it, and between any two times of the record
 *  names      what the record calls things: services, namespaces, objects, earlier reports. A number in a name is no claim
 */
export interface Ground {
  readonly texts: readonly string[];
  readonly moments: readonly number[];
  readonly numbers: ReadonlySet<string>;
  readonly durations: ReadonlySet<number>;
  readonly names: string;
  /** Between two times of the record: held to a tenth. */
  readonly spans: readonly number[];
}

const remembered = new WeakMap<ReportInput, Map<string, Ground>>();

export function groundOf(input: ReportInput, ids: readonly string[]): Ground {
  const known = remembered.get(input) ?? new Map<string, Ground>();
  remembered.set(input, known);
  const key = [...ids].sort().join();
  const ground = known.get(key) ?? makeGround(input, ids);
  known.set(key, ground);
  return ground;
}

function makeGround(input: ReportInput, ids: readonly string[]): Ground {
  const { dossier } = input;
  const cited = dossier.evidence.filter(({ id }) => ids.includes(id));
  const texts = cited.flatMap((evidence) => textsOf(evidence, input));
  return {
    texts,
    moments: [...cited.flatMap((evidence) => momentsOf(evidence, input)), ...recordMoments(input)],
    numbers: new Set([...texts.flatMap(numbersIn), ...cited.flatMap((evidence) => countsOf(evidence, input))]),
    durations: new Set(texts.flatMap((text) => durationsIn(text).map(({ ms }) => ms))),
    names: namesOf(input),
    spans: recordDurations(dossier.incident),
  };
}

function textsOf({ id, query, rows }: Evidence, { payloads }: ReportInput): readonly string[] {
  const told = rows.map(({ about, text, quote }) =>
    [about, text, quote].filter((part) => part !== undefined).join(' '),
  );
  return [payloads.get(id) ?? '', query, ...told];
}

function momentsOf({ id, rows, from, to, collectedAt, clockOffsetMs }: Evidence, { payloads }: ReportInput) {
  const seen = [
    ...momentsIn(payloads.get(id) ?? ''),
    ...rows.flatMap(({ at, until }) => [at.getTime(), ...(until === undefined ? [] : [until.getTime()])]),
  ];
  const right = clockOffsetMs === undefined ? [] : seen.map((at) => at - clockOffsetMs);
  return [...seen, ...right, from.getTime(), to.getTime(), collectedAt.getTime()].filter(isDate);
}

function recordMoments({ dossier: { incident } }: ReportInput): readonly number[] {
  const { startedAt, detectedAt, mitigatedAt, resolvedAt, openedAt } = incident;
  return [startedAt, detectedAt, mitigatedAt, resolvedAt, openedAt]
    .flatMap((at) => (at === undefined ? [] : [at.getTime()]))
    .filter(isDate);
}

function isDate(at: number): boolean {
  return Math.abs(at) <= 8.64e15;
}

/** Numbers of a text, but those inside of names, hashes and times: `503`, `1.3`, `256` of `256Mi`. */
export function numbersIn(text: string): readonly string[] {
  const found = withoutMoments(text).matchAll(/(?<![\w.])[xv×]?(\d+(?:[.,]\d+)*)[a-zµ%]{0,4}(?!\w)/gi);
  return [...found].map(([, number = '']) => canonical(number));
}

export function canonical(number: string): string {
  const plain = /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(number) ? number.replaceAll(',', '') : number;
  return /^\d+(?:\.\d+)?$/.test(plain) ? String(Number(plain)) : plain;
}

/** What the record counts itself: rows, what they stand for, and how many objects they are about. */
function countsOf({ id, rows }: Evidence, { timeline }: ReportInput): readonly string[] {
  const counts = rows.map(({ count }) => count ?? 1);
  const about = new Set(rows.flatMap((row) => (row.about === undefined ? [] : [row.about])));
  const compiled = timeline.filter(({ evidence }) => evidence.includes(id)).map(({ count }) => count);
  const sum = counts.reduce((total, count) => total + count, 0);
  return [rows.length, about.size, sum, ...counts, ...compiled].filter((count) => count > 0).map(String);
}

function namesOf({ dossier }: ReportInput): string {
  const { incident, triage, candidates, evidence } = dossier;
  return [
    incident.id,
    ...incident.services,
    ...incident.namespaces,
    ...(triage?.suspects ?? []).map(({ object }) => object),
    ...(triage?.nodes.notReady ?? []),
    ...candidates.flatMap(({ document, title }) => [document, title]),
    ...evidence.flatMap(({ rows }) => rows.flatMap(({ about }) => (about === undefined ? [] : [about]))),
  ].join('\n');
}

/** A text is looked for letter by letter. */
export function holdsText({ texts }: Ground, text: string): boolean {
  return texts.some((held) => held.includes(text));
}

export function holdsMoment(ground: Ground, named: NamedMoment): boolean {
  return ground.moments.some((at) => isMoment(named, at));
}

export function holdsDuration({ durations, spans }: Ground, ms: number, text: string): boolean {
  if (durations.has(ms) || spans.some((span) => sameDuration(span, ms))) return true;
  const [first, second] = momentsNamed(text).flatMap(({ clock }) => (clock === undefined ? [] : [clockMs(clock)]));
  return first !== undefined && second !== undefined && sameDuration(passed(first, second), ms);
}

export function clockMs(clock: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * 1_000;
}

/** From one clock time to the next, over midnight where it has to be. */
export function passed(from: number, to: number): number {
  return to >= from ? to - from : to - from + 86_400_000;
}
