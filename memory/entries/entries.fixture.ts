import { randomUUID } from 'node:crypto';
import { createRedactor } from '../../src/redaction/index.ts';
import type { Database } from '../../src/store/database.ts';
import { standardCategories } from '../categories.ts';
import type { Actor } from '../entry.ts';
import { openPostings } from '../postings/open.ts';
import type { Postings } from '../postings/port.ts';
import type { EntriesDependencies } from './dependencies.ts';
import { createEntries, type Entries } from './entries.ts';

/** An engine on a database, as one daemon has it, redacting as the daemon redacts what an agent says. */
export function engineOn(
  database: Database,
  changed: Partial<EntriesDependencies> = {},
): Entries & { readonly postings: Postings } {
  const postings = openPostings(database);
  const entries = createEntries({
    database,
    postings,
    redact: createRedactor().agentText,
    sealer: undefined,
    categories: standardCategories,
    defaultVisibility: 'private',
    now: () => new Date(),
    ...changed,
  });
  return { ...entries, postings };
}

/** Somebody no other test knows. */
export function someone(name = 'robin', agent = 'claude'): Actor {
  return { human: `human:${name}-${randomUUID().slice(0, 8)}`, agent: `agent:${agent}` };
}

/** Of a whole database: where this text stands, whatever the table; bytes as text too. */
export async function tablesHolding(database: Database, text: string): Promise<readonly string[]> {
  const tables = await database.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname in ('castellan', 'public') order by 1`,
  );
  const holding: string[] = [];
  for (const { name } of tables) {
    const [row] = await database.query<{ found: boolean }>(
      `select exists (select from ${name} as kept
         where position($1 in lower(kept::text)) > 0 or position($2 in kept::text) > 0) as found`,
      [text.toLowerCase(), Buffer.from(text).toString('hex')],
    );
    if (row?.found === true) holding.push(name);
  }
  return holding;
}
