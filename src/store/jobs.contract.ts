import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../kit/index.ts';
import type { Database } from './database.ts';
import { openJobs } from './jobs.ts';

/** The job queue, run on the embedded database and on a real server. */
export function describeJobs(name: string, open: () => Promise<Database>): void {
  describe(`jobs on ${name}`, () => {
    let database: Database;
    // A new embedded database takes seconds, and longer on a busy machine.
    beforeAll(async () => {
      database = await open();
    }, 60_000);
    afterAll(() => database[Symbol.asyncDispose]());

    const told: string[] = [];
    const log = {
      info: () => undefined,
      warn: (fields: object, event: string) => void told.push(`${event} ${JSON.stringify(fields)}`),
      error: (fields: object, event: string) => void told.push(`${event} ${JSON.stringify(fields)}`),
    };

    it('reach their worker with their data, and nothing is complained of', async () => {
      await using jobs = openJobs(database, log);
      const got = Promise.withResolvers<JsonObject>();
      await jobs.work('greet', async (data) => got.resolve(data));
      await jobs.enqueue('greet', { who: 'robin', list: [1, null] });
      expect(await got.promise).toEqual({ who: 'robin', list: [1, null] });
      expect(told).toEqual([]);
    });

    it('wait for their worker, also over a restart', async () => {
      {
        await using jobs = openJobs(database, log);
        await jobs.enqueue('later', { left: 'behind' });
      }
      await using jobs = openJobs(database, log);
      const got = Promise.withResolvers<JsonObject>();
      await jobs.work('later', async (data) => got.resolve(data));
      expect(await got.promise).toEqual({ left: 'behind' });
    });

    it('are not doubled while one of the same key waits', async () => {
      await using jobs = openJobs(database, log);
      for (let count = 0; count < 3; count += 1) await jobs.enqueue('once', {}, { onlyOne: 'a' });
      await jobs.enqueue('once', {}, { onlyOne: 'b' });
      expect(await database.query(`select from castellan_jobs.job where name = 'once'`)).toHaveLength(2);
    });

    it('of a key whose last one has begun are added again: what that one saw may be too old', async () => {
      await using jobs = openJobs(database, log);
      const seen: JsonObject[] = [];
      await jobs.work('again', async (data) => void seen.push(data));
      for (const round of [1, 2]) {
        await jobs.enqueue('again', { round }, { onlyOne: 'a' });
        await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(round);
      }
      expect(seen).toEqual([{ round: 1 }, { round: 2 }]);
    });

    it('without a key are all kept', async () => {
      await using jobs = openJobs(database, log);
      for (let count = 0; count < 3; count += 1) await jobs.enqueue('each', { count });
      expect(await database.query(`select from castellan_jobs.job where name = 'each'`)).toHaveLength(3);
    });

    it('on a schedule are kept with it, and run by the same worker', async () => {
      await using jobs = openJobs(database, log);
      const ran = Promise.withResolvers<void>();
      await jobs.schedule('nightly', '0 3 * * *', async () => ran.resolve());
      expect(await database.query(`select cron, timezone from castellan_jobs.schedule where name = 'nightly'`)).toEqual(
        [{ cron: '0 3 * * *', timezone: 'UTC' }],
      );
      await jobs.enqueue('nightly');
      await ran.promise;
    });

    it('that fail are logged and tried again', async () => {
      told.length = 0;
      await using jobs = openJobs(database, log);
      const failed = Promise.withResolvers<void>();
      await jobs.work('fails', async () => {
        failed.resolve();
        throw new Error('not today');
      });
      await jobs.enqueue('fails');
      await failed.promise;
      await expect
        .poll(() => database.query(`select state, retry_count from castellan_jobs.job where name = 'fails'`), {
          timeout: 10_000,
        })
        .toEqual([{ state: 'retry', retry_count: 0 }]);
      expect(told).toEqual([expect.stringContaining('job.failed')]);
    });

    it('are refused with the next step when the schedule is none, or the queue is closed', async () => {
      const jobs = openJobs(database, log);
      await expect(jobs.schedule('wrong', 'every now and then', async () => undefined)).rejects.toMatchObject({
        code: 'jobs-failed',
      });
      await jobs[Symbol.asyncDispose]();
      await jobs[Symbol.asyncDispose]();
      await expect(jobs.enqueue('greet')).rejects.toMatchObject({ code: 'jobs-closed' });
      expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
    });
  });
}
