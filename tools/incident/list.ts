import { z } from 'zod';
import { type Action, actionStatuses } from '../../src/incident/action.ts';
import type { ActionFilter } from '../../src/incident/record/port.ts';
import { type Cell, table, toolsFor } from '../../src/kit/index.ts';
import { standingOf } from './candidate-blocks.ts';
import { fields } from './fields.ts';
import { wordsOf } from './given.ts';
import { skippedBy } from './paging.ts';
import type { IncidentPorts } from './port.ts';
import { plainName, quoted, told } from './words.ts';

const { defineTool } = toolsFor<IncidentPorts>();

const input = z.strictObject({
  status: z
    .string()
    .refine(
      (text) => wordsOf(text).every((one) => actionStatuses.some((known) => known === one)),
      `takes ${actionStatuses.join(', ')}`,
    )
    .optional()
    .describe('open,regressed'),
  owner: fields.line.optional().describe('whose'),
  incident: fields.incident.optional(),
  report: fields.line.optional().describe('imported report'),
  text: fields.line.optional().describe('words of the title'),
  limit: fields.limit.describe('50 unless said'),
  cursor: fields.cursor,
  budget: fields.budget,
});

export const list = defineTool({
  name: 'action_list',
  title: 'List action items',
  description:
    'What was promised after incidents: owner, due, status, and whether a machine saw it land. What is still open or came undone, of ours and of imported reports.',
  effect: 'read',
  input,
  async run(asked, { ports, page, now }) {
    const { owner, incident, report, text } = asked;
    const statuses = wordsOf(asked.status);
    const skip = skippedBy(page);
    const { actions, total } = await listed(
      {
        incident,
        report,
        owner,
        text,
        status: statuses.length === 0 ? undefined : actionStatuses.filter((one) => statuses.includes(one)),
        limit: asked.limit ?? 50,
        skip,
      },
      ports,
    );
    return table({
      asOf: now(),
      coverage: { covered: 'action items of incidents and of imported reports' },
      headline: headlineOf(actions, total, now()),
      columns: ['id', 'priority', 'status', 'class', 'type', 'owner', 'due', 'of', 'title', 'verified by'],
      rows: actions.map((action) => rowOf(action, now())),
      total,
      skipped: skip,
      continueAt: (shown) => page.mint({ skip: shown }),
      narrow: 'narrow with status=, owner=, incident=',
      notes: actions.some(({ verify }) => verify === undefined || verify.kind === 'manual')
        ? [
            'where no machine can verify: action_update verify={…} gives it a predicate, or status= says what a human saw',
          ]
        : [],
    });
  },
});

const mostSearched = 10_000;

/** Found is what is found in the words as they are shown: a value that became known since they were kept would else be confirmed by a guess. */
async function listed(
  asked: ActionFilter,
  ports: IncidentPorts,
): Promise<{ readonly actions: readonly Action[]; readonly total: number }> {
  const { owner, text } = asked;
  if (owner === undefined && text === undefined) return ports.record.actions(asked);
  const found = await ports.record.actions({ ...asked, limit: mostSearched, skip: 0 });
  const terms = (text ?? '').toLowerCase().split(/\s+/u);
  const shown = found.actions.filter((action) => {
    const clean = action.report === undefined ? ports.redact : ports.redactKept;
    const title = clean(action.title).toLowerCase();
    return terms.every((term) => title.includes(term)) && (owner === undefined || clean(action.owner ?? '') === owner);
  });
  return { actions: shown.slice(asked.skip, asked.skip + asked.limit), total: shown.length };
}

function headlineOf(actions: readonly Action[], total: number, now: Date): string {
  if (total === 0) return 'NONE of this kind';
  const late = actions.filter((action) => standingOf(action, now).includes('OVERDUE')).length;
  const regressed = actions.filter(({ status }) => status === 'regressed').length;
  return [
    `${total} action ${total === 1 ? 'item' : 'items'}`,
    ...(regressed === 0 ? [] : [`${regressed} REGRESSED`]),
    ...(late === 0 ? [] : [`${late} OVERDUE`]),
  ].join(', ');
}

function rowOf(action: Action, now: Date): readonly Cell[] {
  const { id, priority, type, owner, due, incident, report, title, verify } = action;
  // Of an imported report both are its author's.
  const words = report === undefined ? told : quoted;
  return [
    id,
    priority,
    standingOf(action, now),
    action.class,
    type,
    owner === undefined ? 'NOBODY' : words(owner, 80),
    due ?? 'NO DAY',
    plainName(incident ?? report ?? '?'),
    words(title, 160),
    verify?.kind ?? 'NOTHING',
  ];
}
