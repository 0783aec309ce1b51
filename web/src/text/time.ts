/** Times as a human reads them. The exact one stands in a `title` and in `datetime` beside it. */
const units: readonly (readonly [string, number])[] = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
];

/** `4 min ago`, `in 2 h`, `just now`. */
export function relativeTime(iso: string, now: Date): string {
  const seconds = Math.round((Date.parse(iso) - now.getTime()) / 1000);
  if (Number.isNaN(seconds)) return 'at an unknown time';
  const span = coarse(Math.abs(seconds));
  if (span === undefined) return seconds > 0 ? 'in a moment' : 'just now';
  return seconds > 0 ? `in ${span}` : `${span} ago`;
}

function coarse(seconds: number): string | undefined {
  for (const [name, size] of units) {
    if (seconds >= size) return `${Math.floor(seconds / size)} ${name}`;
  }
  return undefined;
}

/** `23 h 04 min`, `4:05` in the last ten minutes, `expired`. */
export function countdown(iso: string, now: Date): { text: string; urgent: boolean; over: boolean } {
  const left = Math.floor((Date.parse(iso) - now.getTime()) / 1000);
  if (Number.isNaN(left)) return { text: 'unknown', urgent: true, over: false };
  if (left <= 0) return { text: 'expired', urgent: true, over: true };
  const two = (value: number): string => String(value).padStart(2, '0');
  const days = Math.floor(left / 86_400);
  const hours = Math.floor((left % 86_400) / 3_600);
  const minutes = Math.floor((left % 3_600) / 60);
  if (days > 0) return { text: `${days} d ${hours} h`, urgent: false, over: false };
  if (hours > 0) return { text: `${hours} h ${two(minutes)} min`, urgent: false, over: false };
  if (minutes >= 10) return { text: `${minutes} min`, urgent: false, over: false };
  return { text: `${minutes}:${two(left % 60)} min`, urgent: true, over: false };
}

/** `26 Nov 2026, 14:05:09`, in the reader's zone. */
export function exactTime(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return 'unknown';
  return time.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
}

/** `14:05:09`. */
export function clockTime(time: Date): string {
  return time.toLocaleTimeString('en-GB');
}

export function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
