import { type ActionDraft, type ActionStatus, type VerifyPredicate, verifyPredicate } from '../action.ts';
import { type Block, plain } from './blocks.ts';
import { dayOf } from './dates.ts';
import type { Section } from './sections.ts';
import { type ActionColumn, alertNamesIn, classIn, columnOf, priorityIn, statusIn, typeIn } from './vocabulary.ts';

/**
 * What a report promised, in one of three styles: tables whose columns are known by their names, boxes to tick, and sentences or
 * items under a heading of actions. Where a section has a table or boxes, its prose is about them and is no item of its own.
 *
 *  landed    ticked, or a word or sign of it; a line that is struck through and says so
 *  dropped   struck through and nothing else, or a word of it
 *  missing   what the report does not say; owner and day stay undefined, the others are taken from the words or the middle
 */
export interface ReadAction {
  readonly draft: ActionDraft;
  readonly line: number;
  readonly missing: readonly MissingPart[];
}

export type MissingPart = 'owner' | 'due' | 'priority' | 'type' | 'status';

interface Said {
  readonly title: string;
  readonly details: string;
  readonly line: number;
  readonly checked?: boolean | undefined;
  readonly cells?: ReadonlyMap<ActionColumn, string>;
  readonly headings: readonly string[];
}

const longestTitle = 300;
const mostActions = 200;

export function readActions(sections: readonly Section[]): {
  readonly actions: readonly ReadAction[];
  readonly left: number;
} {
  const said = sections.flatMap((section) => saidIn(section));
  const byTitle = new Map<string, ReadAction>();
  for (const one of said) {
    const action = actionOf(one);
    // The record knows an action of a report by its title: the first of two stands.
    if (action.draft.title !== '' && !byTitle.has(action.draft.title)) byTitle.set(action.draft.title, action);
  }
  const actions = [...byTitle.values()];
  return { actions: actions.slice(0, mostActions), left: Math.max(0, actions.length - mostActions) };
}

function saidIn({ kind, blocks, headings }: Section): readonly Said[] {
  if (kind === 'raw') return [];
  const tables = blocks.flatMap((block) => (block.kind === 'table' ? rowsOf(block, kind === 'actions', headings) : []));
  const boxes = blocks.flatMap((block) =>
    block.kind === 'item' && block.checked !== undefined
      ? [{ title: block.text, details: '', line: block.line, checked: block.checked, headings }]
      : [],
  );
  if (kind !== 'actions' || tables.length + boxes.length > 0) return [...tables, ...boxes];
  const items = blocks.filter((block) => block.kind === 'item' && block.depth === 0);
  const prose = items.length > 0 ? items : blocks.filter((block) => block.kind === 'paragraph');
  return prose.flatMap((block): readonly Said[] => {
    if (block.kind !== 'item' && block.kind !== 'paragraph') return [];
    if (
      /^(none|n\/?a|nothing( to do)?|-)\.?$/i.test(plain(block.text)) ||
      (items.length === 0 && block.text.trim().endsWith(':'))
    )
      return [];
    const texts =
      block.kind === 'item' || block.text.length <= longestTitle
        ? [block.text]
        : block.text.split(/(?<=[.!?])\s+(?=[A-Z])/);
    return texts.map((title) => ({ title, details: '', line: block.line, headings }));
  });
}

function rowsOf(
  table: Block & { readonly kind: 'table' },
  isActions: boolean,
  headings: readonly string[],
): readonly Said[] {
  const columns = table.header.map((name) => columnOf(name));
  const promises = columns.some((column) => column === 'status' || column === 'owner' || column === 'due');
  if (!isActions && !(columns.includes('title') && promises)) return [];
  const titleAt = columns.indexOf('title') >= 0 ? columns.indexOf('title') : longestColumn(table, columns);
  return table.rows.map(({ cells, line }) => {
    const byColumn = new Map<ActionColumn, string>();
    for (const [index, column] of columns.entries()) {
      if (column !== undefined && index !== titleAt && !byColumn.has(column)) byColumn.set(column, cells[index] ?? '');
    }
    const details = byColumn.get('details') ?? '';
    return { title: cells[titleAt] ?? '', details, line, cells: byColumn, headings };
  });
}

/** Of a table without a column of that name: where most is said. */
function longestColumn(
  table: Block & { readonly kind: 'table' },
  columns: readonly (ActionColumn | undefined)[],
): number {
  const lengths = table.header.map((_, index) =>
    columns[index] === undefined || columns[index] === 'details'
      ? table.rows.reduce((sum, { cells }) => sum + (cells[index] ?? '').length, 0)
      : -1,
  );
  return lengths.indexOf(Math.max(...lengths));
}

