import type { Queryable } from './database.ts';

/**
 * The schema `castellan` as text, from the catalogue: what the migrations add up to, for reading and for review. The same on
 * every version of Postgres, so schema.sql is checked on both databases.
 */
export async function dumpSchema(database: Queryable): Promise<string> {
  const tables = await database.query<{ definition: string }>(tablesSql);
  const indexes = await database.query<{ definition: string }>(indexesSql);
  const functions = await database.query<{ definition: string }>(functionsSql);
  const triggers = await database.query<{ definition: string }>(triggersSql);
  const parts = [...tables, ...indexes, ...functions, ...triggers].map(
    ({ definition }) => `${definition.trimEnd()};\n`,
  );
  return ['-- What the migrations add up to. Generated; a test compares it.\n', ...parts].join('\n');
}

const notOfAnExtension = `not exists (select from pg_depend d where d.objid = o.oid and d.deptype = 'e')`;

const tablesSql = `
  select format(E'create table castellan.%I (\\n%s\\n)', o.relname, string_agg('  ' || part, E',\\n' order by kind, place, part))
    as definition
  from pg_class o
  cross join lateral (
    select 1 as kind, a.attnum as place,
      format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))
        || case when a.attcollation not in (0, t.typcollation) then format(' collate %I', c.collname) else '' end
        || case when a.attnotnull then ' not null' else '' end
        || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as part
    from pg_attribute a
    join pg_type t on t.oid = a.atttypid
    left join pg_collation c on c.oid = a.attcollation
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped
    union all
    select 2, 0, format('constraint %I %s', conname, pg_get_constraintdef(oid))
    from pg_constraint
    -- From version 18 on "not null" is a constraint too; the column says it already.
    where conrelid = o.oid and contype in ('p', 'u', 'f', 'c', 'x')
  ) parts
  where o.relnamespace = to_regnamespace('castellan') and o.relkind in ('r', 'p') and ${notOfAnExtension}
  group by o.relname
  order by o.relname collate "C"`;

const indexesSql = `
  select pg_get_indexdef(i.indexrelid) as definition
  from pg_index i join pg_class o on o.oid = i.indexrelid
  where o.relnamespace = to_regnamespace('castellan')
    and not exists (select from pg_constraint c where c.conindid = o.oid)
  order by o.relname collate "C"`;

const functionsSql = `
  select pg_get_functiondef(o.oid) as definition
  from pg_proc o
  where o.pronamespace = to_regnamespace('castellan') and ${notOfAnExtension}
  order by o.proname collate "C", o.oid`;

const triggersSql = `
  select pg_get_triggerdef(t.oid) as definition
  from pg_trigger t join pg_class o on o.oid = t.tgrelid
  where o.relnamespace = to_regnamespace('castellan') and not t.tgisinternal
  order by o.relname collate "C", t.tgname collate "C"`;
