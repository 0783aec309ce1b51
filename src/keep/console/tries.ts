import { consoleError } from './errors.ts';

/** Bounds what fails: so many a minute altogether, and on one connection. Those who are right are never counted. */
export interface Tries {
  /** Errors: `console-too-often`, and whatever the work throws. */
  count<Result>(connection: object, work: () => Promise<Result>): Promise<Result>;
}

export function openTries(options: { perMinute: number; perConnection: number; now: () => Date }): Tries {
  const { perMinute, perConnection, now } = options;
  const failed = new WeakMap<object, number>();
  let recent: number[] = [];
  return {
    count: async (connection, work) => {
      const at = now().getTime();
      recent = recent.filter((time) => time > at - 60_000);
      if (recent.length >= perMinute || (failed.get(connection) ?? 0) >= perConnection) throw tooOften();
      // Before the work, for many may be asked at once.
      recent.push(at);
      failed.set(connection, (failed.get(connection) ?? 0) + 1);
      const result = await work();
      const index = recent.indexOf(at);
      if (index !== -1) recent.splice(index, 1);
      failed.set(connection, (failed.get(connection) ?? 1) - 1);
      return result;
    },
  };
}

function tooOften(): Error {
  return consoleError('console-too-often', {
    message: 'too many tries failed within a minute',
    next: 'wait a minute, reload the page and try again',
  });
}
