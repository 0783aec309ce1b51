import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { documents as householdDocuments } from '../../test/lab/homelab/documents.ts';
import { drawHomelab } from '../../test/lab/homelab/model.ts';
import { postMortemFiles } from '../../test/lab/homelab/post-mortems.ts';
import { nameMaker } from '../../test/lab/sample/names.ts';
import { Notebook, now } from '../recall/notebook.fixture.ts';
import { createCorpora } from './corpora.ts';
import type { Corpora, CorpusDocument } from './port.ts';

/** Corpora, on the embedded database and on a real server. */
export function describeCorpora(name: string, open: () => Promise<Database>): void {
  describe(`corpora on ${name}`, () => {
    let database: Database;
    let notebook: Notebook;
    let corpora: Corpora;
    beforeAll(async () => {
      database = await open();
    }, 60_000);
    beforeEach(async () => {
      notebook = new Notebook(database);
      await notebook.clear();
      corpora = createCorpora(notebook.dependencies);
    });

    const signal = new AbortController().signal;
    const document = (path: string, text: string): CorpusDocument => ({ name: path, title: path, text });
    const search = async (query: string, limit = 5): Promise<readonly string[]> =>
      (await corpora.open('docs').search(query, { limit, signal })).map(
        ({ document: found, heading }) => `${found}: ${heading}`,
      );
    const numbers = async (): Promise<number> => (await database.query('select number from castellan.document')).length;

    it('find a section by its text and by its heading', async () => {
      await corpora
        .open('docs')
        .put([
          document('boiler.md', '# Boiler\n\nserviced in May\n\n## Restart\n\npress the red button'),
          document('gate.md', '# Gate\n\nopens at seven'),
        ]);
      expect(await search('red button')).toEqual(['boiler.md: boiler.md > Boiler > Restart']);
      expect((await search('restart the boiler'))[0]).toBe('boiler.md: boiler.md > Boiler > Restart');
      expect(await corpora.names()).toEqual(['docs']);
    });

    it('index nothing again that did not change', async () => {
      const docs = corpora.open('docs');
      const given = [document('a.md', '# A\n\none'), document('b.md', '# B\n\ntwo')];
      expect(await docs.put(given)).toEqual({ changed: 2, sections: 2 });
      const before = await numbers();
      expect(await docs.put(given)).toEqual({ changed: 0, sections: 0 });
      expect(await numbers()).toBe(before);
      expect(await docs.put([document('a.md', '# A\n\nthree'), document('b.md', '# B\n\ntwo')])).toMatchObject({
        changed: 1,
      });
      expect(await search('one')).toEqual([]);
      expect(await search('three')).toEqual(['a.md: a.md > A']);
    });

    it('forget what is taken out, and what is not among what is kept', async () => {
      const docs = corpora.open('docs');
      await docs.put([document('a.md', 'apple'), document('b.md', 'pear'), document('c.md', 'plum')]);
      await docs.remove(['a.md', 'unknown.md']);
      expect(await docs.keepOnly(['b.md'])).toEqual({ removed: 1 });
      expect([await search('apple'), await search('pear'), await search('plum')]).toEqual([[], ['b.md: b.md'], []]);
      expect(await corpora.open('empty').keepOnly([])).toEqual({ removed: 0 });
      expect(await corpora.open('empty').search('x', { limit: 3, signal })).toEqual([]);
    });

    it('give no more than two sections of one document', async () => {
      const long = Array.from({ length: 6 }, (_, index) => `## Step ${index}\n\nvalve ${index} is turned`).join('\n\n');
      await corpora.open('docs').put([document('long.md', long), document('short.md', 'a valve too')]);
      const found = await search('valve');
      expect(found.filter((one) => one.startsWith('long.md'))).toHaveLength(2);
      expect(found).toContain('short.md: short.md');
    });

    it('do not know of each other', async () => {
      await corpora.open('docs').put([document('a.md', 'apple')]);
      await corpora.open('incidents').put([document('a.md', 'apple fell')]);
      await corpora.open('incidents').remove(['a.md']);
      expect(await search('apple')).toEqual(['a.md: a.md']);
    });

    it('refuse names that are none, documents without one, and two of one name', async () => {
      for (const bad of ['', 'A', 'a b', '../x', 'x'.repeat(41)]) {
        expect(() => corpora.open(bad)).toThrow(expect.objectContaining({ code: 'corpus-invalid' }));
      }
      const docs = corpora.open('docs');
      for (const bad of [[document('', 'x')], [document('a', 'x'), document('a', 'y')], [document('a\0', 'x')]]) {
        await expect(docs.put(bad)).rejects.toMatchObject({ code: 'corpus-invalid' });
      }
    });

    it('take any text', async () => {
      const docs = corpora.open('docs');
      const odd = ['\0', '\ud800 alone', '', '🏠'.repeat(3_000), `'; drop table castellan.section; --`];
      await docs.put(odd.map((text, index) => document(`odd-${index}`, text)));
      expect(await search('drop table castellan.section')).toEqual(['odd-4: odd-4']);
    });

    it('put at once by two end as put by one', async () => {
      const given = Array.from({ length: 30 }, (_, index) => document(`d${index}.md`, `# D\n\nnumber${index} walnut`));
      const other = createCorpora(new Notebook(database).dependencies);
      await Promise.all([corpora.open('docs').put(given), other.open('docs').put(given)]);
      expect(await search('number7 walnut', 1)).toEqual(['d7.md: d7.md > D']);
      expect(await database.query('select id from castellan.section')).toHaveLength(30);
      expect(await database.query('select number from castellan.document where died is null')).toHaveLength(30);
    });

    describe('of a household', () => {
      const namespaces = Array.from({ length: 30 }, (_, index) => `namespace-${index}`);
      const stacks = drawHomelab(namespaces, nameMaker([]));

      it('find the post-mortem that tells of a symptom like this one', async () => {
        const given = [...postMortemFiles(stacks, now)].map(([path, { text }]) => ({
          name: path,
          title: /^# (.*)$/m.exec(text)?.[1] ?? path,
          text,
        }));
        await corpora.open('docs').put(given);
        for (const [query, slug] of [
          ['all proxied hosts return 400 after login', 'login-down-during-node-drain'],
          ['uploads from phones fail, TLS error', 'certificate-expired-on-a-sunday'],
          ['OOM of the face recogniton pod', 'photo-workers-killed-for-memory'],
          ['too many clients already', 'connection-pool-exhausted'],
          ['smtp relay answers 535', 'mail-queue-full'],
          ['live state differs from terraform after kubectl edit', 'fixed-by-hand-and-reverted'],
        ] as const) {
          expect((await search(query, 1))[0], query).toContain(slug);
          const { hits } = await notebook.ask({ query, corpora: 'all' });
          expect(hits.map((hit) => (hit.kind === 'section' ? hit.document : ''))[0], query).toContain(slug);
        }
      });

      it('find the runbook, and nothing where nothing is written', async () => {
        const given = [...householdDocuments(stacks)].map(([path, text]) => document(path, text));
        await corpora.open('docs').put(given);
        expect((await search('how do I rotate a password in vault', 1))[0]).toContain('runbooks/rotate-a-secret.md');
        expect((await search('terraform state lock stays', 1))[0]).toContain('runbooks/state-lock.md');
        expect((await search('address of the hypervisor', 1))[0]).toContain('docs/network.md');
        expect(await search('quokka xylem')).toEqual([]);
      });
    });
  });
}
