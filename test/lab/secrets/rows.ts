import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedDatabase } from '../../../src/store/pglite.ts';

/** Every row of every table of an embedded database that nobody has open, as text; bytes are in hex. Looked at in a copy. */
export async function rowsOf(directory: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const scratch = mkdtempSync(join(tmpdir(), 'castellan-rows-'));
  const copy = join(scratch, 'db');
  try {
    cpSync(directory, copy, { recursive: true });
    await using database = await openEmbeddedDatabase(copy);
    const tables = await database.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema')`,
    );
    const rows = new Map<string, readonly string[]>();
    for (const { name } of tables) {
      const found = await database.query<{ row: string }>(`select t::text as row from ${name} t`);
      rows.set(
        name,
        found.map(({ row }) => row),
      );
    }
    return rows;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
