import type { Database } from './database.ts';

/** What this database offers beyond plain SQL. Probed at every start, so that what is installed later is picked up. */
export interface Features {
  /** pgvector's `public.vector`. */
  readonly vector: boolean;
  /** pgvector's `public.halfvec` (0.7 and later). */
  readonly halfvec: boolean;
  /** pg_trgm, in the schema `public`. */
  readonly pgTrgm: boolean;
  /** The server's own version, as it says it: `16.4`. */
  readonly version: string;
}

/**
 * Creates the extensions that are available but not yet there, and says what can be used. An extension this user may not
 * create is only absent: the features that need it say so.
 */
export async function probeFeatures(database: Database): Promise<Features> {
  const creatable = await database.query<{ name: string }>(
    `select name from pg_available_extensions
     where name in ('vector', 'pg_trgm') and installed_version is null order by name`,
  );
  for (const { name } of creatable) {
    try {
      // The name is one of the two above. Another starter may be creating it too: the loser's error is as good.
      await database.query(`create extension if not exists ${name} with schema public`);
    } catch {
      // Not allowed here, or being made elsewhere: what counts is what the probe below finds.
    }
  }
  const [found] = await database.query<Features>(
    `select to_regtype('public.vector') is not null as vector,
            to_regtype('public.halfvec') is not null as halfvec,
            to_regproc('public.show_trgm') is not null as "pgTrgm",
            current_setting('server_version') as version`,
  );
  if (found === undefined) throw new Error('a select without a table returned no row');
  return found;
}
