import type { WholeEntry } from '../../memory/engine.ts';
import { agoText } from '../../src/cluster/index.ts';
import { byAgent, entryBody, headed, type Sized } from './blocks.ts';
import { entryHead, linkText, plainName } from './words.ts';

const mostRevisions = 10;

/** An entry with all that stands beside its text. */
export function wholeEntry({ entry, links, history, sealedWith }: WholeEntry, now: Date): Sized {
  const { keywords, importance, session, seq, readers, revision, content } = entry;
  const head = [
    ...entryHead(entry, now),
    ...(readers.length === 0 ? [] : [`readers ${readers.map(plainName).join(' ')}`]),
    `importance ${Number(importance.toFixed(2))}`,
    ...(sealedWith === undefined ? [] : [`sealed with ${plainName(sealedWith)}`]),
    ...links.map(linkText),
  ].join(' · ');
  const beside = [
    // Of a sealed entry they stand where its text would.
    ...(keywords === '' || content === undefined ? [] : [`keywords: ${keywords}`]),
    ...(session === undefined ? [] : [`session: ${session}${seq === undefined ? '' : `, number ${seq}`}`]),
  ];
  return headed(head, [
    ...entryBody(entry),
    ...(beside.length === 0 ? [] : [byAgent(beside.join('\n'))]),
    ...(history.length === 0 ? [] : [headed(historyText(revision, history, now))]),
  ]);
}

function historyText(revision: number, history: WholeEntry['history'], now: Date): string {
  const newest = history.toSorted((a, b) => b.revision - a.revision);
  const told = newest
    .slice(0, mostRevisions)
    .map((one) => `revision ${one.revision} replaced ${agoText(one.replacedAt, now)} by ${plainName(one.replacedBy)}`);
  const more = history.length > mostRevisions ? [`and ${history.length - mostRevisions} older ones`] : [];
  return `  revision ${revision}; ${[...told, ...more].join(', ')}`;
}
