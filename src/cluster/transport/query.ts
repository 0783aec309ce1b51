/** The parameters of a read, and no others: `watch`, `pretty`, `dryRun` and the rest have no way in. */
export interface ReadQuery {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly limit?: number | undefined;
  readonly continue?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly resourceVersionMatch?: 'Exact' | undefined;
}

const parameters = [
  'labelSelector',
  'fieldSelector',
  'limit',
  'continue',
  'resourceVersion',
  'resourceVersionMatch',
] as const satisfies readonly (keyof ReadQuery)[];

/** `?a=b&c=d`, or nothing. */
export function queryOf(query: ReadQuery): string {
  const search = new URLSearchParams();
  for (const parameter of parameters) {
    const value = query[parameter];
    if (value !== undefined) search.set(parameter, String(value));
  }
  return search.size === 0 ? '' : `?${search}`;
}
