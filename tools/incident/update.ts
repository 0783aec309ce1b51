import { z } from 'zod';
import {
  type Action,
  actionStatuses,
  priorities,
  type VerifyPredicate,
  verifyPredicate,
} from '../../src/incident/action.ts';
import { recordedAfter } from '../../src/incident/actions/progress.ts';
import { incidentError } from '../../src/incident/errors.ts';
import type { Write } from '../../src/incident/record/port.ts';
import { text, toolsFor, Untrusted } from '../../src/kit/index.ts';
import { actionLines } from './candidate-blocks.ts';
import { fields } from './fields.ts';
import { given } from './given.ts';
import type { IncidentPorts } from './port.ts';
import { writeOf } from './write.ts';

const { defineTool } = toolsFor<IncidentPorts>();

const input = z.strictObject({
  action: fields.action,
  status: z.enum(actionStatuses).optional().describe('what it is now'),
  owner: fields.line.optional().describe('human:robin'),
  due: fields.day.optional().describe('2026-12-01'),
  priority: z.enum(priorities).optional().describe('how soon'),
  verify: fields
    .json(3_000)
    .optional()
    .describe(
      'JSON: {"kind":"alert-rule","name":…}; file-exists, file-contains, object-field, probe, metric, document, manual',
    ),
  change: fields.line.optional().describe('chg_… that lands it'),
  run: z.boolean().optional().describe('verify now'),
  key: fields.key,
  budget: fields.budget,
});
type Asked = z.output<typeof input>;

export const update = defineTool({
  name: 'action_update',
  title: 'Change or verify an action item',
  description:
    'Changes an action item: status, owner, due, its predicate, the change that lands it; run=true verifies it now, and what a machine sees decides over what is said.',
  effect: 'record',
  input,
  async run(asked, { ports, principal, signal, now }) {
    const { record } = ports;
    const write: Write = writeOf('action_update', asked, principal, now());
    const before = await record.action(asked.action);
    const what = changeOf(asked, before, ports);
    if (Object.keys(what).length === 0 && asked.run !== true) {
      throw invalid('nothing is to be changed', 'give what changes, or run=true to verify it');
    }
    const changed = Object.keys(what).length === 0 ? before : await record.changeAction(asked.action, what, write);
    const done = asked.run === true ? await verified(changed, ports, { write, signal }) : changed;
    const seen = done.verified;
    return text({
      asOf: now(),
      coverage: {
        covered: `${done.id}`,
        missing:
          asked.run === true && seen?.result === 'unknown'
            ? [{ what: 'whether it landed', why: 'it could not be asked' }]
            : [],
      },
      headline:
        asked.run === true
          ? {
              pass: 'LANDED: its predicate holds',
              fail: 'NOT THERE: its predicate fails',
              unknown: 'NOT KNOWN whether it landed',
            }[seen?.result ?? 'unknown']
          : `${done.id} is changed`,
      blocks: [
        ...actionLines(done, now()),
        ...(asked.run === true && seen !== undefined ? [new Untrusted(seen.detail)] : []),
      ],
      notes:
        done.verify === undefined ? ['it has no predicate: give verify=, or no machine will ever see it land'] : [],
    });
  },
});

function changeOf(asked: Asked, { verify }: Action, { redact }: IncidentPorts) {
  const { status, due, priority, change, owner } = asked;
  if (change !== undefined && !/^(?:chg|set)_[a-z2-7]{26}$/.test(change)) {
    throw invalid('change is no id of a change', 'give the id that change_propose told, like chg_…');
  }
  const predicate = asked.verify === undefined ? undefined : predicateIn(redact(asked.verify));
  const after = predicate ?? verify;
  if (status === 'landed' && after !== undefined && after.kind !== 'manual') {
    throw invalid(
      'a machine can tell whether it landed, so saying so is not taken',
      'call again with run=true and without status=',
    );
  }
  return given({
    status,
    due,
    priority,
    change,
    owner: owner === undefined ? undefined : redact(owner.trim()),
    verify: predicate,
  });
}

function predicateIn(json: string): VerifyPredicate {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw invalid('verify is no JSON', 'give an object like {"kind":"alert-rule","name":"DiskFull"}', error);
  }
  const parsed = verifyPredicate.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  // The names of fields that it does not have are whatever was sent.
  const why = issue?.code === 'unrecognized_keys' ? 'it has a field that its kind does not take' : issue?.message;
  throw invalid(
    `verify is no predicate: ${[...(issue?.path ?? [])].map(String).join('.') || 'kind'}: ${why ?? '?'}`,
    'kinds: alert-rule {name}, file-exists {path}, file-contains {path,text}, file-changed {path,since}, object-field {target,namespace,field,is}, probe {target}, metric {query,op,value}, document {corpus,name}, manual {why}',
  );
}

async function verified(
  action: Action,
  { record, verify }: IncidentPorts,
  { write, signal }: { readonly write: Write; readonly signal: AbortSignal },
): Promise<Action> {
  if (action.verify === undefined) throw invalid('it has no predicate to verify', 'give verify= with it');
  if (action.verify.kind === 'manual') throw invalid('no machine can verify it', 'a human says so with status=landed');
  const seen = await verify(action, { signal, now: write.now });
  const what = recordedAfter(action, seen);
  if (what === undefined) return { ...action, verified: seen };
  // Its own key: the first write has the caller's.
  const key = write.key === undefined ? undefined : `${write.key}/verified`;
  return record.changeAction(action.id, what, { ...write, key });
}

function invalid(message: string, next: string, cause?: unknown): Error {
  return incidentError('incident-argument-invalid', { message, next, ...given({ cause }) });
}
