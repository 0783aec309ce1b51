import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from '../kit/index.ts';
import { describeAudit } from './audit.contract.ts';
import { describeAuditWriter } from './audit-writer.contract.ts';
import { describeDatabase } from './database.contract.ts';
import { describeJobs } from './jobs.contract.ts';
import { describeMigrations } from './migrate.contract.ts';
import { onPostgres } from './on-postgres.fixture.ts';
import { openStore, type Store, takeStoreLock } from './open.ts';
import { openPostgres, type PostgresServer } from './postgres.ts';

await onPostgres(async (postgres) => {
  const server = await postgres.freshDatabase();

  describeDatabase('a Postgres server', () => openPostgres(server));

  const forMigrations = await postgres.freshDatabase();
  const forAudit = await postgres.freshDatabase();
  const forAuditWriter = await postgres.freshDatabase();
  const forJobs = await postgres.freshDatabase();
  describeMigrations('a Postgres server', () => openPostgres(forMigrations));
  describeAudit('a Postgres server', () => openPostgres(forAudit));
  describeAuditWriter('a Postgres server', () => openPostgres(forAuditWriter));
  describeJobs('a Postgres server', () => openPostgres(forJobs));

  describe('the store on a Postgres server', () => {
    it('is open to several replicas at once, which anchor each other, and needs no lock', async () => {
      const home = mkdtempSync(join(tmpdir(), 'castellan-replicas-'));
      const database = { kind: 'postgres', ...(await postgres.freshDatabase()) } as const;
      const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
      const openReplica = (): Promise<Store> => {
        const config = { home, database, backup: { everyHours: 24, keep: 1 } };
        const lock = takeStoreLock(config, { socket: 'agent.sock', build: 'test' });
        expect(lock).toBeUndefined();
        return openStore({ config, build: 'test', log, lock });
      };
      try {
        const [first, second] = await Promise.all([openReplica(), openReplica()]);
        await first.audit.anchor();
        await second.audit.anchor();
        expect(await first.verifyAudit()).toMatchObject({ epochs: 2, headFiles: 2, problems: [] });
        await expect(first.backups.now()).rejects.toMatchObject({ code: 'backup-not-embedded' });
        await Promise.all([first.close(), second.close()]);
      } finally {
        rmSync(home, { recursive: true });
      }
    });
  });

  describe('a Postgres server', () => {
    it('ends a statement at its time limit, and says so', async () => {
      await using database = await openPostgres(server, { statementTimeoutMs: 100 });
      await expect(database.query('select pg_sleep(60)')).rejects.toMatchObject({
        code: 'database-statement-refused',
        message: expect.stringContaining('longer than its time limit'),
      });
      expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
    });

    it('refuses a wrong password without repeating it anywhere in the error', async () => {
      const wrong = `wrong-${crypto.randomUUID()}`;
      const error = await openPostgres({ ...server, password: new Secret(wrong) }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'database-unreachable', message: expect.stringContaining('28P01') });
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(wrong);
    });

    it('takes no password from the environment', async () => {
      const { password, ...rest } = server;
      if (password === undefined) return expect(server.host).toBeDefined();
      process.env['PGPASSWORD'] = password.reveal();
      try {
        await expect(openPostgres({ ...rest, password: undefined })).rejects.toMatchObject({
          code: 'database-unreachable',
        });
      } finally {
        delete process.env['PGPASSWORD'];
      }
    });

    const caFile = postgres.certificate;
    it.skipIf(caFile === undefined)(
      'is reached over TLS by who checks its certificate, or does not ask to',
      async () => {
        for (const change of [
          { tls: 'verify-full', caFile },
          { tls: 'require', caFile },
          { tls: 'require' },
        ] as const) {
          await using database = await openPostgres({ ...server, caFile: undefined, ...change });
          expect(await database.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()')).toEqual([
            { ssl: true },
          ]);
        }
      },
    );

    it.skipIf(caFile === undefined)(
      'is refused with a certificate of another name or of another authority',
      async () => {
        const refused = async (change: Partial<PostgresServer>): Promise<unknown> => {
          const error: unknown = await openPostgres({ ...server, ...change }).catch((reason: unknown) => reason);
          expect(error).toMatchObject({ code: 'database-unreachable' });
          return error instanceof Error && error.cause instanceof Error && 'code' in error.cause && error.cause.code;
        };
        expect(await refused({ tls: 'verify-full', caFile, host: 'localhost' })).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
        expect(await refused({ tls: 'verify-full', caFile: undefined })).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
        const [other = ''] = rootCertificates;
        const file = join(mkdtempSync(join(tmpdir(), 'castellan-authority-')), 'ca.pem');
        writeFileSync(file, other);
        for (const tls of ['verify-full', 'require'] as const) {
          expect(await refused({ tls, caFile: file })).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
        }
        rmSync(dirname(file), { recursive: true });
      },
    );

    it('replaces connections the server broke off', async () => {
      const broken: Error[] = [];
      await using database = await openPostgres(server, { onIdleError: (error) => broken.push(error) });
      await using other = await openPostgres(server);
      const [row] = await database.query<{ pid: number }>('select pg_backend_pid() as pid');
      await other.query('select pg_terminate_backend($1, 5000)', [row?.pid]);
      await expect.poll(() => broken.length).toBe(1);
      expect(broken[0]).toMatchObject({ code: 'database-unreachable' });
      expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
    });
  });
});
