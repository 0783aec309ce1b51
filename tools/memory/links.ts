import { type LinkTo, linkTypes } from '../../memory/entry.ts';
import { wordsOf } from './fields.ts';

/** `supersedes:12, -see-also:9`: the first makes a link, the second takes one away. What is no link was refused by the schema. */
export function splitLinks(links: string): {
  readonly add: readonly LinkTo[];
  readonly remove: readonly LinkTo[];
} {
  const read = wordsOf(links).map((text) => ({
    isRemoved: text.startsWith('-'),
    link: linkOf(text.replace(/^-/, '')),
  }));
  const chosen = (isRemoved: boolean): readonly LinkTo[] =>
    read.flatMap((one) => (one.isRemoved === isRemoved && one.link !== undefined ? [one.link] : []));
  return { add: chosen(false), remove: chosen(true) };
}

function linkOf(text: string): LinkTo | undefined {
  const [word, number] = text.split(':');
  const type = linkTypes.find((known) => known === word);
  return type === undefined ? undefined : { type, to: Number(number) };
}
