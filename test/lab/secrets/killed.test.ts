import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RequestView, SecretWish } from '../../../src/change/wire/secret.ts';
import * as api from '../../../src/keep/console/api.ts';
import { createKnownValues } from '../../../src/redaction/known/known-values.ts';
import { ask, someone } from '../keep/ask-keep.ts';
import type { Human } from '../keep/human.ts';
import { describeWithLab } from '../use-lab.ts';
import { tellVault } from '../vault/vault-api.ts';
import { startBelted } from './belted-keep.ts';
import { openStage, type Stage } from './own-stage.ts';

/** A keep that is killed between a signature and what it allows, and a fingerprinter that is killed at all. */
await describeWithLab('processes that know of secrets, killed', (lab) => {
  const name = `killed-${randomBytes(4).toString('hex')}`;
  const value = randomBytes(18).toString('base64url');
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage(lab);
    for (const one of ['shown', 'early', 'late']) await stage.write(`apps/${name}/${one}`, { password: value });
    await stage.keep.start();
    // The hook's own time ends it.
    while ((await stage.known()).state !== 'ready') await sleep(200);
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  const place = (of: string) => ({ mount: 'secret', path: `apps/${name}/${of}`, key: 'password' });
  const asked = async (wish: SecretWish): Promise<RequestView> => {
    const { requests } = await ask(stage.keep, { verb: 'request', by: someone, wish, reason: 'the suite asks' });
    const [view] = requests ?? [];
    if (view === undefined) throw new Error('the keep took no request');
    return view;
  };
  const standing = async (id: string) => {
    const { requests } = await ask(stage.keep, { verb: 'status', of: 'request', id, waitMs: 0 });
    return requests?.[0];
  };
  /** What a human's browser sends for it. */
  const signed = async (human: Human, subject: object) => {
    const { document, options } = api.draft.parse(await human.post('/api/documents', subject));
    const { credential: id, ...response } = stage.keep.approvers[0]?.approval.assert(options.challenge) ?? {};
    return { document, assertion: { id, response } };
  };
  const versionOf = async (of: string): Promise<unknown> => {
    const { path } = place(of);
    const answer = await tellVault(stage.own.root, 'GET', `secret/metadata/${path}`);
    return Object(Object(answer)['data'])['current_version'];
  };
  const passwordAt = async (of: string): Promise<unknown> => {
    const answer = await tellVault(stage.own.root, 'GET', `secret/data/${place(of).path}`);
    return Object(Object(Object(answer)['data'])['data'])['password'];
  };

  it('a keep, while a value is on its way to it and two are on theirs to Vault: each is over, and happened once at most', async () => {
    const human = await stage.keep.human();
    const door = stage.doors['castellan-keep'];
    const reveal = await asked({ kind: 'reveal', of: place('shown') });
    const writes = {
      early: await asked({ kind: 'write', of: place('early') }),
      late: await asked({ kind: 'write', of: place('late') }),
    };
    const typed = { early: randomBytes(18).toString('base64url'), late: randomBytes(18).toString('base64url') };

    const released = Promise.withResolvers<void>();
    const isWrite =
      (of: string) =>
      ({ method, path }: { method: string; path: string }) =>
        method === 'PATCH' && path.endsWith(`/${of}`);
    const isUnwrap = ({ path }: { path: string }) => path === 'sys/wrapping/unwrap';
    door.fault = (seen) => {
      const until = released.promise;
      if (isUnwrap(seen) || isWrite('late')(seen)) return { kind: 'hold', what: 'reply', until };
      return isWrite('early')(seen) ? { kind: 'hold', what: 'request', until } : undefined;
    };
    const came = Promise.all([door.came(isUnwrap), door.came(isWrite('early')), door.came(isWrite('late'))]);

    const sent: { readonly path: string; readonly body: object }[] = [];
    sent.push({
      path: `/api/requests/${reveal.id}/reveal`,
      body: await signed(human, { kind: 'reveal', request: reveal.id }),
    });
    for (const of of ['early', 'late'] as const) {
      const salt = randomBytes(32);
      const commitment = createHash('sha256').update(salt).update(typed[of], 'utf8').digest('hex');
      const { id } = writes[of];
      const signature = await signed(human, { kind: 'write', request: id, commitment });
      sent.push({
        path: `/api/requests/${id}/write`,
        body: { ...signature, value: typed[of], salt: salt.toString('base64url') },
      });
    }
    const answers = Promise.allSettled(sent.map(({ path, body }) => human.post(path, body)));
    await came;
    for (const { id } of [reveal, writes.early, writes.late]) expect((await standing(id))?.state).toBe('signed');
    await stage.keep.stop('SIGKILL');
    for (const { status } of await answers) expect(status).toBe('rejected');

    await stage.keep.start();
    // What was on its way may arrive at Vault now that nobody waits for it.
    released.resolve();
    door.fault = () => undefined;
    expect(await standing(reveal.id)).toMatchObject({
      state: 'failed',
      why: expect.stringMatching(/ended in the middle of it: the value may have been shown.*not tried again/),
    });
    for (const of of ['early', 'late'] as const) {
      expect(await standing(writes[of].id)).toMatchObject({
        state: 'failed',
        why: expect.stringMatching(/ended in the middle of it: .*not known: look whether there is a version 2/),
      });
      await expect.poll(() => versionOf(of)).toBe(2);
      expect(await passwordAt(of)).toBe(typed[of]);
    }

    // The same signatures once more, by whoever kept them: nothing is shown, nothing is written.
    const before = door.seen.length;
    const again = await stage.keep.human();
    for (const { path, body } of sent) {
      await expect(again.post(path, body)).rejects.toThrow(/approval-refused|approval-spent|request-over/);
    }
    const since = door.seen.slice(before);
    expect(since.filter((seen) => seen.wrapped || isUnwrap(seen) || seen.method === 'PATCH')).toEqual([]);
    for (const of of ['early', 'late']) expect(await versionOf(of)).toBe(2);

    const nonces = sent.map(({ body }) => String(Object(JSON.parse(String(Object(body)['document'])))['nonce']));
    const spent = readFileSync(join(stage.keep.state, 'spent'), 'utf8');
    for (const nonce of nonces) expect(spent.split(nonce)).toHaveLength(2);
    const log = stage.keep.printed.join('\n');
    for (const secret of [value, ...Object.values(typed)]) expect(log).not.toContain(secret);
  });

  it('a fingerprinter: the keep says that it is away, masks what it knew, and takes it up again', async () => {
    await stage.fingerprinter.stop('SIGKILL');
    await expect.poll(async () => (await stage.known()).state).toBe('away');
    const { set, why } = await stage.known();
    expect(why).toMatch(/fingerprinter/);
    const known = createKnownValues();
    if (set !== undefined) known.load(set);
    expect(known.hits(`login with ${value} failed`, 'others').length).toBeGreaterThan(0);
    await expect
      .poll(stage.problems, { timeout: 60_000 })
      .toContainEqual(expect.stringMatching(/fingerprinter is away/));
    await stage.fingerprinter.start();
    await expect.poll(async () => (await stage.known()).state).toBe('ready');
    await expect.poll(stage.problems).toEqual([]);
  });

  it.each([['with a user of its own'], ['as the user of the keep']])(
    'one that the keep started, %s, ends with it, also with one that is killed',
    async (whose) => {
      await stage.keep.stop();
      await stage.fingerprinter.stop();
      const uid = whose === 'as the user of the keep' ? undefined : stage.fingerprinter.user;
      await using started = await startBelted(stage, uid);
      const child = started.child();
      expect(child).toMatchObject({ uid: uid ?? 0 });
      await expect.poll(async () => (await stage.known()).state).toBe('ready');
      process.kill(child?.pid ?? -1, 'SIGKILL');
      await expect.poll(() => started.child()?.pid).not.toBe(child?.pid);
      await expect.poll(async () => (await stage.known()).state).toBe('ready');
      const pid = started.child()?.pid ?? -1;
      await started.stop(uid === undefined ? 'SIGTERM' : 'SIGKILL');
      await expect.poll(() => isAlive(pid)).toBe(false);
    },
  );
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // No such process.
  }
}
