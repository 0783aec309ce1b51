import { readdir, readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { instant, linkTypes, longestEntry } from '../../../memory/entry.ts';

/**
 * HomeBench: what the people and agents of an invented homelab remember, and what they ask. All of it is made up: names
 * below example.net, addresses of the documentation ranges, hosts named after birds. Many notes are alike on purpose: the
 * same program on another host, the old version and the new one.
 *
 *  exact        an address, an error's text, a setting: it stands in the note as in the question
 *  paraphrase   no rare word of the question stands in the note's text, and it has no keywords
 *  keywords     the same, but whoever stored it gave it keywords: such as stand in the question, or not
 *  alias        the question uses another word for a thing: k8s, LE, pg
 *  superseded   the question has the words of the old note, the new one is expected; with `asOf` the old one
 *  cause        the question tells a symptom; the note with its cause is expected, behind or beside the symptom's
 *  negative     nothing here has to do with it, and nothing should be found
 *  typo         mistyped words
 *  non-english  notes and questions in German, French, Spanish and Russian
 */
export const strata = [
  'exact',
  'paraphrase',
  'keywords',
  'alias',
  'superseded',
  'cause',
  'negative',
  'typo',
  'non-english',
] as const;
export type Stratum = (typeof strata)[number];

const key = z.string().regex(/^[\p{L}\d-]{3,40}$/u);

const noteSchema = z.strictObject({
  key,
  category: z.string(),
  recorded: instant,
  tags: z.array(z.string()).min(1),
  content: z.string().min(20).max(longestEntry),
  keywords: z.string().exactOptional(),
  importance: z.number().min(0).max(1).exactOptional(),
  session: z.string().optional(),
  links: z.array(z.strictObject({ type: z.enum(linkTypes), to: key })).optional(),
});
export type Note = z.output<typeof noteSchema>;

const questionSchema = z
  .strictObject({
    stratum: z.enum(strata),
    ask: z.string().min(4),
    /** Keys of notes, any of which answers it. */
    expect: z.array(key),
    asOf: instant.optional(),
    category: z.string().optional(),
    tags: z.array(z.string()).optional(),
  })
  .refine(
    ({ stratum, expect }) => (stratum === 'negative') === (expect.length === 0),
    'only a negative expects nothing',
  );
export type HomeQuestion = z.output<typeof questionSchema>;

export interface HomeBench {
  /** In the order in which they were recorded within a session. */
  readonly notes: readonly Note[];
  readonly questions: readonly HomeQuestion[];
}

export async function readHomeBench(): Promise<HomeBench> {
  return {
    notes: z.array(noteSchema).parse(await readAll('memories')),
    questions: z.array(questionSchema).parse(await readAll('queries')),
  };
}

async function readAll(folder: string): Promise<readonly unknown[]> {
  const place = new URL(`${folder}/`, import.meta.url);
  const names = (await readdir(place)).filter((name) => name.endsWith('.yaml')).sort();
  const files = await Promise.all(names.map(async (name) => parse(await readFile(new URL(name, place), 'utf8'))));
  return files.flat();
}
