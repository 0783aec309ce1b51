import { appendFileSync, copyFileSync, cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identityToRecipient } from 'age-encryption';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ChangeView } from '../../../src/change/wire/change.ts';
import {
  type createAuthenticator,
  createSoftApprover,
  type Overrides,
} from '../../../src/keep/approvers/authenticator.fixture.ts';
import * as api from '../../../src/keep/console/api.ts';
import { readEncrypted, writeEncrypted } from '../../../src/keep/sealed/age-file.ts';
import { longestSealed, unwrap, wrap } from '../../../src/keep/sealed/envelope.ts';
import type { SealedWork } from '../../../src/keep/sealed/port.ts';
import { openEmbeddedDatabase } from '../../../src/store/pglite.ts';
import type { LabEnv } from '../lab-env.ts';
import { describeWithLab } from '../use-lab.ts';
import { ask, onlyOf, proposedChange, restored, settled, someone, standing } from './ask-keep.ts';
import type { Human } from './human.ts';
import { appOf, generationOf, memoryOf, setMemory } from './media.ts';
import { prepareKeep, type ScratchKeep } from './scratch-keep.ts';

const script = 'stacks/media/after.sh';
const said = 'echo the media stack was applied';

/** Signatures that are none, and worlds that are not the one that was signed: nothing is applied. */
await describeWithLab('what is not exactly what was signed', (lab) => {
  let keep: ScratchKeep;
  let human: Human;
  beforeAll(async () => {
    keep = await prepareKeep(lab, {
      prepare: async (infra) => void (await infra.commit('media: a script', { [script]: `#!/bin/sh\n${said}\n` })),
    });
    await keep.start();
    human = await keep.human();
    await restored(keep, human, ['stacks/media']);
  });
  afterAll(() => keep[Symbol.asyncDispose]());

  const app = () => appOf(keep.infra.read('stacks/media/main.tf'), 'request page');
  const limit = () => memoryOf(lab, app());
  const written = () => generationOf(lab, app());
  /** Another size than the one that is there. */
  const proposal = async (): Promise<ChangeView> => {
    await keep.infra.pull();
    const size = (await limit()) === '96Mi' ? '64Mi' : '96Mi';
    const patch = await keep.infra.patch({ 'stacks/media/main.tf': setMemory('request page', size) });
    const proposed = onlyOf(await proposedChange(keep, { patch }));
    expect([proposed.state, proposed.why]).toEqual(['awaiting-approval', undefined]);
    return proposed;
  };
  const withdraw = (id: string) => ask(keep, { verb: 'withdraw', by: someone, id });
  const draft = async (set: string, by = human) =>
    api.draft.parse(await by.post('/api/documents', { kind: 'approve', set }));
  const send = (
    document: string,
    { credential: id, ...response }: ReturnType<ReturnType<typeof createAuthenticator>['assert']>,
    by = human,
  ) => by.post('/api/documents/sign', { document, assertion: { id, response } });
  const approver = (index: number) => {
    const found = keep.approvers[index];
    if (found === undefined) throw new Error('nobody is enrolled');
    return found;
  };
  const ada = () => approver(0);

  describe('a signature', () => {
    let set: string;
    let before: number;
    beforeAll(async () => {
      set = (await proposal()).set;
      before = await written();
    });
    afterEach(async () => {
      expect(onlyOf(await standing(keep, set))).toMatchObject({ state: 'awaiting-approval', approvedBy: [] });
      expect(await written()).toBe(before);
    });
    afterAll(() => withdraw(set));

    it.each<[string, Overrides, RegExp]>([
      ['of another port', { origin: 'http://castellan.localhost:1' }, /another page/],
      ['of another host', { origin: 'https://castellan.example.net' }, /another page/],
      ['of another relying party', { rpId: 'localhost' }, /another site/],
      ['without verifying who is there', { userVerified: false }, /not verified/],
      ['without anybody there', { userPresent: false }, /nobody was present/],
      ['made while registering', { type: 'webauthn.create' }, /something else than to sign/],
      ['made in a frame of another page', { crossOrigin: true }, /inside the page of another/],
      ['over nothing', { challenge: 'AAAA' }, /signs something else/],
    ])('%s is refused, with the reason, and the keep’s log has it', async (_, overrides, why) => {
      const { document, options } = await draft(set);
      const forged = ada().approval.assert(overrides.challenge ?? options.challenge, overrides);
      const lines = keep.printed.length;
      const refusal = await send(document, forged).then(String, String);
      expect(refusal).toMatch(/approval-refused/);
      expect(refusal).toMatch(why);
      const told = () => keep.printed.slice(lines).filter((line) => line.includes('approval-refused'));
      await expect.poll(told).toEqual([expect.stringMatching(why)]);
      expect(told().join()).toContain('ada');
    });

    it('of a login passkey is refused, and so is one of a stranger', async () => {
      const { document, options } = await draft(set);
      await expect(send(document, ada().login.assert(options.challenge))).rejects.toThrow(/approval-refused/);
      const stranger = createSoftApprover(keep.relyingParty, 'ada').approval;
      await expect(send(document, stranger.assert(options.challenge))).rejects.toThrow(/approval-refused/);
      const posing = stranger.assert(options.challenge, { credential: ada().approval.passkey.id });
      await expect(send(document, posing)).rejects.toThrow(/approval-refused/);
    });

    it('over a document that was changed afterwards, or that the keep never wrote, is refused', async () => {
      const { document, options } = await draft(set);
      const assertion = ada().approval.assert(options.challenge);
      const forged = document.replace(/"expiresAt":"\d{4}/, '"expiresAt":"2999');
      expect(forged).not.toBe(document);
      await expect(send(forged, assertion)).rejects.toThrow(/approval-refused/);
      await expect(send(forged, ada().approval.signDocument(forged).assertion)).rejects.toThrow(/approval-refused/);
      await expect(send(`${document} `, assertion)).rejects.toThrow(/approval-refused/);
    });

    it('over another kind of document, or of another document of the kind, is no approval', async () => {
      const { document } = await draft(set);
      for (const kind of ['thaw', 'consent', 'break-glass']) {
        const other = document.replace('"kind":"approve"', `"kind":"${kind}"`);
        expect(other).not.toBe(document);
        await expect(send(other, ada().approval.signDocument(other).assertion)).rejects.toThrow(
          /approval-refused|console-refused/,
        );
      }
      const another = await draft(set);
      await expect(send(document, ada().approval.assert(another.options.challenge))).rejects.toThrow(
        /approval-refused: .*signs something else/,
      );
    });

    it('of one approver in the session of another, or of one who was revoked, is refused', async () => {
      const grace = await keep.human(1);
      const { document, options } = await draft(set, grace);
      const byGrace = approver(1).approval.assert(options.challenge);
      await expect(send(document, byGrace)).rejects.toThrow(/console-refused/);
      await human.sign({ kind: 'revoke', name: 'grace' });
      await expect(send(document, byGrace, grace)).rejects.toThrow(/console-login-needed/);
      await expect(send(document, byGrace)).rejects.toThrow(/console-refused/);
      await expect(keep.human(1)).rejects.toThrow(/login-refused/);
    });
  });

  describe('between the plan and its apply', () => {
    const refusedFor = async (
      disturb: (proposed: ChangeView) => Promise<() => Promise<void> | void>,
      why: RegExp,
    ): Promise<void> => {
      const proposed = await proposal();
      const { set } = proposed;
      const before = await written();
      const undo = await disturb(proposed);
      try {
        await human.sign({ kind: 'approve', set });
        const refused = onlyOf(await settled(keep, set));
        expect(refused).toMatchObject({ state: 'stale', why: expect.stringMatching(why) });
        expect(refused.apply).toBeUndefined();
        expect(await written()).toBe(before);
        expect(keep.printed.filter((line) => line.includes('apply.refused') && line.includes(refused.id))).not.toEqual(
          [],
        );
      } finally {
        await undo();
      }
    };

    it('the state is edited and keeps its serial', () =>
      refusedFor(async () => {
        const state = await readState(lab, 'media');
        const edited = state.replaceAll(/\b(64|96)Mi/g, '80Mi');
        expect(edited).not.toBe(state);
        await writeState(lab, 'media', edited);
        return () => writeState(lab, 'media', state);
      }, /state: it has the serial that was signed, and other content/));

    it.each(['provider', 'engine'] as const)('a program is exchanged: the %s', (name) =>
      refusedFor(async () => {
        const program = keep.programs[name];
        const kept = join(keep.configuration, 'kept');
        renameSync(program, kept); // It may be a link to the lab's own.
        copyFileSync(kept, program);
        appendFileSync(program, 'x');
        return () => renameSync(kept, program);
      }, /program .*: what is on disk is not what planned it/),
    );

    it('the sealed plan is damaged', () =>
      refusedFor(async ({ id }) => {
        const file = sealedOf(keep, id);
        const bytes = readFileSync(file);
        bytes.writeUInt8((bytes.at(-20) ?? 0) ^ 1, bytes.length - 20);
        writeFileSync(file, bytes);
        return () => undefined;
      }, /sealed: .*is not the one that was written/));

    it('the sealed plan is that of another change, in its place or inside it', async () => {
      const patch = await keep.infra.patch({
        'stacks/finance/main.tf': (text) =>
          text.replace(/memory( +)= "(\d+)Mi"/, (_, gap, size) => `memory${gap}= "${Number(size) + 32}Mi"`),
      });
      const other = onlyOf(await proposedChange(keep, { patch }));
      expect(other.state).toBe('awaiting-approval');
      await refusedFor(async ({ id }) => {
        copyFileSync(sealedOf(keep, other.id), sealedOf(keep, id));
        return () => undefined;
      }, /sealed: .*is not the one that was written/);
      const { plan } = await unsealed(keep, other.id);
      await refusedFor(async ({ id }) => {
        await seal(keep, id, { ...(await unsealed(keep, id)), plan });
        return () => undefined;
      }, /plan: the sealed plan has other bytes than what was signed/);
      await withdraw(other.id);
    });

    it.each([
      ['the script that an apply runs', said, said.replace('echo', 'true')],
      ['the lock file', '"h1:', '"h2:'],
    ])(
      'the sealed working directory has another one of its files, sealed anew with the keep’s key: %s',
      (_, from, to) =>
        refusedFor(async ({ id }) => {
          const work = await unsealed(keep, id);
          const workdir = Buffer.from(work.workdir);
          const at = workdir.indexOf(from);
          expect(at).toBeGreaterThan(0);
          workdir.write(to, at);
          await seal(keep, id, { ...work, workdir });
          return () => undefined;
        }, /workdir: the sealed working directory has other bytes than what was signed/),
    );

    it('the branch moves inside the stack', async () => {
      const { set } = await proposal();
      const before = await written();
      const { document, options } = await draft(set);
      await keep.infra.commit('by hand', { 'stacks/media/main.tf': (text) => `${text}\n# by hand\n` });
      const refusal = await send(document, ada().approval.assert(options.challenge)).then(
        async () => onlyOf(await settled(keep, set)).why,
        String,
      );
      expect(refusal).toMatch(/branch moved|is stale/);
      const left = onlyOf(await settled(keep, set));
      expect(left).toMatchObject({
        state: 'stale',
        why: expect.stringMatching(/the branch moved|the branch: |branch: /),
      });
      expect(await written()).toBe(before);
      await human.sign({ kind: 'adopt', commit: await keep.infra.head() });
    });
  });

  describe('in the database', () => {
    /** Edits the rows of a keep that is stopped, and gives what is shown of the change once it is started again. */
    const edited = async (statement: string, parameters: readonly unknown[], set: string): Promise<ChangeView> => {
      await keep.stop();
      const copy = `${keep.state}/../db-edited`;
      cpSync(join(keep.state, 'db'), copy, { recursive: true, preserveTimestamps: true });
      {
        await using database = await openEmbeddedDatabase(copy);
        await database.query(statement, parameters);
      }
      keep.restoreDatabase(copy);
      rmSync(copy, { recursive: true });
      await keep.start();
      human = await keep.human();
      return onlyOf(await settled(keep, set));
    };
    const asApproved = `update castellan.change set state = 'approved', view = jsonb_set(view, '{state}', '"approved"')`;

    it('a change is written down as approved that nobody signed', async () => {
      const { set, id } = await proposal();
      const before = await written();
      const refused = await edited(`${asApproved} where id = $1`, [id], set);
      expect(refused).toMatchObject({ state: 'stale', why: expect.stringMatching(/what was signed/) });
      expect(await written()).toBe(before);
    });

    it('a change has the signature of another, or the other’s is good once', async () => {
      const first = await proposal();
      const { document, options } = await draft(first.set);
      const { credential, ...response } = ada().approval.assert(options.challenge);
      const signed = { document, assertion: { id: credential, response } };
      await human.post('/api/documents/sign', signed);
      await expect(human.post('/api/documents/sign', signed)).rejects.toThrow(/approval-refused/);
      expect(onlyOf(await settled(keep, first.set))).toMatchObject({ state: 'landed', approvedBy: ['ada'] });
      await expect(human.post('/api/documents/sign', signed)).rejects.toThrow(/approval-refused/);

      const second = await proposal();
      const before = await written();
      const refused = await edited(
        `${asApproved}, record = jsonb_set(record, '{signatures}',
           (select record->'signatures' from castellan.change where id = $2)) where id = $1`,
        [second.id, first.id],
        second.set,
      );
      expect(refused).toMatchObject({ state: 'stale', why: expect.stringMatching(/was signed/) });
      expect(await written()).toBe(before);
    });

    it('all of it is put back to where it was approved, after the apply: nothing is applied again', async () => {
      const { set } = await proposal();
      const freeze = join(keep.freeze, 'stop');
      writeFileSync(freeze, '');
      await ask(keep, { verb: 'status', of: 'keep' });
      await human.sign({ kind: 'approve', set });
      const waits = async () => onlyOf(await standing(keep, set));
      await expect.poll(async () => (await waits()).why ?? '').toMatch(/frozen/);
      await keep.stop();
      const copy = `${keep.state}/../db-approved`;
      cpSync(join(keep.state, 'db'), copy, { recursive: true, preserveTimestamps: true });
      await keep.start();
      human = await keep.human();
      rmSync(freeze);
      await human.sign({ kind: 'thaw' });
      expect(onlyOf(await settled(keep, set))).toMatchObject({ state: 'landed' });
      const [serial, generation] = [serialOf(await readState(lab, 'media')), await written()];

      await keep.stop();
      keep.restoreDatabase(copy);
      rmSync(copy, { recursive: true });
      await keep.start();
      human = await keep.human();
      expect(await waits()).toMatchObject({ state: 'approved', why: expect.stringMatching(/frozen/) });
      await human.sign({ kind: 'thaw' });
      expect(onlyOf(await settled(keep, set))).toMatchObject({
        state: 'stale',
        why: expect.stringMatching(/applied before, or begun/),
      });
      expect([serialOf(await readState(lab, 'media')), await written()]).toEqual([serial, generation]);
    });
  });
});

function sealedOf({ state }: ScratchKeep, change: string): string {
  return join(state, 'sealed', `${change}.age`);
}

/** With the key that only the keep has: as whoever took it over would. */
const keyOf = ({ state }: ScratchKeep): string => readFileSync(join(state, 'keys', 'plan.age'), 'utf8').trim();

async function unsealed(keep: ScratchKeep, change: string): Promise<SealedWork> {
  const bytes = await readEncrypted(sealedOf(keep, change), keyOf(keep), longestSealed);
  return unwrap(change, bytes ?? Buffer.alloc(0));
}

async function seal(keep: ScratchKeep, change: string, work: SealedWork): Promise<void> {
  const file = sealedOf(keep, change);
  await writeEncrypted(file, await identityToRecipient(keyOf(keep)), wrap(change, work));
  keep.give(file);
}

function serialOf(state: string): unknown {
  return Reflect.get(Object(JSON.parse(state)), 'serial');
}

async function readState(lab: LabEnv, stack: string): Promise<string> {
  return withStates(lab, async (client) => {
    const { rows } = await client.query<{ data: string }>(`select data from "${stack}".states`);
    const [row, ...others] = rows;
    if (row === undefined || others.length > 0) throw new Error(`${stack} has ${rows.length} states`);
    return row.data;
  });
}

async function writeState(lab: LabEnv, stack: string, text: string): Promise<void> {
  await withStates(lab, (client) => client.query(`update "${stack}".states set data = $1`, [text]));
}

async function withStates<Result>(lab: LabEnv, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client(lab.postgres?.state);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
