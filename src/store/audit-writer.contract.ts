import { readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AuditScene, call } from './audit.fixture.ts';
import type { Audit } from './audit.ts';
import { createHeadFile } from './audit-heads.ts';
import type { Database } from './database.ts';

const anchorEntry = z.object({ kind: z.literal('anchor'), heads: z.array(z.object({ epoch: z.string() })) });

/** How a process writes its chain, and what it does when it cannot. */
export function describeAuditWriter(name: string, open: () => Promise<Database>): void {
  describe(`writing the audit on ${name}`, () => {
    const scene = new AuditScene(open).use();

    it('names the moved heads of other running chains in this one, each once', async () => {
      await using first = await scene.begin();
      await using second = await scene.begin();
      await first.append(call());
      await scene.database.query('alter table castellan.audit add constraint stop check (seq < 1) not valid');
      await expect(second.anchor()).rejects.toMatchObject({ code: 'audit-write-failed' });
      await scene.database.query('alter table castellan.audit drop constraint stop');
      await second.anchor();
      await second.anchor();
      const anchors = (await scene.rowsOf(second.epoch)).map(({ entry }) => entry).slice(1);
      expect(anchors).toEqual([
        { kind: 'anchor', at: expect.any(String), heads: [expect.objectContaining({ epoch: first.epoch, seq: 1 })] },
      ]);
      await scene.tamper('delete from castellan.audit where epoch = $1 and seq = 1', [first.epoch]);
      unlinkSync(join(scene.heads, `${first.epoch}.json`));
      expect(await scene.kinds()).toEqual(['cut-tail']);
    });

    /** Epochs named by the anchors of a chain. */
    const anchoredBy = async (audit: Audit): Promise<readonly string[]> =>
      (await scene.rowsOf(audit.epoch))
        .flatMap(({ entry }) => anchorEntry.safeParse(entry).data?.heads ?? [])
        .map((head) => head.epoch);

    it('has chains that run at the same time anchor each other by themselves, as replicas on one server do', async () => {
      const database: Database = { ...scene.database, kind: 'postgres' };
      await using first = await scene.begin({ database, anchorEveryMs: 25 });
      await using second = await scene.begin({ database, anchorEveryMs: 25 });
      for (const audit of [first, second]) await audit.append(call());
      await expect.poll(() => anchoredBy(first), { timeout: 10_000 }).toContain(second.epoch);
      await expect.poll(() => anchoredBy(second), { timeout: 10_000 }).toContain(first.epoch);
      expect(await scene.kinds()).toEqual([]);
    });

    it('rests while nothing but anchors is added: idle replicas do not fill the table', async () => {
      await using first = await scene.begin();
      await using second = await scene.begin();
      for (const audit of [first, second]) await audit.append(call());
      for (let beat = 0; beat < 10; beat += 1) for (const audit of [first, second]) await audit.anchor();
      expect([await anchoredBy(first), await anchoredBy(second)]).toEqual([[second.epoch], [first.epoch]]);
      await second.append(call());
      for (let beat = 0; beat < 10; beat += 1) for (const audit of [second, first]) await audit.anchor();
      expect(await anchoredBy(first)).toEqual([second.epoch, second.epoch]);
    });

    it('keeps one head file per epoch, as long as it was, naming its last row', async () => {
      await using audit = await scene.begin();
      await audit.append(call());
      const [file = ''] = readdirSync(scene.heads);
      const before = readFileSync(join(scene.heads, file), 'utf8');
      await Promise.all(Array.from({ length: 150 }, () => audit.append(call())));
      const after = readFileSync(join(scene.heads, file), 'utf8');
      expect(after).toHaveLength(before.length);
      expect(JSON.parse(after)).toMatchObject({ epoch: audit.epoch, seq: 151 });
    });

    it('fails the append when the head file cannot be written, and goes on when it can again', async () => {
      let full = false;
      await using audit = await scene.begin({
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
      expect(await scene.verify()).toMatchObject({ rows: 3, problems: [] });
    });

    it('does not begin without a head file', async () => {
      writeFileSync(scene.heads, 'where the folder should be');
      await expect(scene.begin()).rejects.toMatchObject({ code: 'audit-write-failed' });
      expect(await scene.database.query('select from castellan.audit')).toEqual([]);
    });

    it('fails the append when the row cannot be written, and chains on behind the last row that was', async () => {
      await using audit = await scene.begin();
      await scene.database.query('alter table castellan.audit rename to elsewhere');
      await expect(audit.append(call())).rejects.toMatchObject({ code: 'audit-write-failed' });
      await scene.database.query('alter table castellan.elsewhere rename to audit');
      await audit.append(call());
      expect(await scene.verify()).toMatchObject({ rows: 2, problems: [] });
    });

    it('chains on behind a row of which it was not told that it was committed', async () => {
      const lossy: Database = {
        ...scene.database,
        [Symbol.asyncDispose]: async () => undefined,
        query: async (sql, parameters) => {
          const rows = await scene.database.query<never>(sql, parameters);
          if (answerLost && sql.startsWith('insert')) throw new Error('connection lost');
          return rows;
        },
      };
      let answerLost = false;
      await using audit = await scene.begin({ database: lossy });
      answerLost = true;
      await expect(audit.append(call({ client: 'unanswered' }))).rejects.toMatchObject({ code: 'audit-write-failed' });
      answerLost = false;
      await audit.append(call());
      expect(await scene.verify()).toMatchObject({ rows: 3, problems: [] });
    });

    it('chains on behind a row that is committed only after it was given up', async () => {
      let late: (() => Promise<unknown>) | undefined;
      let losing = 0;
      const slow: Database = {
        ...scene.database,
        [Symbol.asyncDispose]: async () => undefined,
        query: async (sql, parameters) => {
          if (!sql.startsWith('insert')) return scene.database.query<never>(sql, parameters);
          if (losing > 0) {
            losing -= 1;
            late ??= () => scene.database.query(sql, parameters);
            throw new Error('connection lost');
          }
          await late?.();
          late = undefined;
          return scene.database.query<never>(sql, parameters);
        },
      };
      await using audit = await scene.begin({ database: slow });
      losing = 2;
      for (const client of ['late', 'lost', 'refused because the late one came first']) {
        await expect(audit.append(call({ client }))).rejects.toMatchObject({ code: 'audit-write-failed' });
      }
      await audit.append(call());
      expect(await scene.verify()).toMatchObject({ rows: 3, problems: [] });
    });

    it('answers nothing more once somebody else wrote into its chain', async () => {
      const audit = await scene.begin();
      await scene.database.query('insert into castellan.audit values ($1, 1, $2, $3)', [
        audit.epoch,
        {},
        'f'.repeat(64),
      ]);
      await expect(audit.append(call())).rejects.toMatchObject({ code: 'audit-write-failed' });
      await expect(audit.append(call())).rejects.toMatchObject({ code: 'audit-broken' });
      await expect(audit[Symbol.asyncDispose]()).rejects.toMatchObject({ code: 'audit-broken' });
    });

    it('refuses an append inside a transaction instead of waiting for it for ever', async () => {
      await using audit = await scene.begin();
      await expect(scene.database.transaction(() => audit.append(call()))).rejects.toMatchObject({
        code: 'database-query-beside-transaction',
      });
    });

    it('takes no row after it was closed', async () => {
      const audit = await scene.begin();
      await audit[Symbol.asyncDispose]();
      await expect(audit.append(call())).rejects.toMatchObject({ code: 'audit-closed' });
      expect(await scene.verify()).toMatchObject({ rows: 2, problems: [] });
    });
  });
}
