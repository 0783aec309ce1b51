import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type Audit, type AuditOptions, openAudit } from './audit.ts';
import { type AuditedCall, type AuditKeys, type AuditRow, deriveAuditKeys } from './audit-chain.ts';
import { type AuditReport, verifyAudit } from './audit-verify.ts';
import type { Database } from './database.ts';
import { migrate } from './migrate.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

export const newKeys = (): AuditKeys => deriveAuditKeys(createSecretKey(randomBytes(32)));

export const call = (change: Partial<AuditedCall> = {}): AuditedCall => ({
  principal: { agent: 'agent:scout', human: 'human:robin', via: 'socket', scopes: ['read'] },
  client: 'test client 1.0',
  tool: 'kubectl_get',
  input: { kind: 'pods', namespace: 'media' },
  effect: 'read',
  outcome: 'ok',
  bytes: 1234,
  ms: 12.7,
  at: new Date('2026-05-04T03:02:01.234Z'),
  ...change,
});

/** A database with an empty audit, new for each test, and the means to write, read and harm it. */
export class AuditScene {
  readonly #open: () => Promise<Database>;
  #database: Database | undefined;
  #home = '';
  keys = newKeys();

  constructor(open: () => Promise<Database>) {
    this.#open = open;
  }

  /** For the `describe` it stands in. */
  use(): this {
    // A new embedded database takes seconds, and longer on a busy machine.
    beforeAll(async () => {
      this.#database = await this.#open();
    }, 60_000);
    beforeEach(async () => {
      await this.database.execute('drop schema if exists castellan cascade');
      await migrate(this.database, { build: 'test' });
      this.#home = mkdtempSync(join(tmpdir(), 'castellan-audit-'));
      this.keys = newKeys();
      return () => rmSync(this.#home, { recursive: true });
    });
    afterAll(() => this.database[Symbol.asyncDispose]());
    return this;
  }

  get database(): Database {
    if (this.#database === undefined) throw new Error('the database is not open yet');
    return this.#database;
  }

  get heads(): string {
    return join(this.#home, 'audit-heads');
  }

  begin(options: Partial<AuditOptions> = {}): Promise<Audit> {
    return openAudit({
      database: this.database,
      keys: this.keys,
      headsDirectory: this.heads,
      build: 'test',
      log: silent,
      anchorEveryMs: 3_600_000,
      ...options,
    });
  }

  verify(): Promise<AuditReport> {
    return verifyAudit(this.database, this.keys, this.heads);
  }

  async kinds(): Promise<readonly string[]> {
    return (await this.verify()).problems.map(({ kind }) => kind);
  }

  rowsOf(epoch: string): Promise<readonly AuditRow[]> {
    return this.database.query<AuditRow>('select * from castellan.audit where epoch = $1 order by seq', [epoch]);
  }

  /** Who owns the database can switch the guard off and on again. */
  async tamper(sql: string, parameters: readonly unknown[] = []): Promise<void> {
    await this.database.query('alter table castellan.audit disable trigger user');
    await this.database.query(sql, parameters);
    await this.database.query('alter table castellan.audit enable trigger user');
  }
}
