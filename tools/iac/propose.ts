import { z } from 'zod';
import { changeId } from '../../src/change/wire/change.ts';
import type { KeepRequest } from '../../src/change/wire/protocol.ts';
import { stackName } from '../../src/change/wire/protocol.ts';
import { type Principal, toolsFor } from '../../src/kit/index.ts';
import { changeAnswer } from './change-answer.ts';
import { iacError } from './errors.ts';
import { expectationForms, parseExpectation } from './expectation-text.ts';
import { fields } from './fields.ts';
import { changesOf, followChanges, longestSeconds } from './follow-change.ts';
import { diffOf } from './given-patch.ts';
import type { IacPorts } from './port.ts';

const { defineTool } = toolsFor<IacPorts>();

const input = z.strictObject({
  patch: fields.patch,
  ref: fields.ref,
  stacks: z
    .array(stackName)
    .refine((all) => all.length <= 50, 'at most 50')
    .optional()
    .describe('more than it changes'),
  reason: z.string().min(1).max(1_000).describe('why, for the human'),
  expect: z
    .array(z.string().max(600))
    .refine((all) => all.length <= 8, 'at most 8')
    .optional()
    .describe(expectationForms),
  revises: changeId.optional().describe('chg_… it replaces'),
  incident: z.string().max(80).optional().describe('inc_…'),
  wait: fields.wait,
  budget: fields.budget,
});
type Input = z.output<typeof input>;

export const propose = defineTool({
  name: 'change_propose',
  title: 'Propose a change',
  description:
    'Proposes an edit of the infra repo: planned, then a human signs that exact plan at approval_url; only then applied and ' +
    'landed. Before kubectl edit, helm, terraform apply, git push.',
  effect: 'propose',
  input,
  async run(given, { ports: { keep, patches }, principal, signal, now, progress, room }) {
    assertFitting(given);
    const until = performance.now() + (given.wait ?? longestSeconds) * 1_000;
    const asked = { ...given, patch: await diffOf(given.patch, patches, { principal, now: now() }) };
    const first = await keep.ask(requestOf(asked, principal), signal);
    const { reply, lost } = await followChanges(first, { keep, until, signal, progress });
    return changeAnswer({ changes: changesOf(reply), keep: reply.keep, lost, now: now(), room });
  },
});

function assertFitting({ patch, ref, stacks = [] }: Input): void {
  const conflict = (message: string, next: string): Error => iacError('plan-arguments-conflict', { message, next });
  if (patch !== undefined && ref !== undefined) {
    throw conflict('patch and ref are two different changes', 'give one of them');
  }
  if (patch === undefined && ref === undefined && stacks.length === 0) {
    throw conflict(
      'nothing is proposed',
      'give patch or ref; or stacks alone, to apply the trusted base again where reality drifted from it',
    );
  }
}

function requestOf(asked: Input, { agent, human }: Principal): KeepRequest {
  const { patch, ref, reason, revises, incident } = asked;
  return {
    verb: 'propose',
    kind: 'change',
    by: { agent: agent.slice(0, 80), human: human.slice(0, 80) },
    stacks: asked.stacks ?? [],
    reason,
    expect: (asked.expect ?? []).map(parseExpectation),
    ...(patch === undefined ? {} : { patch }),
    ...(ref === undefined ? {} : { ref }),
    ...(revises === undefined ? {} : { revises }),
    ...(incident === undefined ? {} : { incident }),
  };
}
