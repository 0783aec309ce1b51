import { describe, expect, it } from 'vitest';
import type { Action, Verified } from '../../src/incident/action.ts';
import type { ActionChange } from '../../src/incident/record/port.ts';
import { actionOf } from './action.fixture.ts';
import { callTool, injection, now, portsOver, secret, unfenced } from './incident.fixture.ts';
import { update } from './update.ts';

function updating(action: Action = actionOf(), seen?: Verified) {
  const changes: ActionChange[] = [];
  let standing = action;
  const ports = portsOver({
    record: {
      action: async () => standing,
      changeAction: async (_id, what) => {
        changes.push(what);
        standing = {
          ...standing,
          ...Object.fromEntries(Object.entries(what).filter(([, value]) => value !== undefined)),
        };
        return standing;
      },
    },
    ports: seen === undefined ? {} : { verify: async () => seen },
  });
  return { changes, ports };
}
const id = 'act_aaaaaaaa';
const pass: Verified = { result: 'pass', at: now, detail: 'the rule is there' };

describe('action_update', () => {
  it('changes only what was given', async () => {
    const { changes, ports } = updating();
    const { text } = await callTool(update, ports, { action: id, owner: 'kim', due: '2026-12-24', priority: 'P0' });
    expect(changes).toEqual([{ owner: 'kim', due: '2026-12-24', priority: 'P0' }]);
    expect(text).toContain(`${id} is changed`);
  });

  it.each([
    ['open', pass, 'landed', 'LANDED'],
    ['open', { ...pass, result: 'fail' }, undefined, 'NOT THERE'],
    ['landed', { ...pass, result: 'fail' }, 'regressed', 'NOT THERE'],
    ['landed', { ...pass, result: 'unknown' }, undefined, 'NOT KNOWN'],
  ] as const)('of one that is %s a machine that sees %j makes it %s', async (status, seen, after, told) => {
    const { changes, ports } = updating(actionOf({ status }), seen);
    const { text } = await callTool(update, ports, { action: id, run: true });
    expect(changes).toEqual([{ verified: seen, ...(after === undefined ? {} : { status: after }) }]);
    expect(text).toContain(told);
  });

  it('takes a predicate as JSON, and verifies by it at once', async () => {
    const { changes, ports } = updating(actionOf({ verify: undefined }), pass);
    await callTool(update, ports, {
      action: id,
      verify: '{"kind":"file-exists","path":"stacks/web/alerts.yaml"}',
      run: true,
    });
    expect(changes[0]).toEqual({ verify: { kind: 'file-exists', path: 'stacks/web/alerts.yaml' } });
    expect(changes[1]).toMatchObject({ status: 'landed' });
  });

  it('takes the word of a human where no machine can tell, and of nobody where one can', async () => {
    const manual = updating(actionOf({ verify: { kind: 'manual', why: 'a habit' } }));
    await callTool(update, manual.ports, { action: id, status: 'landed' });
    expect(manual.changes).toEqual([{ status: 'landed' }]);
    const machine = updating();
    await expect(callTool(update, machine.ports, { action: id, status: 'landed' })).rejects.toMatchObject({
      code: 'incident-argument-invalid',
    });
    expect(machine.changes).toEqual([]);
  });

  it('masks what looks like a secret, and fences what was seen', async () => {
    const { changes, ports } = updating(actionOf({ title: injection }), { ...pass, detail: injection });
    const { text } = await callTool(update, ports, { action: id, owner: secret, run: true });
    expect(JSON.stringify(changes)).not.toContain(secret);
    expect(unfenced(text)).not.toContain('SYSTEM');
  });

  it.each([
    ['nothing to change', {}],
    ['a predicate that is no JSON', { verify: 'alert WebDown' }],
    ['a predicate nobody knows', { verify: '{"kind":"shell","command":"true"}' }],
    ['a predicate that climbs out of the repository', { verify: '{"kind":"file-exists","path":"../../etc/passwd"}' }],
    ['a change that is none', { change: 'landed!' }],
  ])('refuses %s', async (_, more) => {
    const { changes, ports } = updating();
    await expect(callTool(update, ports, { action: id, ...more })).rejects.toMatchObject({
      code: 'incident-argument-invalid',
    });
    expect(changes).toEqual([]);
  });

  it('refuses to verify what no machine can', async () => {
    for (const verify of [undefined, { kind: 'manual', why: 'a habit' } as const]) {
      await expect(
        callTool(update, updating(actionOf({ verify })).ports, { action: id, run: true }),
      ).rejects.toMatchObject({ code: 'incident-argument-invalid' });
    }
  });

  it.each([{ action: 'x' }, { action: id, due: 'soon' }, { action: id, status: 'done' }])(
    'takes no such thing: %j',
    (input) => {
      expect(update.input.safeParse(input).success).toBe(false);
    },
  );
});
