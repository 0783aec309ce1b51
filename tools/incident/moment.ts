import { z } from 'zod';

const iso = z.iso.datetime({ offset: true });
const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
export const momentForm = 'takes 90m, 3h, 2d or a time with its offset like 2026-03-01T10:00:00Z';

export function isMoment(text: string): boolean {
  return /^[1-9]\d{0,5}[smhd]$/.test(text) || iso.safeParse(text).success;
}

/** `3h`: so long before `now`. What is no moment was refused by the schema. */
export function momentOf(text: string, now: Date): Date {
  const [, digits, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  return digits === undefined ? new Date(text) : new Date(now.getTime() - Number(digits) * (unitMs[unit] ?? 0));
}

/** Milliseconds of `90m`. */
export function spanMs(text: string): number {
  return -momentOf(text, new Date(0)).getTime();
}
