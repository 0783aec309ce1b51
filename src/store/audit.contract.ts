import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Audit, openAudit } from './audit.ts';
import { type AuditedCall, type AuditKeys, type AuditRow, deriveAuditKeys } from './audit-chain.ts';
import { createHeadFile, type HeadFile } from './audit-heads.ts';
import { type AuditReport, verifyAudit } from './audit-verify.ts';
import type { Database } from './database.ts';
import { migrate } from './migrate.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const newKeys = (): AuditKeys => deriveAuditKeys(createSecretKey(randomBytes(32)));

const call = (change: Partial<AuditedCall> = {}): AuditedCall => ({
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

/** What the audit holds and detects, run against the embedded database and against a real server. */
export function describeAudit(name: string, open: () => Promise<Database>): void {
  describe(`the audit on ${name}`, () => {
    let database: Database;
    let home: string;
    let heads: string;
    let keys: AuditKeys;

    // A new embedded database takes seconds, and longer on a busy machine.
    beforeAll(async () => {
      database = await open();
    }, 60_000);
    beforeEach(async () => {
      await database.execute('drop schema if exists castellan cascade');
      await migrate(database, { build: 'test' });
      home = mkdtempSync(join(tmpdir(), 'castellan-audit-'));
      heads = join(home, 'audit-heads');
      keys = newKeys();
      return () => rmSync(home, { recursive: true });
    });
    afterAll(() => database[Symbol.asyncDispose]());

    const begin = (options: { openHeadFile?: (directory: string, epoch: string) => HeadFile } = {}): Promise<Audit> =>
      openAudit({
        database,
        keys,
        headsDirectory: heads,
        build: 'test',
        log: silent,
        anchorEveryMs: 3_600_000,
        ...options,
      });
    const verify = (): Promise<AuditReport> => verifyAudit(database, keys, heads);
    const kinds = async (): Promise<readonly string[]> => (await verify()).problems.map(({ kind }) => kind);
    const rowsOf = (epoch: string): Promise<readonly AuditRow[]> =>
      database.query<AuditRow>('select * from castellan.audit where epoch = $1 order by seq', [epoch]);
    /** Who owns the database can switch the guard off and on again. */
    const tamper = async (sql: string, parameters: readonly unknown[] = []): Promise<void> => {
      await database.query('alter table castellan.audit disable trigger user');
      await database.query(sql, parameters);
      await database.query('alter table castellan.audit enable trigger user');
    };
    /** Epochs of three processes, one after the other; the last still runs. */
    const threeEpochs = async (): Promise<readonly [Audit, Audit, Audit]> => {
      const audits: Audit[] = [];
      for (let index = 0; index < 3; index += 1) {
        const audit = await begin();
        for (let count = 0; count < 5; count += 1) await audit.append(call());
        if (index < 2) await audit[Symbol.asyncDispose]();
        audits.push(audit);
      }
      const [first, second, third] = audits;
      if (first === undefined || second === undefined || third === undefined) throw new Error('three were begun');
      return [first, second, third];
    };

    it('holds who called what, from where, with which outcome and size; and of the arguments only a keyed hash', async () => {
      const input = { query: `needle-${crypto.randomUUID()}` };
      await using audit = await begin();
      await audit.append(call({ input, outcome: 'denied', code: 'scope-denied', correlation: 'r-7' }));
      const [, row] = await rowsOf(audit.epoch);
      expect(row).toMatchObject({
        seq: 1,
        entry: {
          kind: 'call',
          principal: 'agent:scout/human:robin/socket',
          client: 'test client 1.0',
          correlation: 'r-7',
          tool: 'kubectl_get',
          input: expect.stringMatching(/^[0-9a-f]{64}$/),
          effect: 'read',
          outcome: 'denied',
          code: 'scope-denied',
          bytes: 1234,
          ms: 13,
          at: '2026-05-04T03:02:01.234Z',
        },
      });
      expect(JSON.stringify(row)).not.toContain(input.query);
      expect(row?.entry).toHaveProperty('input', keys.inputHash(input));
      expect(newKeys().inputHash(input)).not.toBe(keys.inputHash(input));
    });

    it('hashes the same arguments to the same value in whatever order they are written', () => {
      expect(keys.inputHash({ b: 1, a: [{ d: 2, c: 3 }] })).toBe(keys.inputHash({ a: [{ c: 3, d: 2 }], b: 1 }));
      expect(keys.inputHash({ a: 1 })).not.toBe(keys.inputHash({ a: '1' }));
    });

    it('finds nothing wrong with chains that were left alone, running, closed or killed', async () => {
      const killed = await begin();
      await Promise.all(Array.from({ length: 450 }, () => killed.append(call())));
      const [, , running] = await threeEpochs();
      expect(await verify()).toMatchObject({ rows: 1 + 450 + 7 + 7 + 6, epochs: 4, headFiles: 4, problems: [] });
      await running[Symbol.asyncDispose]();
      await killed[Symbol.asyncDispose]();
      expect(await kinds()).toEqual([]);
    });

    it('commits a row before its append resolves, and numbers rows without a gap', async () => {
      await using audit = await begin();
      await Promise.all(
        Array.from({ length: 30 }, async (_, index) => {
          await audit.append(call({ client: `client ${index}` }));
          expect(
            await database.query(`select from castellan.audit where entry->>'client' = $1`, [`client ${index}`]),
          ).toHaveLength(1);
        }),
      );
      expect((await rowsOf(audit.epoch)).map(({ seq }) => seq)).toEqual(
        Array.from({ length: 31 }, (_, index) => index),
      );
    });

    it('takes any label a client gives itself', async () => {
      await using audit = await begin();
      for (const client of ['\u0000', '\ud800', 'x'.repeat(1_000_000), '🏰'.repeat(500), '"\\\n', '']) {
        await audit.append(call({ client, correlation: client }));
      }
      expect(await verify()).toMatchObject({ rows: 7, problems: [] });
    });

    describe('detects', () => {
      it('an edited row', async () => {
        const [, second] = await threeEpochs();
        await tamper(
          `update castellan.audit set entry = jsonb_set(entry, '{outcome}', '"denied"') where epoch = $1 and seq = 3`,
          [second.epoch],
        );
        expect((await verify()).problems).toEqual([
          expect.objectContaining({ kind: 'edited-row', epoch: second.epoch, seq: 3 }),
        ]);
      });

      it('a row moved to another place', async () => {
        const [, second] = await threeEpochs();
        await tamper(
          `update castellan.audit set seq = case seq when 2 then 102 else 103 end where epoch = $1 and seq in (2, 3)`,
          [second.epoch],
        );
        await tamper(
          `update castellan.audit set seq = case seq when 102 then 3 else 2 end where epoch = $1 and seq in (102, 103)`,
          [second.epoch],
        );
        expect(await kinds()).toContain('edited-row');
      });

      it('a row taken out of the middle', async () => {
        const [, second] = await threeEpochs();
        await tamper('delete from castellan.audit where epoch = $1 and seq = 3', [second.epoch]);
        expect((await verify()).problems).toEqual([
          expect.objectContaining({ kind: 'missing-row', epoch: second.epoch, seq: 3 }),
        ]);
      });

      it('a row added by who has the database but not the key', async () => {
        const [, , third] = await threeEpochs();
        await database.query(
          `insert into castellan.audit select epoch, seq + 1, entry, hash from castellan.audit where epoch = $1 order by seq desc limit 1`,
          [third.epoch],
        );
        expect(await kinds()).toEqual(['edited-row']);
      });

      it('a chain recomputed with another key', async () => {
        const [, second] = await threeEpochs();
        await recompute(second.epoch, newKeys());
        expect(await kinds()).toContain('edited-row');
      });

      it('a chain recomputed with the right key, by the anchors in the chains after it', async () => {
        const [, second] = await threeEpochs();
        await recompute(second.epoch, keys);
        rmSync(heads, { recursive: true });
        expect((await verify()).problems).toEqual([
          expect.objectContaining({ kind: 'rewritten-chain', epoch: second.epoch }),
        ]);
      });

      it('the latest chain recomputed with the right key, by its head file', async () => {
        const [, , third] = await threeEpochs();
        await recompute(third.epoch, keys);
        expect((await verify()).problems).toEqual([
          expect.objectContaining({
            kind: 'rewritten-chain',
            epoch: third.epoch,
            message: expect.stringContaining('head file'),
          }),
        ]);
      });

      it('a tail cut off the only chain there is, by its head file', async () => {
        const audit = await begin();
        await audit.append(call());
        await audit.append(call());
        await tamper('delete from castellan.audit where seq = 2');
        expect((await verify()).problems).toEqual([
          expect.objectContaining({ kind: 'cut-tail', epoch: audit.epoch, seq: 2 }),
        ]);
        await audit[Symbol.asyncDispose]();
        expect(await kinds()).toEqual(['missing-row']);
      });

      it('a tail cut off an older chain, also without head files', async () => {
        const [first] = await threeEpochs();
        await tamper('delete from castellan.audit where epoch = $1 and seq > 2', [first.epoch]);
        rmSync(heads, { recursive: true });
        expect(await kinds()).toEqual(['cut-tail']);
      });

      it('a chain that was removed whole, also without head files', async () => {
        const [, second] = await threeEpochs();
        await tamper('delete from castellan.audit where epoch = $1', [second.epoch]);
        rmSync(heads, { recursive: true });
        expect((await verify()).problems).toEqual([
          expect.objectContaining({ kind: 'removed-epoch', epoch: second.epoch }),
        ]);
      });

      it('all chains removed, by the head files', async () => {
        await threeEpochs();
        await tamper('delete from castellan.audit');
        expect(await kinds()).toEqual(['removed-epoch', 'removed-epoch', 'removed-epoch']);
      });

      it('a guard switched off or taken away', async () => {
        await database.query('alter table castellan.audit disable trigger user');
        expect(await kinds()).toEqual(['guard-missing']);
        await database.query('drop trigger append_only on castellan.audit');
        expect(await kinds()).toEqual(['guard-missing']);
      });

      it('a head file that is no longer one', async () => {
        const [first] = await threeEpochs();
        writeFileSync(join(heads, `${first.epoch}.json`), '{}');
        expect(await kinds()).toEqual(['unreadable-head']);
      });

      it('a chain written with another key than the one at hand', async () => {
        await threeEpochs();
        const { problems } = await verifyAudit(database, newKeys(), heads);
        expect(problems.map(({ kind }) => kind)).toEqual(['foreign-key', 'foreign-key', 'foreign-key']);
      });

      /** Changes the second row of a chain and makes all that follows fit. */
      const recompute = async (epoch: string, with_: AuditKeys): Promise<void> => {
        let previous = '';
        for (const row of await rowsOf(epoch)) {
          const entry = row.seq === 1 ? { ...(row.entry as object), tool: 'memory_search' } : row.entry;
          const hash = with_.rowHash(previous, { epoch, seq: row.seq, entry });
          await tamper('update castellan.audit set entry = $3, hash = $4 where epoch = $1 and seq = $2', [
            epoch,
            row.seq,
            entry,
            hash,
          ]);
          previous = hash;
        }
      };
    });

    it('names the moved heads of other running chains in this one, each once', async () => {
      await using first = await begin();
      await using second = await begin();
      await first.append(call());
      await database.query('alter table castellan.audit add constraint stop check (seq < 1) not valid');
      await expect(second.anchor()).rejects.toMatchObject({ code: 'audit-write-failed' });
      await database.query('alter table castellan.audit drop constraint stop');
      await second.anchor();
      await second.anchor();
      const anchors = (await rowsOf(second.epoch)).map(({ entry }) => entry).slice(1);
      expect(anchors).toEqual([
        { kind: 'anchor', at: expect.any(String), heads: [expect.objectContaining({ epoch: first.epoch, seq: 1 })] },
      ]);
      await tamper('delete from castellan.audit where epoch = $1 and seq = 1', [first.epoch]);
      unlinkSync(join(heads, `${first.epoch}.json`));
      expect(await kinds()).toEqual(['cut-tail']);
    });

    it('keeps one head file per epoch, as long as it was, naming its last row', async () => {
      await using audit = await begin();
      await audit.append(call());
      const [file = ''] = readdirSync(heads);
      const before = readFileSync(join(heads, file), 'utf8');
      await Promise.all(Array.from({ length: 150 }, () => audit.append(call())));
      const after = readFileSync(join(heads, file), 'utf8');
      expect(after).toHaveLength(before.length);
      expect(JSON.parse(after)).toMatchObject({ epoch: audit.epoch, seq: 151 });
    });

    it('fails the append when the head file cannot be written, and goes on when it can again', async () => {
      let full = false;
      await using audit = await begin({
        openHeadFile: (directory, epoch) => {
          const file = createHeadFile(directory, epoch);
          const fullDisk = (): never => {
            throw Object.assign(new Error('ENOSPC: no space left on device, write'), {
              code: 'ENOSPC',
              syscall: 'write',
            });
          };
          return { ...file, write: (head) => (full ? fullDisk() : file.write(head)) };
        },
      });
      full = true;
      await expect(audit.append(call())).rejects.toMatchObject({ code: 'audit-write-failed' });
      full = false;
      await audit.append(call());
      expect(await verify()).toMatchObject({ rows: 3, problems: [] });
    });

    it('does not begin without a head file', async () => {
      writeFileSync(heads, 'where the folder should be');
      await expect(begin()).rejects.toMatchObject({ code: 'audit-write-failed' });
      expect(await database.query('select from castellan.audit')).toEqual([]);
    });

    it('fails the append when the row cannot be written, and chains on behind the last row that was', async () => {
      await using audit = await begin();
      await database.query('alter table castellan.audit rename to elsewhere');
      await expect(audit.append(call())).rejects.toMatchObject({ code: 'audit-write-failed' });
      await database.query('alter table castellan.elsewhere rename to audit');
      await audit.append(call());
      expect(await verify()).toMatchObject({ rows: 2, problems: [] });
    });

    it('chains on behind a row of which it was not told that it was committed', async () => {
      const lossy: Database = {
        ...database,
        [Symbol.asyncDispose]: async () => undefined,
        query: async (sql, parameters) => {
          const rows = await database.query<never>(sql, parameters);
          if (answerLost && sql.startsWith('insert')) throw new Error('connection lost');
          return rows;
        },
      };
      let answerLost = false;
      const options = { keys, headsDirectory: heads, build: 'test', log: silent };
      await using audit = await openAudit({ ...options, database: lossy });
      answerLost = true;
      await expect(audit.append(call({ client: 'unanswered' }))).rejects.toMatchObject({ code: 'audit-write-failed' });
      answerLost = false;
      await audit.append(call());
      expect(await verify()).toMatchObject({ rows: 3, problems: [] });
    });

    it('answers nothing more once somebody else wrote into its chain', async () => {
      const audit = await begin();
      await database.query('insert into castellan.audit values ($1, 1, $2, $3)', [audit.epoch, {}, 'f'.repeat(64)]);
      await expect(audit.append(call())).rejects.toMatchObject({ code: 'audit-write-failed' });
      await expect(audit.append(call())).rejects.toMatchObject({ code: 'audit-broken' });
      await expect(audit[Symbol.asyncDispose]()).rejects.toMatchObject({ code: 'audit-broken' });
    });

    it('refuses an append inside a transaction instead of waiting for it for ever', async () => {
      await using audit = await begin();
      await expect(database.transaction(() => audit.append(call()))).rejects.toMatchObject({
        code: 'database-query-beside-transaction',
      });
    });

    it('takes no row after it was closed', async () => {
      const audit = await begin();
      await audit[Symbol.asyncDispose]();
      await expect(audit.append(call())).rejects.toMatchObject({ code: 'audit-closed' });
      expect(await verify()).toMatchObject({ rows: 2, problems: [] });
    });
  });
}
