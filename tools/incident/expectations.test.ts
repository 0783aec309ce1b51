import { describe, expect, it } from 'vitest';
import type { ChangeView } from '../../src/change/wire/change.ts';
import { changeView } from '../../src/change/wire/change.ts';
import type { KeepRequest } from '../../src/change/wire/protocol.ts';
import { incidentError } from '../../src/incident/errors.ts';
import type { IncidentDraft, IncidentRecord, Write } from '../../src/incident/record/port.ts';
import { createRedactor } from '../../src/redaction/index.ts';
import { watchExpectations } from './expectations.ts';
import { now, secret, shop } from './incident.fixture.ts';

const id = `chg_${'a2'.repeat(13)}`;
const other = `chg_${'b3'.repeat(13)}`;
const later = new Date(now.getTime() + 600_000).toISOString();
const applied = (startedAt: string) => ({ startedAt, done: [], failed: [], unknown: [], lines: [] });
const viewOf = (change: Partial<ChangeView> = {}): ChangeView =>
  changeView.parse({
    id,
    set: `set_${'a2'.repeat(13)}`,
    order: 1,
    of: 1,
    stack: 'stacks/web',
    state: 'failed-expectation',
    attempt: 1,
    createdAt: now.toISOString(),
    changedAt: now.toISOString(),
    agent: 'agent:claude',
    human: 'human:robin',
    reason: 'x',
    base: 'a'.repeat(40),
    changedFiles: [],
    findings: [],
    expect: [],
    approvedBy: [],
    brokenGlass: false,
    took: {},
    expected: [
      { what: 'rollout deployment shop/web', result: 'fail', detail: `1 of 3 ready ${secret}`, at: now.toISOString() },
      { what: 'probe https://shop.example.net', result: 'pass', detail: '200', at: now.toISOString() },
    ],
    apply: { startedAt: now.toISOString(), done: [], failed: [], unknown: [], lines: [] },
    ...change,
  });

function watching(
  changes: readonly ChangeView[],
  more: {
    readonly open?: IncidentRecord['open'];
    readonly fails?: () => boolean;
    readonly refuses?: (draft: IncidentDraft) => boolean;
    readonly answer?: (request: KeepRequest) => readonly ChangeView[];
  } = {},
) {
  const opened: { draft: IncidentDraft; write: Write }[] = [];
  const said: string[] = [];
  const redactor = createRedactor();
  const watch = watchExpectations({
    keep: async () => ({
      ask: async (request) => {
        if (more.fails?.() === true) throw incidentError('publish-refused', { message: 'away', next: 'wait' });
        return {
          keep: { version: '1', boundary: 'separate user', problems: [] },
          changes: [...(more.answer?.(request) ?? changes)],
        };
      },
    }),
    record: {
      open:
        more.open ??
        (async (draft, write) => {
          if (more.refuses?.(draft) === true) throw incidentError('publish-refused', { message: 'no', next: 'x' });
          const existing = opened.some((one) => one.write.key === write.key);
          opened.push({ draft, write });
          return { incident: shop, existing };
        }),
    },
    redact: (text) => redactor.agentText(text).text,
    log: { info: (_, event) => void said.push(event), warn: (_, event) => void said.push(event) },
    now: () => now,
  });
  return { opened, said, watch };
}

