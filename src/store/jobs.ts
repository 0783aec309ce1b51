import { randomUUID } from 'node:crypto';
import type { PgBoss } from 'pg-boss';
import { CastellanError, defineErrors, type JsonObject } from '../kit/index.ts';
import type { Database } from './database.ts';
import type { StoreLog } from './log.ts';

/**
 * Jobs are wake-ups: a job says that there may be something to do, and its handler looks at the tables that say what. A
 * job may run twice, late, or after what it was for is done. The queue lives in its own schema, `castellan_jobs`, and
 * starts with the first use: a daemon that has no jobs does not wait for it.
 */
export interface Jobs extends AsyncDisposable {
  /** Runs `handler` when `cron` (five fields, UTC) says so; on one of several replicas. */
  schedule(name: string, cron: string, handler: JobHandler): Promise<void>;
  /** Wakes a worker of `name`, on this replica or another. */
  enqueue(name: string, data?: JsonObject, options?: EnqueueOptions): Promise<void>;
  work(name: string, handler: JobHandler): Promise<void>;
}

export interface EnqueueOptions {
  readonly startAfterSeconds?: number;
  /** While a job of this key waits, another is not added. */
  readonly onlyOne?: string;
}

/** `signal` fires when the job has run too long or the program stops. A rejection is logged and the job tried again, twice. */
export type JobHandler = (data: JsonObject, signal: AbortSignal) => Promise<void>;

const jobError = defineErrors({
  'jobs-failed': { audience: 'operator', meaning: 'The job queue did not start, or did not take a job.' },
  'jobs-closed': { audience: 'operator', meaning: 'The job queue was already closed for the shutdown.' },
});

/** `short`: of one key only one waits, and one that has begun does not keep the next out. So every job has a key. */
const queueOptions = { policy: 'short', retryLimit: 2, retryBackoff: true } as const;

export function openJobs(database: Database, log: StoreLog): Jobs {
  let starting: Promise<PgBoss> | undefined;
  let closed = false;
  const queues = new Map<string, Promise<void>>();

  const started = async (): Promise<PgBoss> => {
    if (closed) throw jobError('jobs-closed', { message: 'the job queue is closed', next: 'start the daemon again' });
    starting ??= startQueue(database, log);
    try {
      return await starting;
    } catch (error) {
      // The next use tries again.
      starting = undefined;
      throw error;
    }
  };

  const withQueue = async (name: string, work: (queue: PgBoss) => Promise<unknown>): Promise<void> => {
    try {
      const queue = await started();
      const made = queues.get(name) ?? queue.createQueue(name, queueOptions);
      queues.set(name, made);
      await made;
      await work(queue);
    } catch (error) {
      if (error instanceof CastellanError) throw error;
      queues.delete(name);
      throw jobError('jobs-failed', {
        message: `the job queue ${name} cannot be used`,
        next: 'look the cause up in the log; the user needs the right to create a schema in the database',
        cause: error,
      });
    }
  };

  const work = (name: string, handler: JobHandler): Promise<void> =>
    withQueue(name, (queue) =>
      queue.work<JsonObject | null>(name, async (jobs) => {
        for (const job of jobs) {
          try {
            await handler(job.data ?? {}, job.signal);
          } catch (error) {
            log.warn({ err: error, job: name, id: job.id }, 'job.failed');
            throw error;
          }
        }
      }),
    );

  return {
    work,
    schedule: async (name, cron, handler) => {
      await work(name, handler);
      await withQueue(name, (queue) => queue.schedule(name, cron, null, { tz: 'UTC' }));
    },
    enqueue: (name, data = {}, options = {}) =>
      withQueue(name, (queue) =>
        queue.send(name, data, {
          ...(options.startAfterSeconds === undefined ? {} : { startAfter: options.startAfterSeconds }),
          singletonKey: options.onlyOne ?? randomUUID(),
        }),
      ),
    async [Symbol.asyncDispose]() {
      if (closed) return;
      closed = true;
      const queue = await starting?.catch(() => undefined);
      await queue?.stop({ close: false, graceful: true, timeout: 5_000 });
    },
  };
}

async function startQueue(database: Database, log: StoreLog): Promise<PgBoss> {
  // Loaded here: it takes longer to load than the rest of the store.
  const { PgBoss } = await import('pg-boss');
  const queue = new PgBoss({
    db: adapterOf(database),
    backend: database.kind === 'embedded' ? 'pglite' : 'postgres',
    schema: 'castellan_jobs',
    openTelemetry: { enabled: false },
  });
  queue.on('error', (error) => log.error({ err: error }, 'jobs.error'));
  queue.on('warning', (warning) => log.warn({ warning: warning.message }, 'jobs.warning'));
  await queue.start();
  return queue;
}

type QueueDatabase = NonNullable<Exclude<ConstructorParameters<typeof PgBoss>[0], string>['db']>;

/** The queue tells errors apart by the driver's codes, so it gets the driver's own. They go no further than withQueue. */
function adapterOf(database: Database): QueueDatabase {
  return {
    executeSql: async (text, values = []) => {
      try {
        const rows =
          values.length === 0
            ? await database.execute(text)
            : await database.query(
                text,
                values.map((value) => value ?? null),
              );
        return { rows: [...rows] };
      } catch (error) {
        throw error instanceof CastellanError && error.cause !== undefined ? error.cause : error;
      }
    },
  };
}
