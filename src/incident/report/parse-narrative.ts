import type { z } from 'zod';
import { type Narrative, narrative } from './narrative.ts';
import type { Problem } from './port.ts';

const maxBytes = 200_000;
const maxProblems = 50;

/**
 * Reads what an agent sends as a narrative: JSON text of at most 200 KB. Nothing of a text that does not fit is used. Each problem
 * names the place and the rule that place belongs to.
 */
export function parseNarrative(
  text: string,
): { readonly narrative: Narrative } | { readonly problems: readonly Problem[] } {
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes)
    return refused(`the narrative has ${bytes} bytes`, `keep it below ${maxBytes}: cite, do not copy`);
  const json = readJson(text);
  if (!('value' in json)) return refused(`the narrative is no JSON: ${json.problem}`, 'send one JSON object');
  const parsed = narrative.safeParse(json.value);
  if (parsed.success) return { narrative: parsed.data };
  return { problems: parsed.error.issues.slice(0, maxProblems).map(problemOf) };
}

function readJson(text: string): { readonly value: unknown } | { readonly problem: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : 'it cannot be read' };
  }
}

function refused(message: string, fix: string) {
  return { problems: [{ rule: 'V2', severity: 'error', path: '', message, fix } as const] };
}

function problemOf(issue: z.core.$ZodIssue): Problem {
  const path = issue.path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
  return { rule: ruleOf(path), severity: 'error', path, message: issue.message, fix: fixOf(issue) };
}

/** Whose place it is; what is under none is structure. */
const owners: readonly (readonly [RegExp, string])[] = [
  [/\.evidence(?:\[|$)/, 'V9'],
  [/\.quote$/, 'V11'],
  [/^severityOverride/, 'V17'],
  [/^cause\.steps\[\d+\]\.at$/, 'V4'],
  [/^cause\.steps\[\d+\]\.(?:id|leadsTo)/, 'V15'],
  [/^recurrence\.earlierActions/, 'V21'],
  [/^recurrence/, 'V19'],
  [/^actions\[\d+\]\.draft/, 'V26'],
  [/^actions\[\d+\]\.(?:path|lines|newFile)/, 'V24'],
  [/^actions\[/, 'V23'],
  [/^(?:title|status|authors|services|namespaces)/, 'V1'],
];

function ruleOf(path: string): string {
  return owners.find(([pattern]) => pattern.test(path))?.[1] ?? 'V2';
}

function fixOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys')
    return `leave out ${issue.keys.join(', ')}: the record knows it, or nobody asks for it`;
  if (issue.code === 'invalid_value') return `write one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_small')
    return issue.origin === 'array' ? `give at least ${issue.minimum}` : 'do not leave it empty';
  if (issue.code === 'too_big') return `keep it within ${issue.maximum}`;
  if (issue.code === 'invalid_type')
    return `give ${issue.expected === 'array' ? 'a list' : `a value of type ${issue.expected}`}`;
  return 'write it as the schema says';
}
