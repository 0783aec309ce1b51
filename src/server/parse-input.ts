import { distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import { defineErrors } from '../kit/index.ts';

const inputError = defineErrors({
  'input-invalid': {
    audience: 'agent',
    meaning: 'An argument is unknown, missing or of the wrong shape. Nothing was run.',
  },
});

/** What a tool or a command is called with, against its strict schema. Errors: `input-invalid`. */
export function parseInput(name: string, schema: z.ZodObject, input: unknown): Readonly<Record<string, unknown>> {
  const parsed = schema.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const known = Object.keys(schema.shape);
  const problems = parsed.error.issues.map((issue) => {
    if (issue.code !== 'unrecognized_keys') return `${issue.path.join('.') || 'arguments'}: ${issue.message}`;
    const more = issue.keys.length - mostNamed;
    const named = issue.keys.slice(0, mostNamed).map((key) => unknownArgument(key, known));
    // A tool may say why it takes no such thing; zod's own words repeat the keys.
    const why = issue.message.startsWith('Unrecognized key') ? [] : [issue.message];
    return [...named, ...(more > 0 ? [`${more} more unknown arguments`] : []), ...why].join('; ');
  });
  throw inputError('input-invalid', {
    message: `${name} was not run: ${problems.join('; ')}`,
    next: `${name} takes ${known.join(', ')}`,
  });
}

/** Unknown arguments that an error names, and how long their names may be. */
const mostNamed = 5;
const longestNamed = 60;

function unknownArgument(key: string, known: readonly string[]): string {
  const nearest = known.map((name) => ({ name, away: distance(key, name) })).sort((a, b) => a.away - b.away)[0];
  const hint = nearest !== undefined && nearest.away <= 3 ? ` (did you mean \`${nearest.name}\`?)` : '';
  // Whole or not at all: what comes back in part is no longer known to be what was sent.
  return key.length > longestNamed ? 'an unknown argument with a long name' : `unknown argument \`${key}\`${hint}`;
}
