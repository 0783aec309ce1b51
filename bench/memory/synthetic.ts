/**
 * Memories as a homelab's agents might keep them, made up from a seed: words by Zipf's law among function words, hosts,
 * addresses, paths and versions, and sessions whose entries share words. Nothing of it means anything; how often what
 * occurs, and with what, is about right.
 */
export interface SyntheticMemory {
  readonly content: string;
  readonly keywords: string;
  readonly session: string | undefined;
  readonly seq: number;
}

export interface Synthetic {
  memories(count: number): readonly SyntheticMemory[];
  /** A question about one of them: three to ten of its words, mostly, and one that is not in it now and then. */
  question(about: SyntheticMemory): string;
}

const functionWords = 'the a of to in is and for on with it was by that from not at as be this after when'.split(' ');
const syllables =
  'ba co di fu ge hi jo ka le mo nu pa qui ro sa te vu wi xa yo zu bel cor dan fen gor lin mar nos per'.split(' ');
const distinctWords = 40_000;
const sessionLength = 8;

export function createSynthetic(seed: number): Synthetic {
  const random = randomFrom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[below(items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  };
  const words = Array.from({ length: distinctWords }, (_, rank) => spelled(rank));
  const shares = cumulativeZipf(distinctWords);
  const word = (): string => words[indexAbove(shares, random())] ?? '';

  const identifier = (): string =>
    pick([
      () => `192.0.2.${below(256)}`,
      () => `2001:db8::${below(65_536).toString(16)}`,
      () => `${word()}-${below(9)}.example.net`,
      () => `${word()}-${word()}`,
      () => `/var/lib/${word()}/${word()}`,
      () => `v${below(9)}.${below(30)}.${below(20)}`,
      () => `pvc-${below(2 ** 31).toString(16)}`,
      () => `E${below(9_000)}`,
    ])();

  const memory = (session: string | undefined, seq: number, topic: readonly string[]): SyntheticMemory => {
    const length = 20 + below(41);
    const content = Array.from({ length }, () => {
      const kind = random();
      if (kind < 0.38) return pick(functionWords);
      if (kind < 0.44) return identifier();
      return kind < 0.6 && topic.length > 0 ? pick(topic) : word();
    });
    const keywords = Array.from({ length: 3 + below(5) }, () => (random() < 0.5 ? pick(content) : word()));
    return { content: content.join(' '), keywords: keywords.join(' '), session, seq };
  };

  return {
    memories(count) {
      const made: SyntheticMemory[] = [];
      for (let session = 0; made.length < count; session += 1) {
        const alone = random() < 0.3;
        const topic = alone ? [] : Array.from({ length: 12 }, word);
        const entries = alone ? 1 : 1 + below(sessionLength * 2);
        for (let seq = 0; seq < entries && made.length < count; seq += 1) {
          made.push(memory(alone ? undefined : `session-${session}`, seq, topic));
        }
      }
      return made;
    },
    question(about) {
      const held = about.content.split(' ');
      const length = 3 + below(8);
      return Array.from({ length }, () => (random() < 0.15 ? word() : pick(held))).join(' ');
    },
  };
}

/** Different for every rank, and the shorter the more frequent it is. */
function spelled(rank: number): string {
  let text = '';
  for (let left = rank + syllables.length; left > 0; left = Math.floor(left / syllables.length)) {
    text += syllables[left % syllables.length];
  }
  return text;
}

function cumulativeZipf(count: number): Float64Array {
  const shares = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank += 1) {
    sum += 1 / (rank + 8);
    shares[rank] = sum;
  }
  return shares.map((share) => share / sum);
}

function indexAbove(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 1) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** 0 to below 1, the same ones for the same seed (the mulberry32 generator). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
