import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { Secret } from '../kit/index.ts';
import { openPostgres, type PostgresServer } from './postgres.ts';

/**
 * A real Postgres for tests, in this order: the one CASTELLAN_TEST_POSTGRES_URL names; a cluster started here from the
 * newest server under /usr/lib/postgresql, on loopback, in a temp folder, as a user that is not root. With neither, a
 * CI run fails, and a run by hand says that it left these tests out.
 */
export interface ThrowawayPostgres extends AsyncDisposable {
  /** A connection to a database of its own, made empty for the caller. */
  freshDatabase(): Promise<PostgresServer>;
  /** The file of the certificate that the server shows for 127.0.0.1, and that signs itself; undefined: it takes no TLS. */
  readonly certificate: string | undefined;
}

export async function findPostgres(environment: NodeJS.ProcessEnv): Promise<ThrowawayPostgres | undefined> {
  const url = environment['CASTELLAN_TEST_POSTGRES_URL'];
  if (url !== undefined) return serverAt(postgresAt(url), undefined, dropDatabases);
  const programs = newestPrograms();
  if (programs !== undefined) return startCluster(programs);
  if (environment['CI'] === 'true') {
    throw new Error('no Postgres server is installed: CI installs the Debian package `postgresql`');
  }
  process.stderr.write('skipped: no Postgres server under /usr/lib/postgresql and no CASTELLAN_TEST_POSTGRES_URL\n');
  return undefined;
}

/** What a connection string names. */
export function postgresAt(connectionString: string): PostgresServer {
  const url = new URL(connectionString);
  return {
    host: url.hostname,
    port: Number(url.port || 5432),
    database: url.pathname.slice(1) || 'postgres',
    user: decodeURIComponent(url.username),
    password: url.password === '' ? undefined : new Secret(decodeURIComponent(url.password)),
    tls: 'disable',
    caFile: undefined,
  };
}

function newestPrograms(): string | undefined {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return undefined;
  const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(root, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
}

/** The server refuses to run as root: then `nobody`, or its own user where the package made one. */
function unprivileged(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const [, uid, gid] =
      readFileSync('/etc/passwd', 'utf8').match(new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm')) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('run as root without a user `postgres` or `nobody` to run the server as');
}

async function startCluster(programs: string): Promise<ThrowawayPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-postgres-'));
  const owner = unprivileged();
  const password = randomBytes(12).toString('hex');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (owner !== undefined) for (const path of [folder, passwordFile]) chownSync(path, owner.uid, owner.gid);
  const options = { cwd: folder, ...owner, extendEnv: false, env: { LC_ALL: 'C.UTF-8' } };
  const data = join(folder, 'data');
  const port = await freePort();
  await execa(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'admin', '-E', 'UTF8', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--no-sync'],
    options,
  );
  const certificate = join(folder, 'server.crt');
  const key = join(folder, 'server.key');
  await execa(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', '/CN=castellan test', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate],
    ],
    { ...options, extendEnv: true },
  );
  const running = execa(
    join(programs, 'postgres'),
    // The defaults a careful client must not depend on are set otherwise.
    [
      ...['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', ''],
      ...['ssl=on', `ssl_cert_file=${certificate}`, `ssl_key_file=${key}`].flatMap((s) => ['-c', s]),
      ...['fsync=off', 'DateStyle=SQL, DMY', 'TimeZone=Asia/Kolkata', 'IntervalStyle=iso_8601'].flatMap((s) => [
        '-c',
        s,
      ]),
    ],
    { ...options, reject: false, buffer: false, stdio: 'ignore' },
  );
  const admin: PostgresServer = {
    host: '127.0.0.1',
    port,
    database: 'postgres',
    user: 'admin',
    password: new Secret(password),
    tls: 'disable',
    caFile: undefined,
  };
  const server = serverAt(admin, certificate, async () => {
    running.kill('SIGINT');
    await running;
    rmSync(folder, { recursive: true });
  });
  await untilReady(admin);
  return server;
}

type Stop = (admin: PostgresServer, made: readonly string[]) => Promise<void>;

/** A server that goes on takes its databases back; a cluster of our own is thrown away whole. */
const dropDatabases: Stop = async (admin, made) => {
  for (const name of made) await asAdmin(admin, `drop database ${name} with (force)`);
};

function serverAt(admin: PostgresServer, certificate: string | undefined, stop: Stop): ThrowawayPostgres {
  const made: string[] = [];
  return {
    certificate,
    async freshDatabase() {
      const name = `castellan_test_${randomBytes(6).toString('hex')}`;
      await asAdmin(admin, `create database ${name}`);
      made.push(name);
      return { ...admin, database: name };
    },
    [Symbol.asyncDispose]: () => stop(admin, made),
  };
}

async function asAdmin(admin: PostgresServer, sql: string): Promise<void> {
  await using database = await openPostgres(admin);
  await database.query(sql);
}

async function untilReady(admin: PostgresServer): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await asAdmin(admin, 'select 1');
    } catch (error) {
      if (attempt === 150) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('the free port is not known');
  return address.port;
}
