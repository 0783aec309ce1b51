import type { Conversation, Session, Turn } from './locomo.ts';

/** What a memory would keep of a conversation. */
export interface Document {
  /** Found again by it. */
  readonly id: string;
  readonly content: string;
  readonly keywords: string | undefined;
  readonly session: string;
  readonly seq: number;
  readonly at: Date;
  /** The turns it stands for. */
  readonly turns: readonly string[];
}

/** One for each turn: who said it, what, the picture's caption, and the day as it is written and as it is computed with. */
export function turnDocuments({ sessions }: Conversation): readonly Document[] {
  return sessions.flatMap((session) =>
    session.turns.map((turn, seq) => ({
      id: turn.id,
      content: contentOf(turn, session),
      keywords: undefined,
      session: session.name,
      seq,
      at: session.at,
      turns: [turn.id],
    })),
  );
}

/** The same, with what a model noted of a turn as the keywords an agent would give. */
export function turnDocumentsWithKeywords(conversation: Conversation): readonly Document[] {
  const noted = Map.groupBy(
    conversation.observations.flatMap(({ text, turns }) => turns.map((turn) => ({ turn, text }))),
    ({ turn }) => turn,
  );
  return turnDocuments(conversation).map((document) => ({
    ...document,
    keywords: noted
      .get(document.id)
      ?.map(({ text }) => text)
      .join(' '),
  }));
}

/** One for each fact that a model noted. */
export function observationDocuments({ observations, sessions }: Conversation): readonly Document[] {
  const dates = new Map(sessions.map(({ name, at }) => [name, at]));
  const seqs = new Map<string, number>();
  return observations.map(({ text, session, turns }, index) => {
    const seq = seqs.get(session) ?? 0;
    seqs.set(session, seq + 1);
    return {
      id: `O${index}`,
      content: text,
      keywords: undefined,
      session,
      seq,
      at: dates.get(session) ?? new Date(0),
      turns,
    };
  });
}

const writtenDay = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

function contentOf({ speaker, text, caption }: Turn, { at }: Session): string {
  const picture = caption === undefined ? '' : ` [image: ${caption}]`;
  return `${speaker}: ${text}${picture} (${at.toISOString().slice(0, 10)}, ${writtenDay.format(at)})`;
}
