import type { Hit, MemoryHit, SectionHit, Why } from '../../memory/engine.ts';
import { byOthers, entryBody, headed, type Sized } from './blocks.ts';
import { dayText, entryHead, linkText, plainName } from './words.ts';

/**
 * One hit as a reader sees it: a line of ours that says what it is and why it is here, then its text behind a fence. Of the why,
 * only words of the query and of the alias table are in the line: what the query was repaired to stands in the entry itself.
 */
export function shownHit(hit: Hit, now: Date): Sized {
  return hit.kind === 'memory' ? shownMemory(hit, now) : shownSection(hit);
}

function shownMemory({ entry, why, attached, pointers }: MemoryHit, now: Date): Sized {
  const head = [...entryHead(entry, now), ...pointers.map(linkText), `why: ${whyText(why)}`].join(' · ');
  const company = attached.flatMap((one) => [
    headed(`  ${one.type} ${entryHead(one.entry, now).join(' · ')}`),
    ...entryBody(one.entry),
  ]);
  return headed(head, [...entryBody(entry), ...company]);
}

function shownSection({ corpus, document, heading, content, at, why }: SectionHit): Sized {
  const head = [
    `section of ${plainName(corpus)}`,
    ...(at === undefined ? [] : [dayText(at)]),
    `why: ${whyText(why)}`,
  ].join(' · ');
  return headed(head, [byOthers(`${document}: ${heading}\n${content}`)]);
}

const mostWords = 12;

function whyText({ matched, repaired, aliases, exact, legs, episode, redirectedFrom }: Why): string {
  const reasons = [
    ...(matched.length === 0 ? [] : [quoted(withoutParts(matched))]),
    ...(exact.length === 0 ? [] : [`exact ${exact.slice(0, mostWords).join(' ')}`]),
    ...(repaired.length === 0 ? [] : [`${quoted(repaired.map(({ from }) => from))} taken for a word like it`]),
    ...aliases.slice(0, mostWords).map(({ from, to }) => `"${from}" is also "${to}"`),
    ...(legs.dense !== undefined && legs.dense > 0 ? [`meaning ${legs.dense.toFixed(2)}`] : []),
    ...(legs.rerank === undefined ? [] : [`reranked ${legs.rerank.toFixed(2)}`]),
    ...(episode === true ? ['what was stored beside it'] : []),
    ...(redirectedFrom === undefined ? [] : [`in place of #${redirectedFrom}, which it supersedes`]),
  ];
  return reasons.length === 0 ? 'its rank alone' : reasons.join(', ');
}

/** `disk-full`, and not `disk` and `full` beside it. */
function withoutParts(words: readonly string[]): readonly string[] {
  const parts = new Set(words.flatMap((word) => (joint.test(word) ? word.split(joint) : [])));
  return words.filter((word) => !parts.has(word));
}
const joint = /[^\p{L}\p{N}\p{M}]+/u;

function quoted(words: readonly string[]): string {
  const shown = [...new Set(words)].slice(0, mostWords).map((word) => `"${word}"`);
  return shown.join(' ');
}
