import { CronExpressionParser } from 'cron-parser';
import type { StoreLog } from '../../store/log.ts';

/** How often the clock is looked at: a timer of hours is wrong after a machine that slept. */
const lookMs = 30_000;

/** Does `work` every day at a local time like `03:30`. Ends with the signal. */
export function everyDayAt(
  at: string,
  work: () => Promise<void>,
  { now, signal, log }: { readonly now: () => Date; readonly signal: AbortSignal; readonly log: StoreLog },
): void {
  let due = nextTime(at, now());
  const timer = setInterval(() => {
    if (now() < due) return;
    due = nextTime(at, now());
    work().catch((error: unknown) => {
      if (!signal.aborted) log.error({ err: error }, 'drift.failed');
    });
  }, lookMs).unref();
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}

/** The next time it is `HH:MM` here, after `from`. */
export function nextTime(at: string, from: Date): Date {
  const [hour, minute] = at.split(':').map(Number);
  return CronExpressionParser.parse(`${minute} ${hour} * * *`, { currentDate: from }).next().toDate();
}
