import type { JsonObject, JsonValue } from '../kit/index.ts';

/** Reading the JSON of objects, whose fields may be missing or of any type. */
export function at(value: JsonValue | undefined, ...path: readonly string[]): JsonObject | undefined {
  let here = value;
  for (const field of path) here = isObject(here) && Object.hasOwn(here, field) ? here[field] : undefined;
  return isObject(here) ? here : undefined;
}

export function textAt(object: JsonObject | undefined, field: string): string | undefined {
  const value = object?.[field];
  return typeof value === 'string' ? value : undefined;
}

export function numberAt(object: JsonObject | undefined, field: string): number | undefined {
  const value = object?.[field];
  return typeof value === 'number' ? value : undefined;
}

/** A time as the API writes it; undefined when there is none or it cannot be read. */
export function dateAt(object: JsonObject | undefined, field: string): Date | undefined {
  const date = new Date(textAt(object, field) ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

export function listAt(object: JsonObject | undefined, field: string): readonly JsonObject[] {
  const value = object?.[field];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The texts of a list; a text that stands alone is a list of one. */
export function textsAt(object: JsonObject | undefined, field: string): readonly string[] {
  return [object?.[field]].flat().filter((text) => typeof text === 'string');
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `undefined` when there is no such time or it cannot be read. */
export function millisecondsSince(time: string | Date | undefined, now: Date): number | undefined {
  const then = typeof time === 'string' ? Date.parse(time) : time?.getTime();
  return then === undefined || Number.isNaN(then) ? undefined : now.getTime() - then;
}

/** `45s`, `12m`, `3h`, `9d`. */
export function ageText(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return '?';
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 2 * 3_600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3_600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

/** `3h ago`, `in 2d`. */
export function agoText(at: Date, now: Date): string {
  const away = now.getTime() - at.getTime();
  return away >= 0 ? `${ageText(away)} ago` : `in ${ageText(-away)}`;
}

/** Of none: later than anything. */
export function earliest(...times: readonly Date[]): Date {
  return new Date(Math.min(8.64e15, ...times.map((time) => time.getTime())));
}

/** Of none: earlier than anything. */
export function latest(...times: readonly Date[]): Date {
  return new Date(Math.max(-8.64e15, ...times.map((time) => time.getTime())));
}
