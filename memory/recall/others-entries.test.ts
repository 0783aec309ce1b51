import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openScratchDatabase, type ScratchDatabase } from '../../src/store/scratch-database.fixture.ts';
import type { Question } from '../engine.ts';
import { Notebook, type Noted, robin } from './notebook.fixture.ts';

/**
 * What may not be read does not exist. A reader asks the same before and after other people stored what he may not read: his
 * answers are the same to the byte, with what was repaired, counted, noted and ranked.
 */
let scratch: ScratchDatabase;
beforeAll(async () => {
  scratch = await openScratchDatabase();
}, 60_000);
afterAll(() => scratch[Symbol.asyncDispose]());

const words = [
  'backup',
  'bakcup',
  'traefik',
  'proxy',
  'grafana',
  'k8s',
  'kubernetes',
  '192.0.2.7',
  'pvc-9f2',
  'disk',
  'lamp',
  'mail',
];
const secrets = [...words, 'grafanna', 'sauna', 'marzipan', 'trafeik'];
const sentence = (vocabulary: readonly string[]) =>
  fc.array(fc.constantFrom(...vocabulary), { minLength: 1, maxLength: 12 }).map((chosen) => chosen.join(' '));
const note = (vocabulary: readonly string[], whose: fc.Arbitrary<Partial<Noted>>): fc.Arbitrary<Noted> =>
  fc
    .record({
      content: sentence(vocabulary),
      keywords: fc.oneof(fc.constant(''), sentence(vocabulary)),
      importance: fc.constantFrom(0, 0.5, 1),
      session: fc.constantFrom('s-1', 's-2', undefined),
      seq: fc.nat(5),
    })
    .chain(({ session, ...body }) =>
      whose.map((owner) => ({ ...body, ...owner, ...(session === undefined ? {} : { session }) })),
    );

const mine = fc.constantFrom<Partial<Noted>>(
  { visibility: 'public' },
  { visibility: 'private' },
  { owner: 'human:kim', visibility: 'shared', readers: ['human:robin'] },
  { owner: 'human:kim', visibility: 'public', validTo: new Date('2026-02-01T00:00:00Z') },
);
const theirs = fc.constantFrom<Partial<Noted>>(
  { owner: 'human:kim', visibility: 'private' },
  { owner: 'human:kim', visibility: 'shared', readers: ['human:lee'] },
  { owner: 'human:lee', visibility: 'private', sensitive: true, keywords: 'sauna marzipan backup' },
);
const question: fc.Arbitrary<Question> = fc.record(
  {
    query: sentence([...secrets, 'sauana', 'backupp']),
    expanded: sentence(secrets),
    session: fc.constantFrom('s-1', 's-2'),
    asOf: fc.constantFrom(new Date('2026-01-15T00:00:00Z'), new Date('2026-05-01T00:00:00Z')),
    room: fc.integer({ min: 300, max: 4_000 }),
    limit: fc.integer({ min: 1, max: 10 }),
  },
  { requiredKeys: ['query'] },
);

it('nothing that others keep for themselves moves an answer', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(note(words, mine), { minLength: 1, maxLength: 15 }),
      fc.array(note(secrets, theirs), { minLength: 1, maxLength: 15 }),
      fc.array(question, { minLength: 1, maxLength: 6 }),
      fc.array(fc.tuple(fc.nat(), fc.nat(), fc.constantFrom('supersedes', 'resolved-by', 'part-of', 'see-also')), {
        maxLength: 6,
      }),
      async (readable, hidden, questions, links) => {
        const notebook = new Notebook(scratch.database);
        await notebook.clear();
        const own = await notebook.write(...readable);
        const ask = async (): Promise<readonly string[]> => {
          // Another process has read nothing yet; this one keeps what it read.
          const fresh = new Notebook(scratch.database);
          const answers: string[] = [];
          for (const one of questions) {
            const answer = JSON.stringify(await notebook.ask(one, robin));
            expect(JSON.stringify(await fresh.ask(one, robin))).toBe(answer);
            answers.push(answer);
          }
          return answers;
        };
        const before = await ask();
        const others = await notebook.write(...hidden);
        for (const [from, to, type] of links) {
          const [source, target] = [others[from % others.length], own[to % own.length]];
          await notebook.link(source, type, target).catch(() => undefined);
        }
        const [one, two] = [own[0], others[0]];
        await notebook.link(one, 'resolved-by', two);
        expect(await ask()).toEqual(before);
      },
    ),
    { numRuns: 12, endOnFailure: true },
  );
});
