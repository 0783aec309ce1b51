import type { Match } from './line-filter.ts';

/** As the thread of src/cluster answers, for patterns that end. */
export const matchHere: Match = async (pattern, texts) => texts.map((text) => new RegExp(pattern, 'i').test(text));
