import { afterAll, expect, it } from 'vitest';
import { openPostgres } from '../../store/postgres.ts';
import { findPostgres } from '../../store/throwaway-postgres.fixture.ts';
import { describeTable } from './table.contract.ts';

const postgres = await findPostgres(process.env);

if (postgres === undefined) {
  it('is left out: there is no server here, and this is not CI', () => {
    expect(process.env['CI']).not.toBe('true');
  });
} else {
  afterAll(() => postgres[Symbol.asyncDispose]());
  const server = await postgres.freshDatabase();
  describeTable('a Postgres server', () => openPostgres(server));
}
