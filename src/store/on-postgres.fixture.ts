import { afterAll, expect, it } from 'vitest';
import { findPostgres, type ThrowawayPostgres } from './throwaway-postgres.fixture.ts';

/** Suites on a Postgres server: the one the tests are given, or one that is started for them. In CI there has to be one. */
export async function onPostgres(suites: (postgres: ThrowawayPostgres) => Promise<void>): Promise<void> {
  const postgres = await findPostgres(process.env);
  if (postgres === undefined) {
    it('is left out: there is no server here, and this is not CI', () => {
      expect(process.env['CI']).not.toBe('true');
    });
    return;
  }
  // Before the suites: what they close when they are over is closed first.
  afterAll(() => postgres[Symbol.asyncDispose]());
  await suites(postgres);
}
