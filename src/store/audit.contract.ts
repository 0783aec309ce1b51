import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AuditScene, call, newKeys } from './audit.fixture.ts';
import type { Audit } from './audit.ts';
import type { AuditKeys } from './audit-chain.ts';
import { verifyAudit } from './audit-verify.ts';
import type { Database } from './database.ts';

/** What the audit holds and detects, run against the embedded database and against a real server. */
export function describeAudit(name: string, open: () => Promise<Database>): void {
  describe(`the audit on ${name}`, () => {
    const scene = new AuditScene(open).use();
    /** Epochs of three processes, one after the other; the last still runs. */
    const threeEpochs = async (): Promise<readonly [Audit, Audit, Audit]> => {
      const audits: Audit[] = [];
      for (let index = 0; index < 3; index += 1) {
        const audit = await scene.begin();
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
      await using audit = await scene.begin();
      await audit.append(call({ input, outcome: 'denied', code: 'scope-denied', correlation: 'r-7' }));
      const [, row] = await scene.rowsOf(audit.epoch);
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
      expect(row?.entry).toHaveProperty('input', scene.keys.inputHash(input));
      expect(newKeys().inputHash(input)).not.toBe(scene.keys.inputHash(input));
    });

    it('hashes the same arguments to the same value in whatever order they are written', () => {
      expect(scene.keys.inputHash({ b: 1, a: [{ d: 2, c: 3 }] })).toBe(
        scene.keys.inputHash({ a: [{ c: 3, d: 2 }], b: 1 }),
      );
      expect(scene.keys.inputHash({ a: 1 })).not.toBe(scene.keys.inputHash({ a: '1' }));
    });

    it('finds nothing wrong with chains that were left alone, running, closed or killed', async () => {
      const killed = await scene.begin();
      await Promise.all(Array.from({ length: 450 }, () => killed.append(call())));
      const [, , running] = await threeEpochs();
      expect(await scene.verify()).toMatchObject({ rows: 1 + 450 + 7 + 7 + 6, epochs: 4, headFiles: 4, problems: [] });
      await running[Symbol.asyncDispose]();
      await killed[Symbol.asyncDispose]();
      expect(await scene.kinds()).toEqual([]);
    });

    it('commits a row before its append resolves, and numbers rows without a gap', async () => {
      await using audit = await scene.begin();
      await Promise.all(
        Array.from({ length: 30 }, async (_, index) => {
          await audit.append(call({ client: `client ${index}` }));
          expect(
            await scene.database.query(`select from castellan.audit where entry->>'client' = $1`, [`client ${index}`]),
          ).toHaveLength(1);
        }),
      );
      expect((await scene.rowsOf(audit.epoch)).map(({ seq }) => seq)).toEqual(
        Array.from({ length: 31 }, (_, index) => index),
      );
    });

    it('takes any label a client gives itself', async () => {
      await using audit = await scene.begin();
      for (const client of ['\u0000', '\ud800', 'x'.repeat(1_000_000), '🏰'.repeat(500), '"\\\n', '']) {
        await audit.append(call({ client, correlation: client }));
      }
      expect(await scene.verify()).toMatchObject({ rows: 7, problems: [] });
    });

    describe('detects', () => {
      it('an edited row', async () => {
        const [, second] = await threeEpochs();
        await scene.tamper(
          `update castellan.audit set entry = jsonb_set(entry, '{outcome}', '"denied"') where epoch = $1 and seq = 3`,
          [second.epoch],
        );
        expect((await scene.verify()).problems).toEqual([
          expect.objectContaining({ kind: 'edited-row', epoch: second.epoch, seq: 3 }),
        ]);
      });

      it('a row moved to another place', async () => {
        const [, second] = await threeEpochs();
        await scene.tamper(
          `update castellan.audit set seq = case seq when 2 then 102 else 103 end where epoch = $1 and seq in (2, 3)`,
          [second.epoch],
        );
        await scene.tamper(
          `update castellan.audit set seq = case seq when 102 then 3 else 2 end where epoch = $1 and seq in (102, 103)`,
          [second.epoch],
        );
        expect(await scene.kinds()).toContain('edited-row');
      });

      it('a row taken out of the middle', async () => {
        const [, second] = await threeEpochs();
        await scene.tamper('delete from castellan.audit where epoch = $1 and seq = 3', [second.epoch]);
        expect((await scene.verify()).problems).toEqual([
          expect.objectContaining({ kind: 'missing-row', epoch: second.epoch, seq: 3 }),
        ]);
      });

      it('a row added by who has the database but not the key', async () => {
        const [, , third] = await threeEpochs();
        await scene.database.query(
          `insert into castellan.audit select epoch, seq + 1, entry, hash from castellan.audit where epoch = $1 order by seq desc limit 1`,
          [third.epoch],
        );
        expect(await scene.kinds()).toEqual(['edited-row']);
      });

      it('a chain recomputed with another key', async () => {
        const [, second] = await threeEpochs();
        await recompute(second.epoch, newKeys());
        expect(await scene.kinds()).toContain('edited-row');
      });

      it('a chain recomputed with the right key, by the anchors in the chains after it', async () => {
        const [, second] = await threeEpochs();
        await recompute(second.epoch, scene.keys);
        rmSync(scene.heads, { recursive: true });
        expect((await scene.verify()).problems).toEqual([
          expect.objectContaining({ kind: 'rewritten-chain', epoch: second.epoch }),
        ]);
      });

      it('the latest chain recomputed with the right key, by its head file', async () => {
        const [, , third] = await threeEpochs();
        await recompute(third.epoch, scene.keys);
        expect((await scene.verify()).problems).toEqual([
          expect.objectContaining({
            kind: 'rewritten-chain',
            epoch: third.epoch,
            message: expect.stringContaining('head file'),
          }),
        ]);
      });

      it('a tail cut off the only chain there is, by its head file', async () => {
        const audit = await scene.begin();
        await audit.append(call());
        await audit.append(call());
        await scene.tamper('delete from castellan.audit where seq = 2');
        expect((await scene.verify()).problems).toEqual([
          expect.objectContaining({ kind: 'cut-tail', epoch: audit.epoch, seq: 2 }),
        ]);
        await audit[Symbol.asyncDispose]();
        expect(await scene.kinds()).toEqual(['missing-row']);
      });

      it('a tail cut off an older chain, also without head files', async () => {
        const [first] = await threeEpochs();
        await scene.tamper('delete from castellan.audit where epoch = $1 and seq > 2', [first.epoch]);
        rmSync(scene.heads, { recursive: true });
        expect(await scene.kinds()).toEqual(['cut-tail']);
      });

      it('a chain that was removed whole, also without head files', async () => {
        const [, second] = await threeEpochs();
        await scene.tamper('delete from castellan.audit where epoch = $1', [second.epoch]);
        rmSync(scene.heads, { recursive: true });
        expect((await scene.verify()).problems).toEqual([
          expect.objectContaining({ kind: 'removed-epoch', epoch: second.epoch }),
        ]);
      });

      it('all chains removed, by the head files', async () => {
        await threeEpochs();
        await scene.tamper('delete from castellan.audit');
        expect(await scene.kinds()).toEqual(['removed-epoch', 'removed-epoch', 'removed-epoch']);
      });

      it('a guard switched off or taken away', async () => {
        await scene.database.query('alter table castellan.audit disable trigger user');
        expect(await scene.kinds()).toEqual(['guard-missing']);
        await scene.database.query('drop trigger append_only on castellan.audit');
        expect(await scene.kinds()).toEqual(['guard-missing']);
      });

      it('a head file that is no longer one', async () => {
        const [first] = await threeEpochs();
        writeFileSync(join(scene.heads, `${first.epoch}.json`), '{}');
        expect(await scene.kinds()).toEqual(['unreadable-head']);
      });

      it('a chain written with another key than the one at hand', async () => {
        await threeEpochs();
        const { problems } = await verifyAudit(scene.database, newKeys(), scene.heads);
        expect(problems.map(({ kind }) => kind)).toEqual(['foreign-key', 'foreign-key', 'foreign-key']);
      });

      /** Changes the second row of a chain and makes all that follows fit. */
      const recompute = async (epoch: string, with_: AuditKeys): Promise<void> => {
        let previous = '';
        for (const row of await scene.rowsOf(epoch)) {
          const entry = row.seq === 1 ? { ...(row.entry as object), tool: 'memory_search' } : row.entry;
          const hash = with_.rowHash(previous, { epoch, seq: row.seq, entry });
          await scene.tamper('update castellan.audit set entry = $3, hash = $4 where epoch = $1 and seq = $2', [
            epoch,
            row.seq,
            entry,
            hash,
          ]);
          previous = hash;
        }
      };
    });
  });
}
