import type { Evidence } from '../evidence.ts';
import { citedIn, claimsOf } from './claims.ts';
import { fenced, inline } from './escape.ts';
import { utc } from './front-matter.ts';
import type { ReportInput } from './port.ts';

/** Of a payload, that is shown: the lines that are quoted, with one around them, or else its head. */
const excerptLines = 12;
const excerptLetters = 1_500;

/** What is cited, with an excerpt; the rest is in the record. */
export function evidenceSection(input: ReportInput): string {
  const shown = evidenceShown(input);
  const rest = input.dossier.evidence.length - shown.length;
  return [
    ...shown.map((evidence) => entry(evidence, input)),
    ...(rest > 0 ? [`${rest} more are in the record and not cited.`] : []),
  ].join('\n\n');
}

/** By claims and by rows of the timeline that are told. */
export function evidenceShown({ dossier, narrative, timeline }: ReportInput): readonly Evidence[] {
  const rows = timeline.filter(({ excluded }) => excluded === undefined).flatMap(({ evidence }) => evidence);
  const cited = new Set([...citedIn(narrative), ...rows]);
  return dossier.evidence.filter(({ id, status }) => cited.has(id) || status === 'error');
}

function entry(evidence: Evidence, input: ReportInput): string {
  const { id, source, query, status, sha256, bytes, from, to, truncated, clockOffsetMs, problem } = evidence;
  const facts = [
    `source ${source}, ${status}`,
    `asked: ${inline(query)}`,
    `window ${utc(from) ?? 'unknown'} – ${utc(to) ?? 'unknown'}`,
    `${bytes} bytes${truncated ? ', of more' : ''}, sha256 ${inline(sha256)}`,
    ...(clockOffsetMs === undefined ? [] : [`clock ahead by ${clockOffsetMs / 1_000} s`]),
    ...(problem === undefined ? [] : [`problem: ${inline(problem)}`]),
    ...(input.tampered.includes(id) ? ['its bytes do not match their hash'] : []),
  ];
  const excerpt = excerptOf(evidence, input);
  return [
    `### ${/^ev_[a-z2-7]{8}$/.test(id) ? id : inline(id)}`,
    facts.map((fact) => `- ${fact}`).join('\n'),
    ...(excerpt === undefined ? [] : [fenced(excerpt)]),
  ].join('\n\n');
}

/** Undefined where nothing is cited of it, or its bytes are not to be trusted. */
export function excerptOf({ id, status }: Evidence, { narrative, payloads }: ReportInput): string | undefined {
  const payload = payloads.get(id);
  const citing = claimsOf(narrative).filter(({ claim }) => claim.evidence.includes(id));
  if (payload === undefined || status !== 'ok' || citing.length === 0) return undefined;
  const lines = payload.split('\n');
  const quotes = citing.flatMap(({ claim }) => (claim.quote ? [claim.quote] : []));
  const wanted = new Set(
    lines.flatMap((line, index) => (quotes.some((quote) => line.includes(quote)) ? [index - 1, index, index + 1] : [])),
  );
  const chosen = wanted.size === 0 ? lines : lines.filter((_, index) => wanted.has(index));
  const cut = chosen.slice(0, excerptLines).join('\n').slice(0, excerptLetters);
  return cut.length < payload.length ? `${cut}\n…` : cut;
}
