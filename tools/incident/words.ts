import type { Evidence } from '../../src/incident/evidence.ts';
import type { Incident, Window } from '../../src/incident/incident.ts';
import { type Cell, oneLine, Untrusted } from '../../src/kit/index.ts';

/**
 * Words for what the record holds. Ids, times, states and numbers are the record's own and stand in sentences of ours; titles,
 * hypotheses, reasons, log lines and subjects are somebody's, and stand apart.
 */

/** A name in a form no sentence has; `?` when it could be one. */
export function plainName(name: string): string {
  return /^[\p{L}\p{N}_.@:/-]{1,160}$/u.test(name) ? name : '?';
}

/** `agent:claude for human:robin`, as the record names who wrote. */
export function plainWriter(by: string): string {
  return by.split(' for ', 2).map(plainName).join(' for ');
}

/** `Deployment shop/web`, as a snapshot names an object; `?` when it is no such name. */
export function plainObject(object: string): string {
  return /^(?:[A-Za-z]{1,63} )?[\w.@:=+~/-]{1,253}$/.test(object) ? object : '?';
}

/** What others wrote: logs, events, subjects, past reports. */
export function quoted(text: string | undefined, most = 300): Cell {
  return text === undefined || text === '' ? null : new Untrusted(oneLine(text, most));
}

/** What an agent or human wrote into the record. */
export function told(text: string | undefined, most = 300): Cell {
  return text === undefined || text === '' ? null : Untrusted.byAgent(oneLine(text, most));
}

export function stampText(at: Date): string {
  return Number.isNaN(at.getTime()) ? '?' : `${at.toISOString().slice(0, 19)}Z`;
}

export function windowText({ from, to }: Window): string {
  return `${stampText(from)} to ${to === undefined ? 'now' : stampText(to)}`;
}

export function severityText({ severity, override }: Pick<Incident, 'severity' | 'override'>): string {
  if (override !== undefined) return `${override.severity} (overridden; triage: ${severity ?? 'not yet'})`;
  return severity ?? 'NOT TRIAGED';
}

/** `ev_… logs ok, 12 rows, 3.1 kB, sha256 0a1b2c3d4e5f` */
export function evidenceText({ id, source, status, rows, bytes, sha256, truncated }: Evidence): string {
  const size = `${rows.length} rows, ${bytes} bytes${truncated ? ', there was more' : ''}`;
  return `${id} ${source} ${statusText(status)}, ${size}, sha256 ${sha256.slice(0, 12)}`;
}

export function statusText(status: Evidence['status']): string {
  return { ok: 'ok', empty: 'EMPTY: asked, and nothing was there', error: 'ERROR: not known' }[status];
}

/** The exact next call. */
export function callText(tool: string, input: Readonly<Record<string, unknown>>): string {
  return `${tool} ${JSON.stringify(input)}`;
}
