import type { ObjectOrigin } from '../../src/change/wire/stacks.ts';
import { ageText, type FieldManager, fieldSteps, fieldValues } from '../../src/cluster/index.ts';
import { type Answer, type Cell, type JsonObject, oneLine, table } from '../../src/kit/index.ts';
import type { AskedOwner } from './asked-owner.ts';
import { type FieldNames, plainField } from './field-names.ts';
import { revertedBy } from './reverted-by.ts';
import { keepNotes, nameCell, placeText, plainName } from './words.ts';

/** Where fields of a live object come from, and who would take an edit of them back: all of them, or those that are meant. */
export async function ownersAnswer(
  { live, what, origin, names: all, keep, now }: AskedOwner,
  meant: readonly FieldNames[] | undefined,
): Promise<Answer> {
  const names = (meant ?? all).filter(({ source }) => !identity.test(plainField(source)));
  const asked = names.flatMap(({ live: field }) => field ?? []);
  const managers = await live.managers(['', ...asked]);
  const stack = origin.stack === undefined ? undefined : plainName(origin.stack);
  const rows = names.map((one): readonly Cell[] => {
    const source = origin.fields.find(({ field }) => field === one.source);
    const by = one.live === undefined ? [] : (managers.of?.get(one.live) ?? []);
    const isIgnored = origin.ignored.includes(one.source);
    return [
      nameCell(meant === undefined ? one.source : one.named),
      managers.of === undefined ? 'unknown' : managersText(by),
      source === undefined ? '-' : nameCell(placeText(source)),
      source?.literal === undefined ? (source === undefined ? '-' : 'computed') : nameCell(oneLine(source.literal, 80)),
      ...(meant === undefined ? [] : [liveText(live.body, one.live)]),
      revertedBy({ stack, isIgnored, inSource: source !== undefined, managers: by }),
    ];
  });
  const taken = 'an edit by hand is taken back by';
  return table({
    asOf: now,
    coverage: {
      covered: `${what}: its source in the trusted base${live.context}`,
      missing: managers.missing,
    },
    headline: headlineOf(what, stack, origin),
    columns: ['field', 'live manager', 'file:line', 'literal', ...(meant === undefined ? [taken] : ['live', taken])],
    rows: rows.toSorted((a, b) => handFirst(a) - handFirst(b)),
    narrow: meant === undefined ? 'one with field=, more with budget= up to 24000' : 'the whole name with field=',
    notes: [
      ...callsNote(origin),
      ...writersNote(managers.of?.get('') ?? [], now),
      ...patchNote(stack),
      ...keepNotes(keep, now),
    ],
  });
}

/** Nobody manages these: with others it would be another object. */
const identity = /^(?:apiVersion|kind|metadata\.(?:name|namespace))$/;

function headlineOf(what: string, stack: string | undefined, origin: ObjectOrigin): string {
  if (stack === undefined)
    return `${what}: NO stack's source has it; Terraform does not take edits of it back, nor make it again`;
  const at = origin.place === undefined ? '' : ` at ${plainName(placeText(origin.place))}`;
  const address = origin.address === undefined ? '' : ` as ${plainName(origin.address)}`;
  return `${what}: owned by stack ${stack}${address}${at}`;
}

function liveText(body: JsonObject | undefined, field: string | undefined): Cell {
  if (body === undefined) return 'unknown';
  const [value, more] = field === undefined ? [] : fieldValues(body, fieldSteps(field));
  if (value === undefined) return 'not set';
  if (more !== undefined) return 'several values';
  return value !== null && typeof value === 'object'
    ? 'set, more than one value'
    : nameCell(oneLine(String(value), 80));
}

function managersText(managers: readonly FieldManager[]): string {
  const names = managers.map(({ by, how, subresource }) => {
    const through = subresource === undefined ? '' : `/${subresource}`;
    return `${by}${through}${how === 'Apply' ? ' (apply)' : ''}`;
  });
  return [...new Set(names)].join(', ') || 'nobody: not set in the cluster';
}

function callsNote({ calls = [] }: ObjectOrigin): readonly string[] {
  if (calls.length === 0) return [];
  return [
    `called from ${calls.map((call) => plainName(placeText(call))).join(' → ')}: what a module is given is changed there`,
  ];
}

function writersNote(managers: readonly FieldManager[], now: Date): readonly string[] {
  if (managers.length === 0) return [];
  const told = managers.map(({ by, how, at, subresource }) => {
    const age = Number.isNaN(Date.parse(at)) ? '?' : ageText(now.getTime() - Date.parse(at));
    return `${by}${subresource === undefined ? '' : `/${subresource}`} ${how} ${age} ago`;
  });
  return [
    `everybody who wrote it: ${told.join(', ')}. Admission webhooks write under the name of whoever they changed`,
  ];
}

function patchNote(stack: string | undefined): readonly string[] {
  if (stack === undefined) return [];
  return [
    'a kubectl edit or patch lasts until the next apply; for good: the same call with field= and value= gives the diff',
  ];
}

function handFirst(row: readonly Cell[]): number {
  return typeof row[1] === 'string' && /kubectl-(?:edit|patch)/.test(row[1]) ? 0 : 1;
}
