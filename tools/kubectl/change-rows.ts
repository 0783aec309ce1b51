import { nameText, refText, type What } from '../../src/cluster/index.ts';
import type { Cell } from '../../src/kit/index.ts';
import type { Change } from './change-list.ts';
import { placeText } from './event-rows.ts';
import { clockText } from './history-coverage.ts';

export const columns = ['when', 'object', 'what', 'count', 'change', 'from', 'detail'];

const longestDetail = 120;
const mostNamed = 3;

export function rowOf(change: Change & { readonly latent?: boolean }): readonly Cell[] {
  const { at, last, notBefore, count, whats, texts, detail, onlyKept, latent } = change;
  const when =
    notBefore !== undefined
      ? `${clockText(notBefore)} to ${clockText(at)}`
      : last.getTime() - at.getTime() > 1_000
        ? `${clockText(at)} to ${clockText(last)}`
        : clockText(at);
  return [
    latent === true ? `before the window: ${when}` : when,
    objectsText(change),
    whats.join('+'),
    count === 1 ? '' : count,
    texts.join('; '),
    onlyKept ? 'chronicle' : '',
    detail?.map((text) => (text.length > longestDetail ? `${text.slice(0, longestDetail)}…` : text)) ?? '',
  ];
}

function objectsText({ roots }: Change): string {
  const [only, ...others] = roots;
  if (only === undefined) return '';
  if (others.length === 0) return refText(only);
  const kinds = new Set(roots.map(({ kind }) => kind));
  const named = roots.slice(0, mostNamed).map(placeText);
  const more = roots.length - named.length;
  // What an owner reference calls its kind is what somebody wrote.
  const noun = kinds.size === 1 && nameText(only.kind) !== '?' ? `${only.kind}s` : 'objects';
  return `${roots.length} ${noun}: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const nouns: Partial<Readonly<Record<What, string>>> = {
  edited: 'edits',
  rollout: 'rollouts',
  oom: 'out of memory',
  'config-changed': 'config changes',
  created: 'created',
  deleted: 'deleted',
  restart: 'container deaths',
};

function isDrift({ whats }: Change): boolean {
  return whats.includes('drift');
}

interface Window {
  readonly since: Date;
  readonly until: Date;
  /** A change before the window is shown. */
  readonly latent: boolean;
}

export function headlineOf(changes: readonly Change[], { since, until, latent }: Window): string {
  const window = `${clockText(since)} to ${clockText(until)}`;
  if (changes.length === 0) return `no change found, ${window}${latent ? '; the last one before it is shown' : ''}`;
  const past = changes.filter(isDrift);
  const counts = new Map<What, number>();
  for (const { whats, count, roots } of changes) {
    for (const what of whats) counts.set(what, (counts.get(what) ?? 0) + Math.max(count, roots.length));
  }
  const told = [...counts].map(([what, count]) => `${nouns[what] ?? what} ${count}`);
  const named = past
    .flatMap(({ roots }) => roots)
    .slice(0, mostNamed)
    .map(refText);
  return [
    ...(past.length > 0
      ? [`changed past its declaration: ${named.join(', ')}${past.length > named.length ? ' …' : ''}`]
      : []),
    `${told.join(', ')}, ${window}`,
  ].join('; ');
}

/** What was done by hand before the window and still stands; without it, a question about drift would need a guess at when. */
export function standingNote(older: readonly Change[]): readonly string[] {
  const past = older.filter(isDrift);
  if (past.length === 0) return [];
  const named = past
    .slice(0, mostNamed)
    .map((change) => `${objectsText(change)} (${clockText(change.at)}: ${change.texts.join('; ')})`);
  const more = past.length > named.length ? ` and ${past.length - named.length} more` : '';
  return [`before the window, past its declaration and still so: ${named.join('; ')}${more}; since=30d shows them`];
}
