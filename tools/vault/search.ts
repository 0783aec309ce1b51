import { z } from 'zod';
import { counted } from '../../src/cluster/index.ts';
import { type Cell, oneLine, table, Untrusted } from '../../src/kit/index.ts';
import { defineVaultTool } from './define.ts';
import { fields } from './fields.ts';
import type { KnownSecret } from './inventory.ts';
import { pageOf } from './paging.ts';
import { isPlain, nameCell, whenText } from './words.ts';

const shownKeys = 12;

export const search = defineVaultTool({
  name: 'vault_search',
  title: 'Find secrets by name',
  description:
    'Finds paths and keys of all KV mounts of Vault or OpenBao by name, and by their custom metadata; never by value. Every word ' +
    'has to occur. Without words: everything. Use before raw vault kv list or get, which would show values.',
  effect: 'read',
  searchHint: 'secret password token credential key where stored openbao kv list',
  input: z.strictObject({
    words: z.string().max(200).optional().describe('parts of names, upper or lower case: mail password'),
    mount: z.string().min(1).max(200).optional().describe('of this mount alone: secret'),
    cursor: fields.cursor,
    budget: fields.budget,
  }),
  async run({ words = '', mount }, { ports: { names }, signal, now, page }) {
    const { secrets, missing, mounts, at } = await names.inventory(signal);
    const wanted = words
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    const only = mount?.replace(/\/+$/, '');
    const found = secrets
      .filter((secret) => only === undefined || secret.mount === only)
      .flatMap((secret) => matchOf(secret, wanted) ?? [])
      .toSorted((a, b) => a.weight - b.weight || a.name.localeCompare(b.name));
    const kv = mounts.filter(({ kvVersion }) => kvVersion !== undefined).length;
    return table({
      asOf: at,
      coverage: { covered: `names of ${counted(secrets.length, 'secret')} in ${counted(kv, 'KV mount')}`, missing },
      headline: headlineOf(found, wanted, missing.length > 0),
      columns: ['secret', 'keys', 'version', 'changed', 'custom metadata'],
      ...pageOf(
        found.map((match) => rowOf(match, now())),
        { page },
      ),
      narrow: 'narrow with words= or mount=; one in full: vault_describe secret=',
    });
  },
});

interface Match {
  readonly secret: KnownSecret;
  readonly name: string;
  /** Those that were meant; all of them where the path was. */
  readonly keys: readonly string[];
  /** A key of exactly this name, a key, a path, what is written about it. */
  readonly weight: number;
}

function matchOf(secret: KnownSecret, wanted: readonly string[]): Match | undefined {
  const name = `${secret.mount}/${secret.path}`;
  const lower = name.toLowerCase();
  const keys = secret.keys ?? [];
  const left = wanted.filter((word) => !lower.includes(word));
  if (left.length === 0) return { secret, name, keys, weight: 2 };
  const meant = keys.filter((key) => left.every((word) => key.toLowerCase().includes(word)));
  if (meant.length > 0) {
    const exact = meant.some((key) => wanted.includes(key.toLowerCase()));
    return { secret, name, keys: meant, weight: exact ? 0 : 1 };
  }
  const written = [...secret.custom].map(([key, value]) => `${key}=${value}`.toLowerCase()).join('\n');
  return left.every((word) => written.includes(word)) ? { secret, name, keys, weight: 3 } : undefined;
}

function rowOf({ secret, name, keys }: Match, now: Date): readonly Cell[] {
  return [
    nameCell(name),
    keysCell(secret, keys),
    secret.version ?? '?',
    secret.updatedAt === undefined ? '?' : whenText(secret.updatedAt, now),
    secret.custom.size === 0
      ? null
      : new Untrusted(oneLine([...secret.custom].map(([key, value]) => `${key}=${value}`).join(' '), 160)),
  ];
}

function keysCell({ keys, deleted }: KnownSecret, meant: readonly string[]): Cell {
  if (deleted) return 'DELETED: its newest version';
  if (keys === undefined) return 'unknown';
  if (keys.length === 0) return 'none';
  const more = meant.length > shownKeys ? ` and ${meant.length - shownKeys} more` : '';
  const shown = meant.slice(0, shownKeys);
  const text = `${shown.map((key) => oneLine(key, 80)).join(' ')}${more}`;
  return shown.every(isPlain) ? text : new Untrusted(text);
}

function headlineOf(found: readonly Match[], wanted: readonly string[], partly: boolean): string {
  const deleted = found.filter(({ secret }) => secret.deleted).length;
  const unknown = found.filter(({ secret }) => secret.keys === undefined && !secret.deleted).length;
  const parts = [
    ...(deleted === 0 ? [] : [`${deleted} deleted`]),
    ...(unknown === 0 ? [] : [`of ${unknown} the keys are not known`]),
  ];
  if (found.length === 0) {
    return partly ? 'nothing of that name in what could be seen, which was not everything' : 'nothing of that name';
  }
  const what = wanted.length === 0 ? 'in all' : 'of that name';
  return `${counted(found.length, 'secret')} ${what}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`;
}
