import type { JsonObject } from '../src/kit/index.ts';
import type { Memory, Question } from './engine.ts';
import type { Actor, Entry } from './entry.ts';

/**
 * Recall measured on one's own store, without a judge: an entry is looked for by words of its own, and where it stands is counted.
 *
 *  keywords  by the keywords and tags it was stored with
 *  words     by some words of its text, every second of those that are long enough to tell something
 *
 * It says nothing of questions in other words than the entry's; it shows what a change of the model or of the weights did.
 */
export interface Variant {
  /** `as it is`, `words alone`. */
  readonly name: string;
  readonly recall: Memory['recall'];
  readonly rerank?: true;
}

export interface OwnBench {
  readonly by: Actor;
  readonly sample: number;
  progress(message: string, done?: number, total?: number): void;
  readonly signal: AbortSignal;
}

const depth = 10;
const readAtOnce = 200;
const mostRead = 5_000;

export async function benchOwn(memory: Memory, variants: readonly Variant[], options: OwnBench): Promise<JsonObject> {
  const asked = spread(await ownEntries(memory, options.by), options.sample).flatMap(questionsAbout);
  const total = asked.length * variants.length;
  let done = 0;
  const measured: JsonObject[] = [];
  for (const { name, recall, rerank } of variants) {
    const places: { readonly kind: Kind; readonly place: number | undefined }[] = [];
    for (const { id, kind, query } of asked) {
      const question: Question = { query, limit: depth, room: 1_000_000, ...(rerank === undefined ? {} : { rerank }) };
      const { hits } = await recall(question, options.by, options.signal);
      // Whoever supersedes it is as good an answer.
      const at = hits.findIndex(
        (hit) => hit.kind === 'memory' && (hit.entry.id === id || hit.why.redirectedFrom === id),
      );
      places.push({ kind, place: at === -1 ? undefined : at + 1 });
      done += 1;
      if (done % 10 === 0) options.progress(name, done, total);
    }
    measured.push({ name, ...Object.fromEntries(kinds.map((kind) => [kind, figures(places, kind)])) });
  }
  return { entries: new Set(asked.map(({ id }) => id)).size, variants: measured };
}

const kinds = ['keywords', 'words'] as const;
type Kind = (typeof kinds)[number];

function figures(
  places: readonly { readonly kind: Kind; readonly place: number | undefined }[],
  kind: Kind,
): JsonObject {
  const own = places.filter((one) => one.kind === kind).map(({ place }) => place);
  const share = (hits: number): number => (own.length === 0 ? 0 : Math.round((1_000 * hits) / own.length) / 10);
  const within = (most: number): number => own.filter((place) => place !== undefined && place <= most).length;
  return {
    questions: own.length,
    'r@1': share(within(1)),
    'r@5': share(within(5)),
    mrr: share(own.reduce<number>((sum, place) => sum + (place === undefined ? 0 : 1 / place), 0)),
  };
}

async function ownEntries(memory: Memory, by: Actor): Promise<readonly Entry[]> {
  const found: Entry[] = [];
  for (;;) {
    const last = found.at(-1);
    const after =
      last === undefined ? {} : { after: { at: last.recordedAt, importance: last.importance, id: last.id } };
    const { entries } = await memory.list({ mine: true, order: 'oldest', limit: readAtOnce, ...after }, by);
    found.push(...entries);
    if (entries.length < readAtOnce || found.length >= mostRead)
      return found.filter(({ validTo }) => validTo === undefined);
  }
}

/** As many, evenly over all of them: the same ones every time. */
function spread<Item>(items: readonly Item[], most: number): readonly Item[] {
  const step = Math.max(1, items.length / most);
  return Array.from({ length: Math.min(most, items.length) }, (_, index) => items[Math.floor(index * step)]).flatMap(
    (item) => (item === undefined ? [] : [item]),
  );
}

const everyNth = 2;
const mostWords = 8;
const fewestWords = 2;

function questionsAbout({ id, keywords, tags, content }: Entry): readonly { id: number; kind: Kind; query: string }[] {
  const byKeywords = keywords === '' ? '' : [keywords, ...tags].join(' ');
  const long = (content ?? '').match(/[\p{L}\p{N}][\p{L}\p{N}.-]{3,}/gu) ?? [];
  const some = long.filter((_, index) => index % everyNth === 0).slice(0, mostWords);
  return [
    ...(byKeywords === '' ? [] : [{ id, kind: 'keywords' as const, query: byKeywords }]),
    ...(some.length < fewestWords ? [] : [{ id, kind: 'words' as const, query: some.join(' ') }]),
  ];
}
