import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { bytesOf } from '../rank/pack.ts';
import { contents, denseOf, filler, first, Notebook, now, robin, told } from './notebook.fixture.ts';

/** What is found, in which order, and what is said of it, on the embedded database and on a real server. */
export function describeRecall(name: string, open: () => Promise<Database>): void {
  describe(`recall on ${name}`, () => {
    let database: Database;
    let notebook: Notebook;
    // A new embedded database takes seconds, and longer on a busy machine.
    beforeAll(async () => {
      database = await open();
    }, 60_000);
    beforeEach(async () => {
      notebook = new Notebook(database);
      await notebook.clear();
    });

    describe('finds', () => {
      it('by words, best first, and says why', async () => {
        await notebook.write(
          { content: 'Grafana listens on port 3000 behind the proxy' },
          { content: 'Vault is unsealed by hand after a reboot' },
          ...filler,
        );
        const answer = await notebook.ask({ query: 'which port does Grafana use' });
        expect(contents(answer)).toEqual(['Grafana listens on port 3000 behind the proxy']);
        expect(first(answer).why.matched).toEqual(['port', 'grafana']);
        expect(answer.mode).toBe('lexical');
        expect(answer.notes).toEqual([]);
      });

      it('a mistyped word, and tells what it was taken for', async () => {
        await notebook.write({ content: 'Syncthing on bittern is the hub' }, ...filler);
        const answer = await notebook.ask({ query: 'sycnthing' });
        expect(first(answer).why.repaired).toEqual([{ from: 'sycnthing', to: 'syncthing' }]);
        expect(answer.notes.flatMap(({ quotes }) => quotes)).toEqual(['sycnthing → syncthing']);
      });

      it('another word for the same thing', async () => {
        await notebook.write({ content: 'the kubernetes version is 1.31 everywhere' }, ...filler);
        const answer = await notebook.ask({ query: 'k8s version' });
        expect(first(answer).why.aliases).toEqual([{ from: 'k8s', to: 'kubernetes' }]);
      });

      it('words that were added, as less than words that were asked for', async () => {
        await notebook.write(
          { content: 'the scanner hangs after a paper jam' },
          { content: 'the printer hangs after a power cut' },
          ...filler,
        );
        const answer = await notebook.ask({ query: 'scanner', expanded: 'printer hangs' });
        expect(contents(answer)[0]).toContain('scanner');
      });

      it('a rare identifier among the first three, whatever is said of other things', async () => {
        await notebook.write(
          ...Array.from({ length: 8 }, (_, index) => ({
            content: `disk failure on host ${index}: disk failure replace disk failure now`,
            importance: 1,
          })),
          {
            content: 'WDX81C9 went into slot five in spring, a long story about a drive that nobody wanted',
            importance: 0,
          },
        );
        const answer = await notebook.ask({ query: 'disk failure replace disk WDX81C9' });
        const rank = contents(answer).findIndex((content) => content.includes('WDX81C9'));
        expect(rank).toBeGreaterThanOrEqual(0);
        expect(rank).toBeLessThan(3);
      });

      it('sensitive entries by their keywords, and shows no text', async () => {
        await notebook.write(
          { content: 'never kept', keywords: 'alarm code of the cellar', sensitive: true },
          ...filler,
        );
        const hit = first(await notebook.ask({ query: 'cellar alarm' }));
        expect(hit.entry).toMatchObject({ sensitive: true, content: undefined });
      });
    });

    describe('ranks', () => {
      it('the more important first among equals, and nothing for its importance alone', async () => {
        await notebook.write(
          { content: 'router password policy one', importance: 0.1 },
          { content: 'router password policy two', importance: 0.9 },
          { content: 'the most important thing of all', importance: 1 },
          ...filler,
        );
        const answer = await notebook.ask({ query: 'router password policy' });
        expect(contents(answer)).toEqual(['router password policy two', 'router password policy one']);
      });

      it('the newer incident first, and no newer fact', async () => {
        const old = new Date('2024-01-01T00:00:00Z');
        await notebook.write(
          { content: 'mail queue stuck one', category: 'incidents', validFrom: old },
          { content: 'mail queue stuck two', category: 'incidents', validFrom: now },
        );
        expect(contents(await notebook.ask({ query: 'mail queue stuck' }))[0]).toContain('two');
        await notebook.clear();
        await notebook.write(
          { content: 'mail queue stuck one', validFrom: old },
          { content: 'mail queue stuck two', validFrom: now },
        );
        expect(contents(await notebook.ask({ query: 'mail queue stuck' }))[0]).toContain('one');
      });
    });

    describe('is honest', () => {
      it('about what nobody wrote of', async () => {
        await notebook.write(
          { content: 'the washing machine sits in the cellar beside the boiler' },
          { content: 'AdGuard answers on 203.0.113.140' },
          ...filler,
        );
        for (const query of [
          'espresso machine descaling interval',
          '203.0.113.9',
          'the of and',
          '',
          'sourdough hydration',
        ]) {
          const answer = await notebook.ask({ query });
          expect(answer.hits, query).toEqual([]);
          expect(answer.found).toBe(0);
          expect(answer.notes.length, query).toBeGreaterThan(0);
        }
      });

      it('about a query that is too long, and keeps its rarest words', async () => {
        await notebook.write({ content: 'the xylophone stands in the hall' }, ...filler);
        const words = Array.from({ length: 200 }, (_, index) => `note garden kitchen order${index}`).join(' ');
        const answer = await notebook.ask({ query: `xylophone ${words}` });
        expect(told(answer)).toMatch(/the query is long/);
      });

      it('about whatever is typed: nothing throws', async () => {
        await notebook.write({ content: 'it\'s a "quoted" & (odd) | note: !important* with a \\ in it' }, ...filler);
        for (const query of [
          `'"&|!():*`,
          "' or 1=1 --",
          '\\',
          '%_%',
          '\0',
          '\ud800',
          ':*:* & !',
          'a'.repeat(100_000),
          '& '.repeat(50_000),
          'quoted odd note',
        ]) {
          await expect(notebook.ask({ query })).resolves.toBeDefined();
        }
        expect((await notebook.ask({ query: 'quoted & odd | note' })).hits).not.toEqual([]);
      });
    });

    describe('packs', () => {
      it('whole entries into the room there is, passes over what was seen, and says how many it found', async () => {
        const notes = Array.from({ length: 9 }, (_, index) => ({
          content: `chimney ${'brick '.repeat(200)} ${index}`.slice(0, 1_400),
        }));
        const [one] = await notebook.write(...notes);
        const answer = await notebook.ask({ query: 'chimney', room: 4_000 });
        expect(answer.found).toBe(9);
        expect(answer.hits.length).toBeGreaterThan(1);
        expect(answer.hits.reduce((sum, hit) => sum + bytesOf(hit), 0)).toBeLessThanOrEqual(4_000);
        const rest = await notebook.ask({ query: 'chimney', room: 4_000, seen: new Set([`m${one}`]) });
        expect(rest.hits.map(({ ref }) => ref)).not.toContain(`m${one}`);
        expect(told(rest)).toContain('seen before');
        expect((await notebook.ask({ query: 'chimney', limit: 2 })).hits).toHaveLength(2);
        expect(told(await notebook.ask({ query: 'chimney', room: 100 }))).toContain('no hit fits');
      });
    });

    describe('with an embedder', () => {
      it('goes on without it when it is slow, down or broken, and says so', async () => {
        await notebook.write({ content: 'the lamp in the hall is dimmed' }, ...filler);
        for (const nearest of [
          async () => undefined,
          () => Promise.reject(new Error('down')),
          () => new Promise<undefined>(() => undefined),
        ]) {
          const standing = { state: 'away', reason: 'the embedding endpoint answered 500' } as const;
          const dense = denseOf({ share: 0.5, nearest, standing });
          const answer = await new Notebook(database, { dense }).ask({ query: 'lamp hall' });
          expect(contents(answer)).toEqual(['the lamp in the hall is dimmed']);
          expect(answer.mode).toBe('lexical');
          expect(told(answer)).toContain('found by words alone');
        }
      });

      it('is not asked at all while it has earned no share, and gets a query without what is secret in it', async () => {
        await notebook.write({ content: 'the lamp in the hall is dimmed' }, ...filler);
        const asked: string[] = [];
        const nearest = async (query: string) => {
          asked.push(query);
          return [];
        };
        const redact = (text: string) => ({ text: text.replace('hunter2', '[hidden]'), counts: {} });
        await new Notebook(database, { dense: denseOf({ share: 0, nearest }), redact }).ask({ query: 'lamp hunter2' });
        expect(asked).toEqual([]);
        await new Notebook(database, { dense: denseOf({ share: 0.4, nearest }), redact }).ask({
          query: 'lamp hunter2',
        });
        expect(asked).toEqual(['lamp [hidden]']);
      });

      it('finds by meaning what no word leads to, when it stands out', async () => {
        const ids = await notebook.write({ content: 'films are dark on the television' }, ...filler);
        const [shelf] = await database.query<{ shelf: number }>('select shelf from castellan.memory limit 1');
        const nearest = (best: number) => async () =>
          ids.map((item, rank) => ({
            shelf: shelf?.shelf ?? 0,
            item,
            similarity: rank === 0 ? best : 0.3 - 0.02 * Math.log(rank),
          }));
        const recall = (best: number) =>
          new Notebook(database, { dense: denseOf({ share: 0.5, nearest: nearest(best) }) }).ask({
            query: 'movies look dim',
          });
        const meant = await recall(0.8);
        expect(contents(meant)).toEqual(['films are dark on the television']);
        expect(meant.mode).toBe('hybrid');
        expect((await recall(0.31)).hits).toEqual([]);
      });

      it('puts the best into the order of the rerank endpoint, and does without it', async () => {
        await notebook.write({ content: 'lamp hall one lamp' }, { content: 'lamp hall two' }, ...filler);
        const rerank = async (_: string, texts: readonly string[]) =>
          texts
            .map((text, index) => ({ index, score: text.includes('two') ? 1 : 0.1 }))
            .sort((a, b) => b.score - a.score);
        const asked = { query: 'lamp hall', rerank: true };
        expect(contents(await notebook.ask(asked))[0]).toContain('one');
        expect(told(await notebook.ask(asked))).toContain('not reranked');
        const answer = await new Notebook(database, { dense: denseOf({ rerank }) }).ask(asked);
        expect(contents(answer)[0]).toContain('two');
        expect(first(answer).why.legs.rerank).toBe(1);
      });
    });

    it('stops when it is told to', async () => {
      const stopped = AbortSignal.abort(new Error('the client went away'));
      await expect(notebook.ask({ query: 'anything' }, robin, stopped)).rejects.toThrow('the client went away');
    });
  });
}
