import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithLab } from '../../../test/lab/use-lab.ts';
import { Secret } from '../../kit/index.ts';
import { openPgLocks } from './pg-lock.ts';

await describeWithLab('the lock of a state in Postgres', (lab) => {
  const owner = lab.postgres?.state ?? '';
  const reader = new Secret(lab.postgres?.planner ?? '');
  const stack = `stacks/lock-${randomBytes(4).toString('hex')}`;
  const schema = (stack.split('/')[1] ?? '').replaceAll('-', '_');
  const empty = `${schema}_empty`;
  const client = new pg.Client({ connectionString: owner });
  const id = 7_000_000_000 + Math.floor(Math.random() * 1_000_000_000);

  beforeAll(async () => {
    await client.connect();
    for (const name of [schema, empty]) {
      await client.query(`create schema ${name}; grant usage on schema ${name} to tfstate_reader;
        create table ${name}.states (id int8 primary key, name text, data text);
        grant select on ${name}.states to tfstate_reader`);
    }
    await client.query(`insert into ${schema}.states values ($1, 'default', '{}')`, [id]);
  });
  afterAll(async () => {
    for (const name of [schema, empty]) await client.query(`drop schema ${name} cascade`);
    await client.end();
  });

  it('is free until somebody holds it, told with their name, and free again when they leave', async () => {
    await using locks = openPgLocks();
    expect(await locks.lockOf(stack, reader)).toMatchObject({ state: 'free' });
    const holder = new pg.Client({ connectionString: owner });
    await holder.connect();
    try {
      await holder.query('select pg_try_advisory_lock($1)', [id]);
      const lock = await locks.lockOf(stack, reader);
      expect(lock.state).toBe('held');
      expect(lock.detail).toContain('tfstate');
    } finally {
      await holder.end();
    }
    await expect.poll(async () => (await locks.lockOf(stack, reader)).state).toBe('free');
  });

  it('is free where there is no state, and unknown where there is no schema or no database', async () => {
    await using locks = openPgLocks();
    expect(await locks.lockOf(`${stack}-empty`, reader)).toEqual({ state: 'free', detail: 'it has no state yet' });
    expect(await locks.lockOf('stacks/nowhere-at-all', reader)).toMatchObject({ state: 'unknown' });
    const password = randomBytes(12).toString('hex');
    const nobody = new Secret(`postgresql://nobody:${password}@127.0.0.1:1/none`);
    const lock = await locks.lockOf(stack, nobody);
    expect(lock).toMatchObject({ state: 'unknown', detail: expect.stringContaining('ECONNREFUSED') });
    expect(lock.detail).not.toContain(password);
  });
});
