import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithLab } from '../../../test/lab/use-lab.ts';
import { Secret } from '../../kit/index.ts';
import { openPgStates } from './pg-state.ts';

await describeWithLab('the head of a state in Postgres', (lab) => {
  const reader = new Secret(lab.postgres?.planner ?? '');
  const stack = `stacks/head-${randomBytes(4).toString('hex')}`;
  const schema = (stack.split('/')[1] ?? '').replaceAll('-', '_');
  const client = new pg.Client({ connectionString: lab.postgres?.state ?? '' });
  const held = randomBytes(12).toString('hex');
  const state = JSON.stringify({ version: 4, serial: 7, lineage: 'a-lineage', outputs: { password: { value: held } } });

  beforeAll(async () => {
    await client.connect();
    await client.query(`create schema ${schema}; grant usage on schema ${schema} to tfstate_reader;
      create table ${schema}.states (id int8 primary key, name text, data text);
      grant select on ${schema}.states to tfstate_reader`);
  });
  afterAll(async () => {
    await client.query(`drop schema ${schema} cascade`);
    await client.end();
  });

  it('is its lineage, serial and digest, and nothing of what it holds', async () => {
    await using states = openPgStates();
    expect(await states.markOf(stack, reader)).toEqual({ kind: 'none' });
    await client.query(`insert into ${schema}.states values (1, 'default', $1), (2, 'other', '{}')`, [state]);
    const mark = await states.markOf(stack, reader);
    const sha256 = createHash('sha256').update(state).digest('hex');
    expect(mark).toEqual({ kind: 'serial', lineage: 'a-lineage', serial: 7, sha256 });
    expect(JSON.stringify(mark)).not.toContain(held);
  });

  it.each([['no JSON at all'], ['{}'], ['{"serial": "x", "lineage": "l"}'], ['[]']])(
    'is unknown of %s',
    async (data) => {
      await using states = openPgStates();
      await client.query(`delete from ${schema}.states`);
      await client.query(`insert into ${schema}.states values (1, 'default', $1)`, [data]);
      expect(await states.markOf(stack, reader)).toMatchObject({ unknown: expect.any(String) });
    },
  );

  it('is unknown where nobody answers or no schema is the stack’s, without a word of the connection', async () => {
    await using states = openPgStates();
    const password = randomBytes(12).toString('hex');
    const nobody = new Secret(`postgresql://nobody:${password}@127.0.0.1:1/none`);
    const answer = await states.markOf(stack, nobody);
    expect(answer).toMatchObject({ unknown: expect.stringContaining('ECONNREFUSED') });
    expect(JSON.stringify(answer)).not.toContain(password);
    expect(await states.markOf('stacks/nowhere-at-all', reader)).toMatchObject({ unknown: expect.any(String) });
  });
});
