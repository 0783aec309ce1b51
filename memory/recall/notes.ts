import type { DenseStanding } from '../embed/port.ts';
import type { Note, Question } from '../engine.ts';
import type { Understood } from './understand.ts';

/** What an answer says of itself, in words. Words of entries, and of whoever asks, are quotes. */
export function notesOnQuery({ repairs, passedOver, asked }: Understood): readonly Note[] {
  const notes: Note[] = [];
  if (asked.length === 0) notes.push({ text: 'the query has no words to look for' });
  if (passedOver > 0) {
    notes.push({ text: `the query is long: its ${asked.length} rarest words were looked for, ${passedOver} were not` });
  }
  if (repairs.length > 0) {
    const pairs = repairs.map(({ from, shown }) => `${from} → ${shown}`);
    notes.push({ text: 'words that stand nowhere here were taken for others', quotes: pairs });
  }
  return notes;
}

/** Why there is no dense leg though one is configured. */
export function notesOnDense({ state, reason, share, calibratedOn, embedded, total }: DenseStanding): readonly Note[] {
  const because = {
    unconfigured: undefined,
    filling: `embeddings are being made, ${embedded} of ${total}`,
    unsupported: reason ?? 'this database has no vectors',
    away: reason ?? 'the embedding endpoint is away',
    ready:
      calibratedOn === undefined
        ? 'embeddings were not measured on these entries yet'
        : share <= 0
          ? 'embeddings did not do better than words on these entries'
          : (reason ?? 'the embedding endpoint did not answer'),
  }[state];
  return because === undefined ? [] : [{ text: `found by words alone: ${because}` }];
}

export function notesOnCorpora(
  { corpora }: Pick<Question, 'corpora'>,
  filtered: boolean,
  searched: readonly { readonly name: string }[],
): readonly Note[] {
  if (corpora === undefined || corpora.length === 0) return [];
  if (filtered) return [{ text: 'filters are of memories: no corpus was searched' }];
  const there = new Set(searched.map(({ name }) => name));
  const missing = corpora === 'all' ? [] : corpora.filter((name) => !there.has(name));
  return missing.length === 0 ? [] : [{ text: 'there is no corpus of this name', quotes: missing }];
}

export function notesOnLeftOut(
  outside: number,
  seen: number,
  { now, asOf }: { readonly now: Date; readonly asOf: Date | undefined },
): readonly Note[] {
  const notes: Note[] = [];
  if (outside > 0) {
    const verb = outside === 1 ? 'entry that fits is' : 'entries that fit are';
    const way = asOf === undefined ? ': ask with as_of to see them as they were then' : '';
    notes.push({ text: `${outside} ${verb} not valid as of ${(asOf ?? now).toISOString()}${way}` });
  }
  if (seen > 0) notes.push({ text: `${seen} that ${seen === 1 ? 'fits was' : 'fit were'} passed over: seen before` });
  return notes;
}

/** No hit is an answer too. */
export function notesOnNothing({ unknown }: { readonly unknown: readonly string[] }): readonly Note[] {
  const nothing = 'nothing here speaks of what was asked';
  if (unknown.length === 0) return [{ text: nothing }];
  return [{ text: `${nothing}; these words stand nowhere`, quotes: unknown.slice(0, 10) }];
}
