import type { Dossier } from '../record/port.ts';
import { templateOf } from '../timeline/template.ts';
import type { HistoryQuery } from './port.ts';

/**
 * What is looked for.
 *
 *  words      what people said and systems wrote of it, each with how much it counts
 *  services, namespaces, alerts, domains   names, lower case: a report shares them or does not
 *  errors     templates of error texts: the same text but for its numbers is the same error
 */
export interface HistoryQuestion {
  readonly words: readonly { readonly text: string; readonly weight: number }[];
  readonly services: ReadonlySet<string>;
  readonly namespaces: ReadonlySet<string>;
  readonly alerts: ReadonlySet<string>;
  readonly domains: ReadonlySet<string>;
  readonly errors: readonly string[];
  /** Reports from then on are no past of it. */
  readonly before: Date;
  readonly incident: string | undefined;
}

const mostTexts = 40;
const longestText = 400;
const mostErrors = 30;

/** Of a dossier: its words first, then what its evidence says in warnings, findings that were not refuted, and suspects. */
export function questionOf({ text, dossier }: HistoryQuery, now: Date): HistoryQuestion {
  const told = text.slice(0, 4_000);
  const quotes = dossier === undefined ? [] : warningsOf(dossier);
  const errors = [
    ...errorsIn(told),
    ...(dossier === undefined ? [] : errorsIn(dossier.incident.symptom)),
    ...quotes.flatMap((quote) => [...errorsIn(quote), ...wholeError(quote)]),
  ];
  const parts = [{ text: told, weight: 1 }, ...(dossier === undefined ? [] : dossierWords(dossier, quotes))];
  const objects = (dossier?.triage?.suspects ?? []).slice(0, 5).map(({ object }) => object);
  const alerts =
    dossier === undefined
      ? []
      : dossier.evidence
          .filter(({ source }) => source === 'alerts')
          .flatMap(({ rows }) => rows.flatMap(({ about }) => about ?? []));
  return {
    words: parts.filter((part) => part.text.trim() !== ''),
    services: lower([...(dossier?.incident.services ?? []), ...objects.flatMap((object) => nameOf(object) ?? [])]),
    namespaces: lower([...(dossier?.incident.namespaces ?? []), ...(dossier?.triage?.namespaces.slice(0, 5) ?? [])]),
    alerts: lower([...camelNames(told), ...alerts]),
    domains: lower(dossier?.triage?.domains ?? []),
    errors: [...new Set(errors)].slice(0, mostErrors),
    before: dossier === undefined ? now : (dossier.incident.startedAt ?? dossier.incident.detectedAt),
    incident: dossier?.incident.id,
  };
}

function dossierWords({ incident, findings, triage }: Dossier, quotes: readonly string[]): HistoryQuestion['words'] {
  const supported = findings.filter(({ status }) => status !== 'refuted').map(({ hypothesis }) => hypothesis);
  const suspects = (triage?.suspects ?? []).slice(0, 3).map(({ object, why }) => `${object} ${why.join(' ')}`);
  return [
    { text: incident.title, weight: 1 },
    { text: incident.symptom, weight: 1 },
    ...supported.slice(0, 10).map((text) => ({ text, weight: 0.8 })),
    ...quotes.map((text) => ({ text, weight: 0.4 })),
    ...suspects.map((text) => ({ text, weight: 0.3 })),
  ].map(({ text, weight }) => ({ text: text.slice(0, 2_000), weight }));
}

/** One of each template, in the order of time. */
function warningsOf({ evidence }: Dossier): readonly string[] {
  const byTemplate = new Map<string, string>();
  for (const { rows, source, status } of evidence) {
    if (status !== 'ok' || source === 'triage') continue;
    for (const row of rows) {
      if (row.warning !== true) continue;
      const text = (row.quote ?? row.text).slice(0, longestText);
      const template = templateOf(text);
      if (!byTemplate.has(template)) byTemplate.set(template, text);
      if (byTemplate.size >= mostTexts) return [...byTemplate.values()];
    }
  }
  return [...byTemplate.values()];
}

/** What is quoted or set as code and is long enough to be an error's text and no name. */
function errorsIn(text: string): readonly string[] {
  const quoted = [
    ...text.slice(0, 20_000).matchAll(/"([^"\n]{8,200})"|`([^`\n]{8,200})`|“([^”\n]{8,200})”|'([^'\n]{12,200})'/g),
  ];
  return quoted.map((match) => templateOf(match[1] ?? match[2] ?? match[3] ?? match[4] ?? '')).filter(isTelling);
}

/** The part of a log line behind its last marks of what goes before: `… level=error msg=…: address already in use`. */
function wholeError(quote: string): readonly string[] {
  const tail = quote.split(/: |msg=|error=|err=/).at(-1) ?? '';
  return [templateOf(tail.replace(/^["']|["'\s]+$/g, ''))].filter(isTelling);
}

/** At least two words that are no numbers: `exit 137` would be everybody's. */
function isTelling(template: string): boolean {
  return template.length >= 12 && (template.match(/[a-z]{3,}/g) ?? []).length >= 2;
}

function nameOf(object: string): string | undefined {
  return object.split(/[ /]/).at(-1);
}

function camelNames(text: string): readonly string[] {
  return text.slice(0, 4_000).match(/\b[A-Z][a-z0-9]{1,40}(?:[A-Z][A-Za-z0-9]{0,40}){1,8}\b/g) ?? [];
}

function lower(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map((name) => name.toLowerCase()).filter((name) => name !== ''));
}
