import { describe, expect, it } from 'vitest';
import type { KeepClient } from '../../src/change/wire/keep-port.ts';
import { callTool } from './keep.fixture.ts';
import { keepSocket } from './keep-socket.ts';
import { owner } from './owner.ts';
import { plan } from './plan.ts';
import { report } from './report.ts';
import { show } from './show.ts';

/** A keep under contract, whichever it is: it has the stack stacks/mail, and plans what is proposed for it. */
export interface Contracted {
  readonly path: string;
  /** A change of stacks/mail that it plans. */
  readonly patch: string;
}

const { signal } = new AbortController();
const by = { agent: 'agent:claude', human: 'human:robin' };

/** What the tools rely on, run against the scripted keep and against a real one: a script that lies fails here. */
export function keepContract(title: string, open: () => Contracted): void {
  const client = (): KeepClient => keepSocket(open().path);

  describe(title, () => {
    it('tells of itself', async () => {
      const { keep } = await client().ask({ verb: 'status', of: 'keep' }, signal);
      expect(keep).toMatchObject({ version: expect.any(String), problems: [] });
      expect(keep.trustedBase?.commit).toMatch(/^[0-9a-f]{40}$/);
    });

    it('tells of its stacks, of one by the last part of its name, and of none where it has none of that name', async () => {
      const all = await client().ask({ verb: 'status', of: 'stacks' }, signal);
      expect(all.stacks?.map(({ stack }) => stack)).toContain('stacks/mail');
      const one = await client().ask({ verb: 'status', of: 'stacks', stack: 'mail' }, signal);
      expect(one.stacks?.map(({ stack }) => stack)).toEqual(['stacks/mail']);
      const none = await client().ask({ verb: 'status', of: 'stacks', stack: 'no-such-stack' }, signal);
      expect(none.stacks).toEqual([]);
    });

    it('takes a proposal, and tells of its run until it ends', async () => {
      const { patch } = open();
      const { run } = await client().ask({ verb: 'propose', kind: 'plan', by, stack: 'mail', patch }, signal);
      expect(run).toMatchObject({ agent: by.agent, human: by.human });
      const id = run?.id ?? '';
      const ended = await client().ask({ verb: 'status', of: 'run', id, waitMs: 30_000 }, signal);
      expect(ended.run).toMatchObject({ id, state: 'planned', stack: 'stacks/mail' });
    });

    it('takes a change, and tells of its set until a human has to decide', async () => {
      const { patch } = open();
      const { changes = [] } = await client().ask(
        { verb: 'propose', kind: 'change', by, stacks: [], patch, reason: 'r', expect: [] },
        signal,
      );
      expect(changes).toMatchObject([{ agent: by.agent, human: by.human, of: 1, order: 1 }]);
      const id = changes[0]?.set ?? '';
      await expect
        .poll(async () => {
          const asked = { verb: 'status', of: 'change', id, waitMs: 5_000 } as const;
          return (await client().ask(asked, signal)).changes?.map(({ state }) => state);
        })
        .toEqual(['awaiting-approval']);
      const listed = await client().ask({ verb: 'status', of: 'changes', limit: 5 }, signal);
      expect(listed.changes?.map(({ set }) => set)).toContain(id);
    });

    it('knows no change that there is not', async () => {
      const id = `chg_${'a'.repeat(26)}`;
      const asked = client().ask({ verb: 'status', of: 'change', id, waitMs: 0 }, signal);
      await expect(asked).rejects.toMatchObject({ code: 'change-unknown', audience: 'agent' });
      await expect(client().ask({ verb: 'withdraw', by, id }, signal)).rejects.toMatchObject({
        code: 'change-unknown',
      });
    });

    it('knows no run that there is not', async () => {
      const asked = client().ask({ verb: 'status', of: 'run', id: `run_${'a'.repeat(26)}`, waitMs: 0 }, signal);
      await expect(asked).rejects.toMatchObject({ code: 'run-unknown', audience: 'agent' });
    });

    it('answers about an object that nobody has', async () => {
      const asked = { verb: 'status', of: 'object', kind: 'Deployment', namespace: 'mail', name: 'nothing' } as const;
      expect((await client().ask(asked, signal)).object?.stack).toBeUndefined();
    });

    it('has no edit for an object that nobody has, and none for a Secret, whoever has it', async () => {
      const wishes = [{ path: ['spec', 'replicas'], value: 3 }];
      const asked = (kind: string) =>
        ({ verb: 'status', of: 'edit', object: { kind, namespace: 'mail', name: 'nothing' }, wishes }) as const;
      const { edit } = await client().ask(asked('Deployment'), signal);
      expect(edit).toEqual({ is: 'refused', why: 'no-owner', others: [] });
      expect((await client().ask(asked('Secret'), signal)).edit).toEqual({ is: 'refused', why: 'secret', others: [] });
    });

    it('serves every tool', async () => {
      const { patch, path } = open();
      expect((await callTool(plan, { path }, { stack: 'mail', patch })).text).toMatch(
        /^run_[a-z2-7]{26} · stacks\/mail: /,
      );
      expect((await callTool(show, { path })).text).toContain('stacks/mail');
      expect((await callTool(show, { path }, { stack: 'mail' })).text).toMatch(/^stacks\/mail: /);
      await expect(callTool(show, { path }, { stack: 'mial' })).rejects.toMatchObject({
        code: 'stack-not-found',
        next: expect.stringContaining('stacks/mail'),
      });
      expect((await callTool(owner, { path }, { target: 'deploy/x', namespace: 'mail' })).text).toContain('NO stack');
      const asked = { target: 'deploy/x', namespace: 'mail', field: 'spec.replicas', value: '3' };
      expect((await callTool(owner, { path }, asked)).text).toMatch(/^NO EDIT: no owner found/);
      expect((await callTool(report, { path })).text).toMatch(/^\d+ differ/);
    });
  });
}
