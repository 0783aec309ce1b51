import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/**
 * LoCoMo: long conversations between two people, with questions and the turns that answer them. Its licence lets it be
 * measured with, not passed on: it is read from a path and no sentence of it is kept.
 *
 *  turn         what one of them said, with the caption of the picture that was sent along
 *  session      the turns of one day
 *  observation  a fact that a model drew from a turn
 *  evidence     the turns that answer a question; what points nowhere is left out, and a question without any
 */
export interface Conversation {
  readonly name: string;
  readonly sessions: readonly Session[];
  readonly observations: readonly Observation[];
  readonly questions: readonly Question[];
}

export interface Session {
  readonly name: string;
  readonly at: Date;
  readonly turns: readonly Turn[];
}

export interface Turn {
  /** `D8:6`: the sixth of the eighth session. */
  readonly id: string;
  readonly speaker: string;
  readonly text: string;
  readonly caption: string | undefined;
}

export interface Observation {
  readonly text: string;
  readonly session: string;
  readonly turns: readonly string[];
}

export interface Question {
  readonly text: string;
  readonly evidence: ReadonlySet<string>;
  /** As the file has it, one string each; a peer's protocol counts these. */
  readonly written: ReadonlySet<string>;
}

const turnSchema = z.object({
  speaker: z.string(),
  dia_id: z.string(),
  text: z.string(),
  blip_caption: z.string().optional(),
});
const observationSchema = z.tuple([z.string(), z.union([z.string(), z.array(z.string())])]);
const fileSchema = z.array(
  z.object({
    sample_id: z.string(),
    conversation: z.record(z.string(), z.union([z.string(), z.array(turnSchema)])),
    observation: z.record(z.string(), z.record(z.string(), z.array(observationSchema))),
    qa: z.array(z.object({ question: z.string(), evidence: z.array(z.string()) })),
  }),
);
type Sample = z.infer<typeof fileSchema>[number];

/** Once it is written `D:11:26`, once `D30:05`. */
const turnId = /D:?(\d+):0*(\d+)/g;

export async function readLocomo(path: string): Promise<readonly Conversation[]> {
  return fileSchema.parse(JSON.parse(await readFile(path, 'utf8'))).map(conversationOf);
}

function conversationOf(sample: Sample): Conversation {
  const sessions = sessionsOf(sample);
  const known = new Set(sessions.flatMap(({ turns }) => turns.map(({ id }) => id)));
  const questions = sample.qa.flatMap(({ question, evidence }): Question[] => {
    const turns = new Set(evidence.flatMap(turnsIn).filter((id) => known.has(id)));
    if (turns.size === 0) return [];
    return [{ text: question, evidence: turns, written: new Set(evidence) }];
  });
  return { name: sample.sample_id, sessions, observations: observationsOf(sample), questions };
}

function sessionsOf({ conversation }: Sample): readonly Session[] {
  return Object.entries(conversation)
    .flatMap(([name, turns]) => (typeof turns === 'string' ? [] : [{ name, turns }]))
    .sort((one, other) => numberOf(one.name) - numberOf(other.name))
    .map(({ name, turns }) => ({
      name,
      at: dateOf(conversation[`${name}_date_time`]),
      turns: turns.map(({ dia_id: id, speaker, text, blip_caption: caption }) => ({ id, speaker, text, caption })),
    }));
}

function observationsOf({ observation }: Sample): readonly Observation[] {
  return Object.entries(observation).flatMap(([name, bySpeaker]) =>
    Object.values(bySpeaker).flatMap((facts) =>
      facts.map(([text, turns]) => ({
        text,
        session: name.replace('_observation', ''),
        turns: [turns].flat().flatMap(turnsIn),
      })),
    ),
  );
}

function turnsIn(written: string): readonly string[] {
  return [...written.matchAll(turnId)].map(([, session, turn]) => `D${session}:${turn}`);
}

function numberOf(session: string): number {
  return Number(session.replace('session_', ''));
}

/** `1:56 pm on 8 May, 2023`, taken as UTC. */
function dateOf(written: unknown): Date {
  const [, time, half, date] = /^(\d+:\d+) ([ap]m) on (.+)$/.exec(String(written)) ?? [];
  return new Date(`${date} ${time} ${half} UTC`);
}
