import type { Config } from './valid.ts';

/** The proven configuration as plain data, defaults filled in, with where each key was set; a secret shows as «secret». */
export function printableConfig({ groups, origins, ...config }: Config): object {
  const plain: object = JSON.parse(JSON.stringify(config));
  return { ...plain, groups: Object.fromEntries(groups), origins: Object.fromEntries(origins) };
}
