import type { NamedValue } from '../../iac/edit/port.ts';
import type { Redact } from '../../kit/index.ts';

/**
 * Whether redaction masks it: by what it looks like, by its name, or by the line it stands in. It never leaves then, and no question
 * about it may be answered in a way that depends on it.
 */
export function isHidden(
  { name, value, place }: NamedValue,
  text: (path: string) => string | undefined,
  redact: Redact,
): boolean {
  if (typeof value === 'boolean' || value === null) return false;
  const masks = (said: string): boolean => Object.keys(redact(said).counts).length > 0;
  if (masks(String(value)) || masks(JSON.stringify({ [name]: value }))) return true;
  if (place === undefined || String(value).length < shortestInLine) return false;
  const lines =
    text(place.file)
      ?.split('\n')
      .slice(place.range.line - 1, place.range.endLine)
      .join('\n') ?? '';
  return lines.includes(String(value)) && !redact(lines).text.includes(String(value));
}

/** Shorter ones may be a part of whatever else is masked. */
const shortestInLine = 4;

/** `spec.containers[0].env[1].value` is the value of what `….env[1].name` says; of any other field the last key. */
export function nameIn(field: string, literals: ReadonlyMap<string, string>): string {
  const item = /^(.*)\.value$/s.exec(field)?.[1];
  const named = item === undefined ? undefined : literals.get(`${item}.name`);
  return named ?? field.split('.').at(-1) ?? field;
}