function actionOf(said: Said): ReadAction {
  const { cells, headings, line } = said;
  const cell = (column: ActionColumn): string => plain(cells?.get(column) ?? '');
  const inline = cells === undefined ? said.title : '';
  const title = titleOf(said.title, cells === undefined);
  const group = [...headings].reverse().join(' ');
  const words = `${title} ${plain(said.details)}`;
  const owner = ownerOf(cell('owner')) ?? ownerIn(inline);
  const due = dayOf(cell('due')) ?? dueIn(inline);
  const priority = priorityIn(cell('priority')) ?? priorityIn(inline) ?? priorityIn(group);
  const saidType = typeIn(cell('type'));
  const type = saidType ?? typeIn(headings.at(-1) ?? '') ?? typeIn(words);
  const status = statusOf(said, cell('status'), inline);
  const path = pathIn(cells?.get('path') ?? '') ?? pathIn(said.title);
  const kind = type ?? 'config';
  const missing = [
    ...(owner === undefined ? (['owner'] as const) : []),
    ...(due === undefined ? (['due'] as const) : []),
    ...(priority === undefined ? (['priority'] as const) : []),
    ...(type === undefined ? (['type'] as const) : []),
    ...(status === undefined ? (['status'] as const) : []),
  ];
  const draft: ActionDraft = {
    title,
    type: kind,
    class:
      classIn(cell('class')) ??
      classIn(cell('type')) ??
      classIn(group) ??
      (kind === 'alert' || kind === 'monitor' ? 'detect' : kind === 'runbook' ? 'mitigate' : 'prevent'),
    priority: priority ?? 'P2',
    owner,
    due,
    status: status ?? 'open',
    path,
    verify: predicateIn(cell('verify')) ?? (kind === 'alert' ? alertIn(said.title) : undefined),
    automatable: false,
  };
  return { draft, line, missing };
}

function statusOf(said: Said, cell: string, inline: string): ActionStatus | undefined {
  const written = statusIn(cell);
  if (written !== undefined) return written;
  if (said.checked === true) return 'landed';
  const isStruck = /^\s*(?:\*\*)?~~.+~~/s.test(said.title);
  // Of a sentence only what is set off from it: `done` within one is about something else.
  const [, aside = ''] = /(?:^|[\s~])[([–—-]\s*([A-Za-z' -]{2,20})[)\]]?\s*\.?\s*$/.exec(plain(inline)) ?? [];
  const sign = /[✅✔☑🟢❌⬜☐🔴🔄⏳🚧🟡🚫⛔]/u.exec(inline)?.[0] ?? '';
  const [, lead = ''] = /^\s*\**\[?(DONE|TODO|WIP|DROPPED|OPEN)\b/.exec(inline) ?? [];
  const aboutIt = statusIn(`${aside} ${sign} ${lead}`);
  if (aboutIt !== undefined) return aboutIt;
  if (isStruck) return 'dropped';
  return said.checked === false ? 'open' : undefined;
}

/** As one line, without what is said of it at its ends. */
function titleOf(text: string, isInline: boolean): string {
  const bare = plain(text)
    .replace(/[✅✔☑🟢❌⬜☐🔴🔄⏳🚧🟡🚫⛔]|\uFE0F/gu, ' ')
    .replace(/^\s*\[[ xX]\]\s/, '');
  const shown = isInline
    ? bare
        .replace(/^\s*[[(]?(?:P[0-4]|DONE|TODO|WIP|DROPPED|OPEN)[\])]?\s*[:–—-]?\s+/, '')
        .replace(/\s*[([](?:owner|due|by|P[0-4])\b[^()[\]]{0,120}[)\]]/gi, '')
        .replace(/\s[–—-]\s*(?:done|todo|wip|open|landed|dropped|in progress|won'?t do)\.?\s*$/i, '')
    : bare;
  const line = shown.replace(/\s+/g, ' ').trim();
  return line.length <= longestTitle ? line : `${line.slice(0, longestTitle - 1).toWellFormed()}…`;
}

function ownerOf(text: string): string | undefined {
  const owner = text.replace(/^@/, '').trim();
  return owner === '' || owner.length > 80 || /^(-|–|—|tbd|none|n\/?a|unassigned|\?+|nobody)$/i.test(owner)
    ? undefined
    : owner;
}

function ownerIn(text: string): string | undefined {
  const [, named] =
    /\b(?:owner|assignee|assigned to|responsible)\s*[:=]?\s*@?([A-Za-z][\w .-]{0,40}?)(?=[,;)\]]|\s[–—-]|$)/i.exec(
      plain(text),
    ) ?? [];
  const [, tagged] = /(?:^|[\s(])@([a-z][\w-]{1,38})\b/i.exec(text) ?? [];
  return ownerOf(named ?? tagged ?? '');
}

function dueIn(text: string): string | undefined {
  const [, after] = /\b(?:due|by|until|before|deadline|eta)\b[\s:*]*(.{4,30})/i.exec(plain(text)) ?? [];
  return after === undefined ? undefined : dayOf(after);
}

function pathIn(text: string): string | undefined {
  const [, path] =
    /(?:^|[`\s(])([A-Za-z0-9_][\w.-]{0,60}(?:\/[\w.-]{1,60}){1,8}\.(?:tf|hcl|ya?ml|md|sh|py|json|toml))(?=[`\s):,]|$)/.exec(
      text,
    ) ?? [];
  return path?.split('/').includes('..') === true ? undefined : path;
}

/** As our own reports write it: `file-contains: path=stacks/web/main.tf, text=512Mi`. */
function predicateIn(text: string): VerifyPredicate | undefined {
  const [, kind, rest = ''] = /^([a-z-]{4,20}): (.{1,900})$/.exec(text) ?? [];
  const fields = rest
    .split(/, (?=[a-z]+=)/)
    .map((field): [string, string] => [field.split('=')[0] ?? '', field.slice(field.indexOf('=') + 1)]);
  const read = verifyPredicate.safeParse({ ...Object.fromEntries(fields), kind });
  return read.success ? read.data : undefined;
}

/** `AlertName` in the words of an action that is to make one: whether it landed can be asked. */
function alertIn(text: string): VerifyPredicate | undefined {
  const [name] = alertNamesIn(text);
  return name === undefined ? undefined : verifyPredicate.parse({ kind: 'alert-rule', name });
}
