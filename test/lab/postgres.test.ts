import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithLab } from './use-lab.ts';

await describeWithLab('the lab’s Postgres, used as its user would', (lab) => {
  const { postgres } = lab;
  if (postgres === undefined) throw new Error(`lab ${lab.name} has no Postgres: npm run lab -- build`);
  const castellan = new Client({ connectionString: postgres.castellan });

  beforeAll(async () => {
    await castellan.connect();
  });
  afterAll(() => castellan.end());

  it('finds the nearest vectors of 768 dimensions, in halves and by an index', async () => {
    const vector = (at: number) => JSON.stringify(Array.from({ length: 768 }, (_, index) => (index === at ? 1 : 0.01)));
    await castellan.query('create temporary table thing (name text, place halfvec(768))');
    await castellan.query('create index on thing using hnsw (place halfvec_cosine_ops)');
    await castellan.query('insert into thing values ($1, $2), ($3, $4), ($5, $6)', [
      'gate',
      vector(3),
      'well',
      vector(7),
      'tower',
      vector(11),
    ]);
    const found = await castellan.query('select name from thing order by place <=> $1::halfvec limit 1', [vector(7)]);
    expect(found.rows).toEqual([{ name: 'well' }]);
    const whole = await castellan.query("select '[1,2,3]'::vector <-> '[1,2,5]'::vector as apart");
    expect(whole.rows).toEqual([{ apart: 2 }]);
  });

  it('is the version that is pinned', async () => {
    const seen = await castellan.query(
      "select current_setting('server_version') as server, extversion as pgvector from pg_extension where extname = 'vector'",
    );
    expect(seen.rows).toEqual([{ server: '18.6', pgvector: '0.8.6' }]);
  });

  it('lets Castellan own its database and be nothing more', async () => {
    const seen = await castellan.query(
      `select rolsuper, rolcreatedb, rolcreaterole, pg_get_userbyid(datdba) as owner
       from pg_roles, pg_database where rolname = current_user and datname = current_database()`,
    );
    expect(seen.rows).toEqual([{ rolsuper: false, rolcreatedb: false, rolcreaterole: false, owner: 'castellan' }]);
    await expect(castellan.query('create extension if not exists pg_trgm')).resolves.toBeDefined();
    await expect(castellan.query('create role spy login')).rejects.toMatchObject({ code: '42501' });
  });

  it.each(['tfstate', 'postgres'])('does not let Castellan into the database %s', async (database) => {
    await expect(ask(at(postgres.castellan, { database }), 'select 1')).rejects.toMatchObject({ code: '42501' });
  });

  it('lets nobody in without the password, and tells one user’s from another’s', async () => {
    const stranger = at(postgres.castellan, { password: 'guess' });
    await expect(ask(stranger, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    const other = at(postgres.castellan, { password: new URL(postgres.state).password });
    await expect(ask(other, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('keeps Terraform’s state for Terraform', async () => {
    const rows = await ask(
      postgres.state,
      `create schema if not exists smoke; create table if not exists smoke.states (name text);
       select has_schema_privilege('tfstate_reader', 'smoke', 'usage') as sees,
              has_table_privilege('tfstate_reader', 'smoke.states', 'select') as reads,
              has_table_privilege('tfstate_reader', 'smoke.states', 'insert') as writes`,
    );
    expect(rows).toEqual([{ sees: true, reads: true, writes: false }]);
    await ask(postgres.state, 'drop schema smoke cascade');
  });

  it('lets an apply write the state and make schemas, which whoever reads the rest reads too, and be nothing more', async () => {
    const rows = await ask(
      postgres.applier,
      `create schema if not exists smoke2; create table if not exists smoke2.states (name text);
       insert into smoke2.states values ('default');
       select session_user as login, rolsuper as super, rolcreaterole as roles,
              has_schema_privilege('planner', 'smoke2', 'usage') as sees,
              has_table_privilege('planner', 'smoke2.states', 'select') as reads,
              has_table_privilege('planner', 'smoke2.states', 'insert') as writes
       from pg_roles where rolname = current_user`,
    );
    expect(rows).toEqual([{ login: 'applier', super: false, roles: false, sees: true, reads: true, writes: false }]);
    await ask(postgres.applier, 'drop schema smoke2 cascade');
    await expect(ask(at(postgres.applier, { database: 'castellan' }), 'select 1')).rejects.toMatchObject({
      code: '42501',
    });
  });
});

function at(connectionString: string, change: { readonly database?: string; readonly password?: string }): string {
  const url = new URL(connectionString);
  if (change.database !== undefined) url.pathname = `/${change.database}`;
  if (change.password !== undefined) url.password = change.password;
  return url.href;
}

/** The rows of the last statement. */
async function ask(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const answers: unknown = await client.query(sql);
    const last: unknown = Array.isArray(answers) ? answers.at(-1) : answers;
    return typeof last === 'object' && last !== null && 'rows' in last && Array.isArray(last.rows) ? last.rows : [];
  } finally {
    await client.end();
  }
}
