import { z } from 'zod';
import { commonFields } from '../../src/kit/index.ts';

/**
 * One vocabulary: an argument of this name means the same in every tool of the group. Forms are checked here for an early
 * answer; the transport has its own checks, which nothing passes. Patterns are not part of the schema: they are dear there.
 */
const matching = (pattern: RegExp, what: string) => z.string().refine((text) => pattern.test(text), `not ${what}`);

const word = matching(/^[^\n]{1,253}$/, 'a word');
/** `spec.containers[0].image`, `metadata.labels.app.kubernetes.io/name` */
export const pathForm = /^[A-Za-z0-9_./~:[\]-]{1,400}$/;
const moment = matching(
  /^(?:\d{1,6}[smhdw]|\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?)$/,
  'a time: 90m, 3h, 2d, or 2026-01-31T12:00:00Z',
).refine((text) => !Number.isNaN(parseMoment(text, new Date(0)).getTime()), 'no such day or time');

export const fields = {
  kind: word.describe('pods, deploy, plural.group'),
  name: matching(/^[A-Za-z0-9]([-A-Za-z0-9._:]{0,251}[A-Za-z0-9])?$/, 'one object name, without slashes').describe(
    'object name',
  ),
  namespace: matching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'one namespace')
    .optional()
    .describe('omit for all'),
  target: word.describe('kind/name, app or host'),
  selector: matching(/^[^\n]{1,1000}$/, 'a label selector')
    .optional()
    .describe('app=web,tier!=db'),
  path: matching(pathForm, 'fields joined by dots').optional().describe('spec.containers.0.image'),
  since: moment.optional().describe('3h, 2d or RFC 3339'),
  until: moment.optional().describe('like since'),
  context: word.optional().describe('cluster'),
  limit: z
    .number()
    .refine((rows) => Number.isInteger(rows) && rows >= 1 && rows <= 500, 'not 1 to 500')
    .optional()
    .describe('rows'),
  ...commonFields,
} as const;

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** `3h` is three hours before `now`; anything else that passes the field's check is a date. */
export function parseMoment(text: string, now: Date): Date {
  const unit = units[text.slice(-1)];
  return unit === undefined || !/^\d+[smhdw]$/.test(text)
    ? new Date(text)
    : new Date(now.getTime() - Number(text.slice(0, -1)) * unit);
}
