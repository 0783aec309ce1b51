import type { RequestView } from '../../change/wire/secret.ts';
import type { History } from './api.ts';
import type { ConsoleOptions } from './options.ts';

type Decided = History['decisions'][number];

/** Decided late, a request may be older than many that came since. */
const mostAsked = 200;

/**
 * What humans decided, newest first: what they signed, and what they said to requests of secrets, of which a rejection takes no
 * signature. A request whose signature is told already is not told twice.
 */
export async function decidedOf(
  limit: number,
  { decisions, requests }: Pick<ConsoleOptions, 'decisions' | 'requests'>,
): Promise<Decided[]> {
  const [signed, asked] = await Promise.all([decisions.latest(limit), requests.latest(mostAsked)]);
  const told = signed.map((decision): Decided => ({ ...decision, at: decision.at.toISOString() }));
  const known = new Set(told.map(({ subject }) => subject));
  return [...told, ...asked.filter(({ id }) => !known.has(id)).flatMap(saidTo)]
    .sort((a, b) => b.at.localeCompare(a.at))
    .slice(0, limit);
}

function saidTo({ id, wish, state, by, changedAt }: RequestView): Decided[] {
  if (by === undefined) return [];
  const kind = state === 'rejected' ? 'reject' : wish.kind === 'lease' ? 'token' : wish.kind;
  return [{ kind, subject: id, approver: by, at: changedAt }];
}
