import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Client } from 'pg';
import type { Lab } from '../lab.ts';
import { asOrdinaryUser } from '../ordinary-user.ts';
import { runToEnd } from '../run-to-end.ts';
import type { Part } from './part.ts';

/**
 * postgres         the superuser
 * castellan        owns the database castellan, with pgvector in it
 * tfstate          owns the database tfstate, where Terraform keeps the state of the stacks of the second tier
 * tfstate_reader   may read what tfstate writes; Vault rotates its password, so the one it was made with is never of use
 * planner          may read it too, with the password it was made with: what the keep plans with
 * applier          is tfstate once it is in that database, with a password of its own: what the keep applies with
 * vault            may rotate that password, and nothing else
 */
const roles = ['postgres', 'castellan', 'tfstate', 'tfstate_reader', 'planner', 'applier', 'vault'] as const;
type Role = (typeof roles)[number];

export const postgres: Part = {
  name: 'postgres',
  programs: ['postgres', 'initdb'],
  needs: [],
  ports: ['postgres'],
  // On SIGTERM it would wait for its clients to leave.
  stopSignal: 'SIGINT',

  async prepare(lab) {
    mkdirSync(lab.path('postgres'), { mode: 0o700 });
    for (const role of roles) {
      writeFileSync(passwordFile(lab, role), randomBytes(18).toString('base64url'), { mode: 0o600 });
    }
    const initdb = asOrdinaryUser(lab.program('initdb'), [
      `--pgdata=${dataFolder(lab)}`,
      '--username=postgres',
      `--pwfile=${passwordFile(lab, 'postgres')}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C.UTF-8',
      '--no-sync',
    ]);
    await runToEnd(lab, 'initdb', [], { ...initdb, cwd: lab.path(), log: lab.path('logs', 'initdb.log') });
  },

  command(lab) {
    const settings = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      // The data is thrown away with the lab: waiting for the disk would only make it slower.
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      // In its folder, and not in /dev/shm, where they would outlive a killed server.
      dynamic_shared_memory_type: 'mmap',
    };
    return asOrdinaryUser(lab.program('postgres'), [
      '-D',
      dataFolder(lab),
      '-p',
      String(lab.port('postgres')),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ]);
  },

  async ready(lab) {
    try {
      const [seen] = await query(
        postgresUrl(lab, 'postgres', 'postgres'),
        "select current_setting('data_directory') as at",
      );
      return seen?.['at'] === dataFolder(lab);
    } catch {
      return false; // Not listening yet, still starting, or a stranger who does not know the password.
    }
  },

  async settle(lab) {
    const admin = postgresUrl(lab, 'postgres', 'postgres');
    const password = (role: Role) => `'${readFileSync(passwordFile(lab, role), 'utf8')}'`;
    await query(
      admin,
      `create role castellan login password ${password('castellan')};
       create role tfstate login password ${password('tfstate')};
       create role tfstate_reader login password ${password('tfstate_reader')};
       create role planner login password ${password('planner')};
       create role applier login noinherit password ${password('applier')};
       grant tfstate to applier;
       create role vault login createrole password ${password('vault')};
       grant tfstate_reader to vault with admin true, inherit false, set false;
       revoke connect on database postgres from public;
       grant connect on database postgres to vault`,
    );
    for (const database of ['castellan', 'tfstate']) {
      await query(admin, `create database ${database} owner ${database}`);
      await query(admin, `revoke all on database ${database} from public`);
    }
    // What it makes belongs to tfstate, so whoever reads the rest reads that too.
    await query(
      admin,
      `grant connect on database tfstate to applier;
       alter role applier in database tfstate set role tfstate`,
    );
    await Promise.all([
      query(postgresUrl(lab, 'postgres', 'castellan'), 'create extension vector'),
      query(
        postgresUrl(lab, 'postgres', 'tfstate'),
        `grant connect on database tfstate to tfstate_reader, planner;
         alter default privileges for role tfstate grant usage on schemas to tfstate_reader, planner;
         alter default privileges for role tfstate grant select on tables to tfstate_reader, planner`,
      ),
    ]);
  },

  env(lab) {
    return {
      postgres: {
        admin: postgresUrl(lab, 'postgres', 'postgres'),
        castellan: postgresUrl(lab, 'castellan', 'castellan'),
        state: postgresUrl(lab, 'tfstate', 'tfstate'),
        planner: postgresUrl(lab, 'planner', 'tfstate'),
        applier: postgresUrl(lab, 'applier', 'tfstate'),
      },
    };
  },
};

/** A connection string, with the password in it. */
export function postgresUrl(lab: Lab, role: Role, database: string): string {
  const password = readFileSync(passwordFile(lab, role), 'utf8');
  // The lab's server has no certificate, and Go's driver insists on one unless told otherwise.
  return `postgresql://${role}:${password}@127.0.0.1:${lab.port('postgres')}/${database}?sslmode=disable`;
}

function passwordFile(lab: Lab, role: Role): string {
  return lab.path('postgres', `${role}.password`);
}

function dataFolder(lab: Lab): string {
  return lab.path('postgres', 'data');
}

async function query(connectionString: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 3_000 });
  client.on('error', () => {}); // Of a connection that breaks while it idles; one in use fails its query.
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
