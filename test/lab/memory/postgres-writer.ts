import { writeSync } from 'node:fs';
import { faultsAgainst, keepWriting, memoryOver, type Step } from '../../../memory/durability/keeper.fixture.ts';
import { CastellanError } from '../../../src/kit/index.ts';
import { probeFeatures } from '../../../src/store/features.ts';
import { openPostgres } from '../../../src/store/postgres.ts';
import { postgresAt } from '../../../src/store/throwaway-postgres.fixture.ts';

/**
 * A daemon's memory over a Postgres server: several writers at once in one process, each with a line for each step. An error that
 * reaches a caller is a line too.
 */
const [url = '', writers = '8', turns = '25'] = process.argv.slice(2);
const tell = (value: unknown): void => void writeSync(1, `${JSON.stringify(value)}\n`);
await using database = await openPostgres(postgresAt(url));
await using memory = memoryOver(database, await probeFeatures(database));
const own: Step[] = [];
tell({ ready: true });
await Promise.all(
  Array.from({ length: Number(writers) }, async () => {
    try {
      await keepWriting(
        memory,
        (step) => {
          own.push(step);
          tell(step);
        },
        Number(turns),
      );
    } catch (error) {
      tell({ error: error instanceof CastellanError ? `${error.code} ${error.message}` : String(error) });
    }
  }),
);
tell({ faults: await faultsAgainst(memory, own) });
