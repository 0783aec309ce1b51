import { afterAll, expect, it } from 'vitest';
import { openPostgres } from '../../src/store/postgres.ts';
import { findPostgres } from '../../src/store/throwaway-postgres.fixture.ts';
import { describePostings } from './postings.contract.ts';

const postgres = await findPostgres(process.env);

if (postgres === undefined) {
  it('is left out: there is no server here, and this is not CI', () => {
    expect(process.env['CI']).not.toBe('true');
  });
} else {
  afterAll(() => postgres[Symbol.asyncDispose]());
  const server = await postgres.freshDatabase();
  describePostings('a Postgres server', async () => [await openPostgres(server), await openPostgres(server)]);
}
