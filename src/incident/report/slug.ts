import type { Incident } from '../incident.ts';

/** `2026-08-04-photo-workers-killed-inc_…`: the day it began, what it is called, and which incident it is. */
export function reportSlug(incident: Incident, title: string): string {
  return `${dayOf(incident)}-${kebab(title)}-${incident.id}`;
}

/** UTC. */
export function dayOf({ startedAt, detectedAt }: Incident): string {
  const at = [startedAt, detectedAt].find((date) => date !== undefined && Number.isFinite(date.getTime()));
  return at === undefined ? 'undated' : at.toISOString().slice(0, 10);
}

/** Empty where there is no letter that a file's name could have. */
export function kebab(title: string): string {
  return title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
}
