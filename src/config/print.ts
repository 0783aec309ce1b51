import type { Config } from './valid.ts';

/** The proven configuration as plain data, defaults filled in; a secret shows as «secret». */
export function printableConfig({ groups, http, ...config }: Config): Readonly<Record<string, unknown>> {
  const plain: unknown = JSON.parse(JSON.stringify({ ...config, http: http ?? null, groups: Object.fromEntries(groups) }));
  return Object.fromEntries(Object.entries(Object(plain)));
}
