import type { Similar, Stored } from '../../memory/engine.ts';
import type { Entry } from '../../memory/entry.ts';
import type { TextAnswer } from '../../src/kit/index.ts';
import { byAgent, entryBody, headed } from './blocks.ts';
import { entryHead, plainName } from './words.ts';

/** What is told of an entry that was stored: where it lies, who reads it, and what is there beside it. */
export function storedHeadline({ id, outcome }: Stored, entry: Entry | undefined): string {
  const said = { stored: `stored #${id}`, unchanged: `#${id} says exactly this already`, updated: `changed #${id}` }[
    outcome
  ];
  if (entry === undefined) return said;
  const { category, visibility, readers, sensitive, session, seq, revision } = entry;
  return [
    `${said} in ${plainName(category)}, ${visibility}${readers.length === 0 ? '' : ` with ${readers.map(plainName).join(', ')}`}`,
    ...(sensitive ? ['sealed for humans and found by its keywords and tags alone'] : []),
    ...(session === undefined || seq === undefined ? [] : [`number ${seq} of its session`]),
    ...(revision > 1 ? [`revision ${revision}`] : []),
  ].join(', ');
}

const words: Readonly<Record<Similar['kind'], string>> = {
  duplicate: 'says almost the same',
  conflict: 'CONTRADICTS it',
  related: 'is about the same',
};

/** The texts, whole, and the engine's why with them: it quotes both. */
export function similarBlocks({ similar }: Stored, now: Date): TextAnswer['blocks'] {
  return similar.flatMap(({ kind, likeness, why, entry }) => {
    const head = `${entryHead(entry, now).join(' · ')} · ${words[kind]}, likeness ${likeness.toFixed(2)}`;
    return headed(head, [...(why === '' ? [] : [byAgent(`why: ${why}`)]), ...entryBody(entry)]).blocks;
  });
}

/** The exact next call. */
export function conflictNotes({ id, similar }: Stored): readonly string[] {
  return similar
    .filter(({ kind }) => kind === 'conflict')
    .map(
      ({ id: other }) =>
        `if #${id} is what holds now: memory_store ${JSON.stringify({ id, links: `supersedes:${other}` })}; if #${other} still holds: memory_delete ${JSON.stringify({ ids: [id] })}`,
    );
}
