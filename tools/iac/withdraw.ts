import { z } from 'zod';
import { changeId, setId } from '../../src/change/wire/change.ts';
import { requestId } from '../../src/change/wire/secret.ts';
import { toolsFor } from '../../src/kit/index.ts';
import { changeAnswer } from './change-answer.ts';
import { fields } from './fields.ts';
import { changesOf } from './follow-change.ts';
import type { IacPorts } from './port.ts';
import { requestAnswer } from './request-answer.ts';
import { requestIn } from './requests.ts';

const { defineTool } = toolsFor<IacPorts>();

export const withdraw = defineTool({
  name: 'change_withdraw',
  title: 'Withdraw a change',
  description:
    'Takes back a change you proposed, with all of its set, as long as nothing of it is being applied, or a secret_request nobody ' +
    'answered: its approval is void, its stacks are free for others. What was applied is not undone: propose a change that does.',
  effect: 'propose',
  searchHint: 'cancel abort proposal take back',
  input: z.strictObject({
    id: z.union([changeId, setId, requestId]).describe('chg_…, set_… or req_…'),
    budget: fields.budget,
  }),
  async run({ id }, { ports: { keep }, principal: { agent, human }, signal, now, room }) {
    const by = { agent: agent.slice(0, 80), human: human.slice(0, 80) };
    const reply = await keep.ask({ verb: 'withdraw', by, id }, signal);
    if (requestId.safeParse(id).success) return requestAnswer({ ...requestIn(reply), now: now() });
    return changeAnswer({ changes: changesOf(reply), keep: reply.keep, now: now(), room });
  },
});
