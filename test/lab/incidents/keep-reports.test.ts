import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { InfraRepository } from '../../../src/incident/sources/port.ts';
import { openInfraRepository } from '../../../src/incident/sources/repository.ts';
import { createRedactor } from '../../../src/redaction/index.ts';
import { keepSocket } from '../../../tools/iac/keep-socket.ts';
import { type Proposal, proposeReport } from '../../../tools/incident/publish/through-change.ts';
import { ask, onlyOf, settled, someone } from '../keep/ask-keep.ts';
import type { Human } from '../keep/human.ts';
import { prepareKeep, type ScratchKeep } from '../keep/scratch-keep.ts';
import { describeWithLab } from '../use-lab.ts';

/** A post-mortem goes to the branch as any change does: through a real keep, its page, and a human's passkey. */
await describeWithLab('a post-mortem published through a change', (lab) => {
  const parts = new AsyncDisposableStack();
  let keep: ScratchKeep;
  let human: Human;
  let repository: InfraRepository;
  beforeAll(async () => {
    keep = parts.use(
      await prepareKeep(lab, { editable: ['stacks/*/*.tf', 'stacks/*/**/*.tf', 'docs/post-mortems/*.md'] }),
    );
    await keep.start();
    human = await keep.human();
    repository = openInfraRepository({
      url: keep.infra.remote,
      branch: 'main',
      mirror: join(keep.infra.tree, '..', 'mirror.git'),
      redact: createRedactor(),
      now: () => new Date(),
    });
  }, 400_000);
  afterAll(() => parts.disposeAsync(), 60_000);

  const path = 'docs/post-mortems/2026-11-20-films-stood-still-inc_filmsstood.md';
  const incident = 'inc_filmsstood';
  const report = (words: string): string =>
    `---\nincident_id: "${incident}"\ntitle: "films stood still"\n---\n\n${words}\n`;
  const first = report('The limit was too small.');
  const second = report('The limit was too small, and nobody was told.');
  const propose = (more: Partial<Proposal>, through: InfraRepository | undefined = repository) =>
    proposeReport(
      { path, stack: 'stacks/finance', markdown: first, incident, version: 1, earlier: [], by: someone, ...more },
      {
        keep: keepSocket(keep.socket, { patienceMs: 60_000 }),
        repository: through,
        signal: AbortSignal.timeout(120_000),
      },
    );
  const setOfChange = async (id: string): Promise<string> =>
    onlyOf((await ask(keep, { verb: 'status', of: 'change', id, waitMs: 0 })).changes ?? []).set;
  let landed = '';

  it('waits on a page that shows it, and a signature brings it to the branch', async () => {
    const { change, decideAt } = await propose({});
    const set = await setOfChange(change);
    expect(decideAt).toContain(keep.relyingParty.origin);
    const waiting = onlyOf(await settled(keep, set));
    expect([waiting.state, waiting.why, waiting.failure, waiting.findings]).toEqual([
      'awaiting-approval',
      undefined,
      undefined,
      [],
    ]);
    expect((await propose({})).change).toBe(change);
    const page = await human.page(set);
    expect(page.changes[0]?.page?.files.map(({ text }) => text).join('\n')).toContain('+The limit was too small.');
    await human.sign({ kind: 'approve', set });
    const done = onlyOf(await settled(keep, set));
    expect(done).toMatchObject({ state: 'landed', incident, apply: { done: [], failed: [], unknown: [] } });
    expect(await keep.infra.remoteFile(path)).toBe(first);
    landed = change;
  }, 300_000);

  it('is corrected in the same file by another change, also where the mirror has not seen the first', async () => {
    const { change } = await propose({
      markdown: second,
      version: 2,
      earlier: [{ change: landed, markdown: first }],
    });
    const set = await setOfChange(change);
    expect(onlyOf(await settled(keep, set)).state).toBe('awaiting-approval');
    await human.sign({ kind: 'approve', set });
    expect(onlyOf(await settled(keep, set)).state).toBe('landed');
    expect(await keep.infra.remoteFile(path)).toBe(second);
    landed = change;
  }, 300_000);

  it('that a human rejects leaves the branch alone, and what comes then stands on what landed', async () => {
    const third = report('It was somebody else.');
    const { change } = await propose({ markdown: third, version: 3, earlier: [{ change: landed, markdown: second }] });
    const set = await setOfChange(change);
    await settled(keep, set);
    await human.reject(set, 'it was nobody else');
    expect(onlyOf(await settled(keep, set))).toMatchObject({ state: 'rejected', words: 'it was nobody else' });
    expect(await keep.infra.remoteFile(path)).toBe(second);
    const next = await propose(
      {
        markdown: first,
        version: 4,
        earlier: [
          { change, markdown: third },
          { change: landed, markdown: second },
        ],
      },
      undefined,
    );
    expect(onlyOf(await settled(keep, await setOfChange(next.change))).state).toBe('awaiting-approval');
    await ask(keep, { verb: 'withdraw', by: someone, id: next.change });
  }, 300_000);
});
