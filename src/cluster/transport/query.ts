/** The parameters of a read, and no others: `watch`, `pretty`, `dryRun` and the rest have no way in. */
export interface ReadQuery {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly limit?: number | undefined;
  readonly continue?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly resourceVersionMatch?: 'Exact' | undefined;
  /** What stands beside the cells of a server-side table. */
  readonly includeObject?: 'None' | 'Metadata' | undefined;
}

/** `limitBytes` is left out: it keeps the oldest bytes, and a reader wants the newest. `follow` is: a call ends. */
export interface LogQuery {
  readonly container: string;
  readonly previous?: boolean | undefined;
  readonly sinceTime?: Date | undefined;
  readonly tailLines?: number | undefined;
}

export interface WatchQuery {
  readonly resourceVersion?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** After this many seconds the server ends the watch. */
  readonly timeoutSeconds: number;
}

/** `?a=b&c=d`, or nothing. */
export function queryOf({
  labelSelector,
  fieldSelector,
  limit,
  continue: token,
  resourceVersion,
  resourceVersionMatch,
  includeObject,
}: ReadQuery): string {
  return written({
    labelSelector,
    fieldSelector,
    limit,
    continue: token,
    resourceVersion,
    resourceVersionMatch,
    includeObject,
  });
}

export function logQueryOf({ container, previous, sinceTime, tailLines }: LogQuery): string {
  const since = sinceTime?.toISOString().replace(/\.\d+Z$/, 'Z');
  return written({
    container,
    previous: previous === true || undefined,
    sinceTime: since,
    tailLines,
    timestamps: true,
  });
}

export function watchQueryOf({ resourceVersion, labelSelector, fieldSelector, timeoutSeconds }: WatchQuery): string {
  return written({
    watch: true,
    allowWatchBookmarks: true,
    resourceVersion,
    labelSelector,
    fieldSelector,
    timeoutSeconds,
  });
}

function written(parameters: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) search.set(name, String(value));
  return search.size === 0 ? '' : `?${search}`;
}