describe('expectations of applied changes', () => {
  it('open an incident with the change as its first suspect, once', async () => {
    const { opened, watch } = watching([viewOf()]);
    expect(await watch.look()).toBe(1);
    expect(await watch.look()).toBe(0);
    expect(opened).toHaveLength(1);
    expect(opened[0]?.draft).toMatchObject({ change: id, detectedBy: 'change', detectedAt: now });
    expect(opened[0]?.draft.symptom).toContain('rollout deployment shop/web: fail, 1 of 3 ready');
    expect(opened[0]?.draft.symptom).not.toContain('probe https');
    expect(JSON.stringify(opened)).not.toContain(secret);
  });

  it('are known by the record after a restart: the same key, whatever became of the change since', async () => {
    const first = watching([viewOf()]);
    await first.watch.look();
    const later = watching([viewOf({ state: 'superseded', changedAt: new Date(now.getTime() - 1_000).toISOString() })]);
    await later.watch.look();
    const [one, other] = [first.opened[0]?.write, later.opened[0]?.write];
    expect([one?.key, one?.asked, one?.by]).toEqual([other?.key, other?.asked, other?.by]);
  });

  it('open nothing again where the record knows the key for something else', async () => {
    const reused = incidentError('incident-key-reused', { message: 'used', next: 'x' });
    const { watch } = watching([viewOf()], { open: () => Promise.reject(reused) });
    expect(await watch.look()).toBe(0);
  });

  it.each([
    ['held', viewOf({ state: 'verified' })],
    ['are not measured yet', viewOf({ state: 'applied', expected: [] })],
    ['were of a change that was replaced before it was applied', viewOf({ state: 'superseded', apply: undefined })],
    ['held, of a change that was taken back', viewOf({ state: 'superseded', expected: [] })],
    ['failed weeks ago', viewOf({ changedAt: new Date(now.getTime() - 8 * 86_400_000).toISOString() })],
    ['failed nobody knows when', viewOf({ changedAt: 'yesterday' })],
  ])('open nothing where they %s', async (_, view) => {
    const { opened, watch } = watching([view]);
    expect(await watch.look()).toBe(0);
    expect(opened).toEqual([]);
  });

  it('wait for a keep that is away, and say so once', async () => {
    let isAway = true;
    const { opened, said, watch } = watching([viewOf()], { fails: () => isAway });
    await using ending = watch;
    const settled = async (): Promise<void> => {
      ending.keepLooking();
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
    };
    await settled();
    await settled();
    expect(said).toEqual(['incident.expectations-not-watched']);
    isAway = false;
    await settled();
    expect(said).toEqual([
      'incident.expectations-not-watched',
      'incident.opened-for-failed-expectation',
      'incident.keep-is-back',
    ]);
    expect(opened).toHaveLength(1);
  });

  it('are looked for among the newest and among those that wait for their revert, and each is told once', async () => {
    const asked: unknown[] = [];
    const { opened, watch } = watching([], {
      answer: (request) => {
        asked.push(request);
        return 'open' in request && request.open === true ? [viewOf()] : [viewOf({ id: other, state: 'verified' })];
      },
    });
    expect(await watch.look()).toBe(1);
    expect(opened.map(({ draft }) => draft.change)).toEqual([id]);
    expect(asked).toHaveLength(2);
  });

  it('that cannot be written down keep no other out', async () => {
    const { opened, watch } = watching([viewOf({ id: other }), viewOf()], {
      refuses: (draft) => draft.change === other,
    });
    await expect(watch.look()).rejects.toMatchObject({ code: 'publish-refused' });
    expect(opened.map(({ draft }) => draft.change)).toEqual([id]);
    // Tried again, and the one that is done is not.
    await expect(watch.look()).rejects.toMatchObject({ code: 'publish-refused' });
    expect(opened).toHaveLength(1);
  });

  it('of a change that the keep forgot meanwhile are told as they were seen', async () => {
    let isForgotten = false;
    const { opened, watch } = watching([], { answer: () => (isForgotten ? [] : [viewOf()]) });
    expect(await watch.look()).toBe(1);
    isForgotten = true;
    expect(await watch.look()).toBe(0);
    expect(opened).toHaveLength(1);
  });

  it.each([
    ['ahead', viewOf({ changedAt: later, apply: applied(later) }), now],
    ['ahead while it was applied', viewOf({ apply: applied(later) }), now],
    ['unreadable', viewOf({ apply: applied('at noon') }), now],
  ])('of a keep whose clock is %s lie not in the future', async (_, view, seen) => {
    const { opened, watch } = watching([view]);
    expect(await watch.look()).toBe(1);
    const { detectedAt, window } = opened[0]?.draft ?? {};
    expect(detectedAt).toEqual(seen);
    expect(window?.from.getTime()).toBe(now.getTime() - 15 * 60_000);
  });
});
