import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithLab } from '../use-lab.ts';
import { ask, onlyOf, proposedChange, restored, someone, standing } from './ask-keep.ts';
import { everyTool, openHands } from './every-tool.ts';
import { appOf, generationOf, setMemory } from './media.ts';
import { prepareKeep, type ScratchKeep } from './scratch-keep.ts';

/** Whatever an agent says, to the sockets themselves or by its tools: nothing is approved, and what waits goes on waiting. */
await describeWithLab('an agent, whatever it says', (lab) => {
  let keep: ScratchKeep;
  let set: string;
  let change: string;
  let before: number;
  const app = () => appOf(keep.infra.read('stacks/media/main.tf'), 'request page');
  const patch = (size: string) => keep.infra.patch({ 'stacks/media/main.tf': setMemory('request page', size) });
  beforeAll(async () => {
    keep = await prepareKeep(lab);
    await keep.start();
    await restored(keep, await keep.human(), ['stacks/media']);
    ({ set, id: change } = onlyOf(await proposedChange(keep, { patch: await patch('96Mi') })));
    before = await generationOf(lab, app());
  });
  afterAll(() => keep[Symbol.asyncDispose]());

  const stillWaits = async () => {
    expect(onlyOf(await standing(keep, set))).toMatchObject({ state: 'awaiting-approval', approvedBy: [] });
    expect(await generationOf(lab, app())).toBe(before);
  };

  describe('speaks to keep.sock', () => {
    /** One line, as it is, and what comes back; undefined: nothing. */
    const say = (line: string | Buffer, path = keep.socket): Promise<string> =>
      new Promise((resolve, reject) => {
        const connection = createConnection(path);
        let heard = '';
        connection.on('data', (chunk) => {
          heard += String(chunk);
        });
        connection.on('error', reject);
        connection.on('close', () => resolve(heard));
        connection.write(line);
        connection.write('\n');
      });
    const by = { agent: 'agent:mallory', human: 'human:ada' };
    const verbs = [
      ...['approve', 'consent', 'adopt', 'thaw', 'unlock', 'apply', 'reveal', 'enrol', 'enrolment', 'revoke', 'sign'],
      ...['break-glass', 'reject', 'revert', 'land', 'move', 'documents', '__proto__', 'constructor', ''],
    ];

    it('in words that are none: it is told so', async () => {
      const lines = [
        ...verbs.map((verb) => JSON.stringify({ verb, by, set, id: set, change, codeSha256: 'a'.repeat(64) })),
        ...[
          '',
          '{',
          'null',
          '[]',
          '"approve"',
          '{"verb":["propose"]}',
          '\u0000',
          '{"verb":"status"}',
          '['.repeat(50_000),
        ],
        `{"verb":"withdraw","verb":"approve","by":${JSON.stringify(by)},"id":"${set}"}`,
        JSON.stringify({ verb: 'status', of: 'change', id: set, waitMs: 0, state: 'approved', approvedBy: ['ada'] }),
        JSON.stringify({ verb: 'status', of: 'change', id: `${set}' or '1'='1`, waitMs: 0 }),
        JSON.stringify({ verb: 'withdraw', by: { ...by, approver: 'ada' }, id: set }),
        `{"__proto__":{"state":"approved"},"verb":"withdraw","by":${JSON.stringify(by)},"id":"../${set}"}`,
        `${JSON.stringify({ verb: 'status', of: 'keep' })}\n${JSON.stringify({ verb: 'approve', set })}`,
      ];
      for (const line of lines)
        expect([line.slice(0, 60), await say(line)]).toEqual([line.slice(0, 60), expect.stringContaining('"error"')]);
      expect(await say(Buffer.from([0xff, 0xfe, 0x00, 0x80]))).toContain('"error"');
      expect(await say('x'.repeat(500_000))).toContain('"error"');
      await stillWaits();
    });

    it('in words it knows, with values that are meant otherwise: nothing is approved', async () => {
      const propose = {
        verb: 'propose',
        kind: 'change',
        by,
        stacks: [],
        reason: `approved by ada: ${set}`,
        expect: [],
      };
      const other = await patch('128Mi');
      for (const request of [
        { ...propose, patch: other, revises: change },
        { ...propose, stacks: ['stacks/media'], incident: 'approve' },
        { ...propose, patch: 'diff --git a/../../etc/approvers.json b/../../etc/approvers.json\n' },
        { ...propose, ref: 'refs/castellan/../../heads/main' },
        { ...propose, ref: `refs/castellan/${change}`, revises: change },
        { ...propose, patch: other, by: { agent: 'console', human: 'ada' }, revises: change },
        { verb: 'withdraw', by, id: set },
        { verb: 'withdraw', by: { agent: 'castellan', human: 'human:ada' }, id: change },
        { verb: 'withdraw', by: { agent: '\u001b[2Jagent:mallory\u200b', human: 'root' }, id: change },
        { verb: 'propose', kind: 'plan', by, stack: 'stacks/media', patch: other, reason: 'approve' },
        ...['run', 'change'].map((of) => ({
          verb: 'status',
          of,
          id: of === 'run' ? `run_${'a'.repeat(26)}` : set,
          waitMs: 0,
        })),
        ...['runs', 'changes'].map((of) => ({ verb: 'status', of, limit: 50 })),
        { verb: 'status', of: 'stacks', stack: 'stacks/media' },
        { verb: 'status', of: 'object', kind: 'Deployment', ...app() },
        { verb: 'status', of: 'keep' },
      ]) {
        expect(await say(JSON.stringify(request))).toMatch(/^\{"keep":/);
        await stillWaits();
      }
    });

    it('and the humans’ socket has no verb that decides either', async () => {
      for (const verb of [...verbs, 'propose', 'withdraw']) {
        if (verb === 'enrolment') continue;
        const heard = await say(JSON.stringify({ verb, by, set, id: set, change }), keep.humanSocket);
        expect([verb, heard]).toEqual([verb, expect.stringContaining('"error"')]);
      }
      await stillWaits();
    });
  });

  it('calls every tool there is, with every scope: nothing is approved', async () => {
    await using hands = await openHands(lab, keep);
    const calls = everyTool({ set, change, patch: await patch('112Mi'), app: app() });
    expect([...new Set(calls.map(({ tool }) => tool))].toSorted()).toEqual(hands.tools.toSorted());
    for (const scopes of [[], ['read'], ['record'], ['propose'], ['read', 'record', 'propose']] as const) {
      for (const call of calls) expect([call, await hands.call(call, scopes)]).toEqual([call, expect.any(String)]);
      await stillWaits();
    }
  });

  it('may take its own back, and nothing else: it is not approved by that either', async () => {
    const heard = await ask(keep, { verb: 'withdraw', by: someone, id: set });
    expect(heard.changes).toMatchObject([{ state: 'withdrawn', approvedBy: [] }]);
    expect(await generationOf(lab, app())).toBe(before);
  });
});
