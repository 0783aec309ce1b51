import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../store/database.ts';
import { knownIssue, runbook, subject } from './knowledge.fixture.ts';
import { openKnowledge } from './open.ts';
import type { Knowledge } from './port.ts';

const now = new Date('2026-11-26T12:00:00Z');

/** What is kept of known issues and runbooks, on the embedded database and on a real server. */
export function describeKnowledge(name: string, open: () => Promise<Database>): void {
  describe(`knowledge on ${name}`, () => {
    let database: Database;
    let knowledge: Knowledge;
    beforeAll(async () => {
      database = await open();
    }, 60_000);
    beforeEach(async () => {
      await database.execute('delete from castellan.known_issue; delete from castellan.runbook');
      knowledge = openKnowledge({ database: { whenOpen: async () => database } });
    });
    const put = (issues = [knownIssue()], runbooks = [runbook()], origin = 'docs') =>
      knowledge.replace(origin, { issues, runbooks });

    it('gives back what was put, as its origin’s', async () => {
      const issue = knownIssue({
        services: ['photo-*'],
        namespaces: ['photos'],
        rules: ['r'],
        symptoms: ['a "b" {c}'],
      });
      await put([issue], [runbook({ alerts: ['Watchdog'] })]);
      expect(await knowledge.issues()).toEqual([{ ...issue, origin: 'docs' }]);
      expect(await knowledge.runbooks()).toEqual([{ ...runbook({ alerts: ['Watchdog'] }), origin: 'docs' }]);
    });

    it('replaces one origin whole, and leaves the others alone', async () => {
      await put([knownIssue(), knownIssue({ id: 'KI-8' })]);
      await put([knownIssue({ title: 'of another household' })], [], 'other');
      await put([knownIssue({ id: 'KI-9' })], []);
      expect((await knowledge.issues()).map(({ id, origin }) => `${origin} ${id}`)).toEqual([
        'other KI-7',
        'docs KI-9',
      ]);
      expect(await knowledge.runbooks()).toEqual([]);
    });

    it('takes in nothing of an origin in which something cannot be kept', async () => {
      await put();
      const before = [await knowledge.issues(), await knowledge.runbooks()];
      for (const issues of [
        [knownIssue(), knownIssue()],
        [knownIssue({ id: '' })],
        [knownIssue({ id: 'KI-1' }), knownIssue({ id: '\0 ' })],
        [knownIssue({ title: 'x'.repeat(301) })],
        [knownIssue({ services: Array.from({ length: 51 }, () => 'x') })],
        [knownIssue({ symptoms: ['x'.repeat(301)] })],
        Array.from({ length: 501 }, (_, index) => knownIssue({ id: `KI-${index}` })),
      ]) {
        await expect(put(issues)).rejects.toMatchObject({ code: 'knowledge-invalid' });
      }
      await expect(put([], [runbook({ text: 'x'.repeat(200_001) })])).rejects.toMatchObject({
        code: 'knowledge-invalid',
      });
      expect([await knowledge.issues(), await knowledge.runbooks()]).toEqual(before);
    });

    it('takes any text', async () => {
      await put([knownIssue({ title: "'; drop table castellan.known_issue; --\0", workaround: '\ud800 alone' })]);
      expect(await knowledge.issues()).toMatchObject([
        { title: "'; drop table castellan.known_issue; --", workaround: '\ufffd alone' },
      ]);
    });

    it('put at once by many ends as put by one of them', async () => {
      const sets = Array.from({ length: 6 }, (_, set) =>
        Array.from({ length: 4 }, (__, index) => knownIssue({ id: `KI-${index}`, title: `of set ${set}` })),
      );
      await Promise.all(sets.map((set) => put(set)));
      const titles = (await knowledge.issues()).map(({ title }) => title);
      expect(titles).toHaveLength(4);
      expect(new Set(titles).size).toBe(1);
    });

    it('tells what is known of a subject, with the whole runbook', async () => {
      await put(
        [
          knownIssue({ services: ['photo-worker'] }),
          knownIssue({ id: 'KI-0', services: ['photo-worker'], until: '2026-11-01' }),
          knownIssue({ id: 'KI-9', services: ['*'], namespaces: ['*'] }),
        ],
        [runbook({ services: ['photo-*'] }), runbook({ name: 'other', services: ['mail'] })],
      );
      const about = await knowledge.about([subject(), subject({ name: 'nobody' })], now);
      expect(about.map(({ issue, expired }) => [issue?.id, expired?.id])).toEqual([
        ['KI-7', undefined],
        [undefined, 'KI-0'],
      ]);
      expect(about[0]?.runbooks.map(({ text }) => text)).toEqual([runbook().text]);
      expect(await knowledge.about([], now)).toEqual([]);
    });
  });
}
