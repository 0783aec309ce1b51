/** Moments that a text names, in UTC: what is compared is what is written, not finer. */
export interface NamedMoment {
  readonly text: string;
  /** `2026-11-20`; undefined where only a clock time is named. */
  readonly day: string | undefined;
  /** `14:02` or `14:02:10`. */
  readonly clock: string | undefined;
}

export const momentPattern =
  /(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,]\d+)?)?(?:\s*(?:Z|UTC)\b)?|(?<![\d:.])((?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)(?![\d:])(?:\s*(?:Z|UTC)\b)?/g;

export function momentsNamed(text: string): readonly NamedMoment[] {
  return [...text.matchAll(momentPattern)].map(([whole, day, withDay, alone]) => {
    const clock = withDay ?? alone;
    return { text: whole, day, clock: clock === undefined ? undefined : clock.padStart(clock.length < 6 ? 5 : 8, '0') };
  });
}

export function isMoment({ day, clock }: NamedMoment, at: number): boolean {
  const iso = new Date(at).toISOString();
  return (day === undefined || iso.startsWith(day)) && (clock === undefined || iso.slice(11).startsWith(clock));
}

const stamp = /\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?/g;
const epoch = /(?<![\w.])1[5-9]\d{8}(?:\d{3}|\d{6}|\d{9})?(?![\w])/g;

/** Moments in what a machine wrote, in milliseconds; one without a zone is UTC. */
export function momentsIn(payload: string): readonly number[] {
  const stamps = [...payload.matchAll(stamp)].map(([text]) => {
    const iso = text
      .replace(' ', 'T')
      .replace(',', '.')
      .replace(/(\.\d{3})\d+/, '$1');
    return Date.parse(/(?:Z|[+-]\d{2}:?\d{2})$/.test(iso) ? iso : `${iso}Z`);
  });
  const epochs = [...payload.matchAll(epoch)].map(([digits]) => Number(digits.slice(0, 10)) * 1_000);
  return [...stamps, ...epochs].filter((at) => Number.isFinite(at) && Math.abs(at) < 8.64e15);
}

/** The text without its moments: their digits are no numbers of it. */
export function withoutMoments(payload: string): string {
  return payload.replace(stamp, ' ').replace(epoch, ' ').replace(momentPattern, ' ');
}
