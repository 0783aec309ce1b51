/** `2026-11-26T03:40:12Z`: as times stand in payloads, so that a report that cites one finds it there. */
export function stamp(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

/** Without milliseconds, as it is printed. */
export function toSecond(at: Date): Date {
  return new Date(Math.floor(at.getTime() / 1_000) * 1_000);
}

export function spanText(from: Date, to: Date): string {
  return stamp(from) === stamp(to) ? stamp(from) : `${stamp(from)} to ${stamp(to)}`;
}
