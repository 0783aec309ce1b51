import { z } from 'zod';
import { stripHiddenCharacters } from '../kit/index.ts';

/** What the daemon says of the values that its redaction knows. */
export const knownValuesState = z.object({
  mode: z.enum(['required', 'degraded']),
  state: z.enum(['missing', 'current', 'stale', 'broken']),
  why: z.string().optional(),
  generation: z.string().optional(),
  heard_seconds_ago: z.number().nullable().optional(),
  coverage: z
    .object({
      looked_seconds_ago: z.number().nullable(),
      mounts: z.array(z.string()),
      secrets: z.number(),
      values: z.number(),
      by_class: z.object({ a: z.number(), b: z.number(), c: z.number(), public: z.number() }),
      skipped: z.number(),
      unread: z.array(z.object({ path: z.string(), why: z.string() })),
      in_repository: z.number(),
    })
    .optional(),
});

const mostUnread = 20;

/** For a terminal: the state first, then what it covers and what it does not. */
export function knownValuesLines(known: z.output<typeof knownValuesState>): readonly string[] {
  const { mode, state, why, generation, heard_seconds_ago: heard, coverage } = known;
  const loaded = generation === undefined ? [] : [`generation ${generation}`, `heard of ${agoText(heard ?? null)}`];
  const head = [`values  ${state}`, `redaction ${mode}`, ...loaded].join(' · ');
  const refuses = mode === 'required' && (state === 'missing' || state === 'broken');
  const means = refuses ? 'every call is refused' : 'each answer says that they may be shown';
  const lines = [head, ...(state === 'current' ? [] : [`        ${why ?? 'no reason given'}: ${means}`])];
  return [...lines.map(plain), ...(coverage === undefined ? [] : coverageLines(coverage))];
}

type Covered = NonNullable<z.output<typeof knownValuesState>['coverage']>;

export function coverageLines(coverage: Covered): readonly string[] {
  const { values, secrets, mounts, by_class: of, looked_seconds_ago: looked, skipped, unread } = coverage;
  const where = mounts.length === 0 ? 'no mount' : mounts.join(', ');
  const more = unread.length - mostUnread;
  return [
    `        ${values} values of ${secrets} secrets in ${where}, looked at ${agoText(looked)}`,
    `        class a ${of.a}, b ${of.b}, c ${of.c}, public ${of.public} · never looked for: ${skipped} · in the repository: ${coverage.in_repository}`,
    '        a secret that never was in Vault is not among them: patterns alone mask it, or nothing does',
    ...unread.slice(0, mostUnread).map(({ path, why }) => `        NOT COVERED ${path}: ${why}`),
    ...(more > 0 ? [`        NOT COVERED: ${more} more`] : []),
  ].map(plain);
}

/** Paths are named by whoever writes to Vault: none of them speaks to the terminal, or makes a line of its own. */
function plain(line: string): string {
  return stripHiddenCharacters(line).replaceAll('\n', ' ');
}

function agoText(seconds: number | null): string {
  return seconds === null ? 'at a time nobody told' : `${seconds} s ago`;
}
