import type { JsonValue } from '../../kit/index.ts';
import { depthLimit } from '../structure/json-text.ts';

export interface Held {
  readonly key: string;
  readonly value: string;
}

const mostLeaves = 2_000;

/** A JSON document that is held as one value: its strings, each under its own key (`key.a.b`). Undefined for anything else. */
export function documentLeaves({ key, value }: Held): readonly Held[] | undefined {
  const text = value.trim();
  if (!/^[{[]/.test(text)) return undefined;
  let document: JsonValue;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined; // It only starts like one, and is a value like others.
  }
  const leaves: Held[] = [];
  const visit = (node: JsonValue, at: string, depth: number): void => {
    if (leaves.length >= mostLeaves || depth > depthLimit) return;
    if (typeof node === 'string') leaves.push({ key: at, value: node });
    else if (node !== null && typeof node === 'object') {
      for (const [name, child] of Object.entries(node)) visit(child, `${at}.${name}`, depth + 1);
    }
  };
  visit(document, key, 0);
  return leaves;
}

const assignment = /^\s*(?:export\s+)?["']?([\w.-]{1,64})["']?\s*[:=]\s*["']?(.*?)["']?[,;]?\s*$/;
const userInformation = /[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:([^\s]+)@/gi;

/**
 * What is a secret of its own inside a value: the password in a URL, what stands behind the names in a file. Printed by
 * itself it is no less one. Bounded, for a value may be a whole configuration.
 */
export function partsOf({ key, value }: Held): readonly Held[] {
  const parts: Held[] = [];
  for (const [, password = ''] of value.matchAll(userInformation)) {
    parts.push({ key, value: password });
    const decoded = percentDecoded(password);
    if (decoded !== undefined && decoded !== password) parts.push({ key, value: decoded });
  }
  if (value.includes('\n')) {
    for (const line of linesOf(value)) {
      const [, name = key, assigned] = assignment.exec(line) ?? [];
      if (assigned !== undefined && assigned !== '') parts.push({ key: name, value: assigned });
    }
  }
  return parts.slice(0, mostLeaves);
}

/** Those that are no assignment: of one, what is assigned counts, and the whole line is no secret. */
export function plainLinesOf(value: string): readonly string[] {
  return linesOf(value).filter((line) => (assignment.exec(line)?.[2] ?? '') === '');
}

export function linesOf(value: string): readonly string[] {
  return value
    .split('\n')
    .slice(0, mostLeaves)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // A percent sign that stands for itself.
  }
}
