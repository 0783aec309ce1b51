/** What a run asked of a door and did not get, for its report: at most so many different ones, and never a query. */
export interface Refusal {
  readonly method: string;
  /** Of the request, cut at 300 signs and without its query. */
  readonly path: string;
  readonly why: string;
  readonly times: number;
}

const mostDifferent = 50;
const longestPath = 300;

export interface Refusals {
  note(method: string, url: string, why: string): void;
  /** Different ones that found no place are counted here. */
  readonly unlisted: number;
  list(): readonly Refusal[];
}

export function collectRefusals(): Refusals {
  const seen = new Map<string, Refusal>();
  let unlisted = 0;
  return {
    note: (method, url, why) => {
      const path = (url.split(/[?#]/, 1)[0] ?? '').replace(/[^\x21-\x7e]/g, '?').slice(0, longestPath);
      const key = `${method} ${path} ${why}`;
      const before = seen.get(key);
      if (before === undefined && seen.size >= mostDifferent) unlisted += 1;
      else seen.set(key, { method, path, why, times: (before?.times ?? 0) + 1 });
    },
    get unlisted() {
      return unlisted;
    },
    list: () => [...seen.values()],
  };
}
