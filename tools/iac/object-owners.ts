import type { ObjectOrigin } from '../../src/change/wire/stacks.ts';
import type { FieldManager } from '../../src/cluster/index.ts';
import { ageText } from '../../src/cluster/index.ts';
import { type Answer, type Cell, oneLine, table } from '../../src/kit/index.ts';
import { liveObject } from './live-object.ts';
import type { IacPorts } from './port.ts';
import { revertedBy } from './reverted-by.ts';
import { keepNotes, nameCell, placeText, plainName } from './words.ts';

export interface AskedObject {
  readonly object: string;
  readonly namespace: string | undefined;
  readonly ports: IacPorts;
  readonly signal: AbortSignal;
  readonly now: Date;
}

/** Where each field of a live object comes from, and who would take an edit of it back. */
export async function showObject({ object, namespace, ports, signal, now }: AskedObject): Promise<Answer> {
  const live = await liveObject({ object, namespace, cluster: ports.cluster, signal });
  const { kind, name } = live;
  const asked = {
    verb: 'status',
    of: 'object',
    kind,
    name,
    ...(live.namespace === '' ? {} : { namespace: live.namespace }),
  } as const;
  const reply = await ports.keep.ask(asked, signal);
  const origin: ObjectOrigin = reply.object ?? { fields: [], ignored: [] };
  const names = [...new Set([...origin.fields.map(({ field }) => field), ...origin.ignored])].filter(
    (field) => !identity.test(liveField(field)),
  );
  const managers = await live.managers(['', ...names.map(liveField)]);
  const stack = origin.stack === undefined ? undefined : plainName(origin.stack);
  const rows = names.map((field): readonly Cell[] => {
    const source = origin.fields.find((one) => one.field === field);
    const by = managers.of?.get(liveField(field)) ?? [];
    const isIgnored = origin.ignored.includes(field);
    return [
      nameCell(field),
      managers.of === undefined ? 'unknown' : managersText(by),
      source === undefined ? '-' : nameCell(placeText(source)),
      source?.literal === undefined ? (source === undefined ? '-' : 'computed') : nameCell(oneLine(source.literal, 80)),
      revertedBy({ stack, isIgnored, inSource: source !== undefined, managers: by }),
    ];
  });
  const what = `${live.said}${kind} ${plainName(live.namespace === '' ? name : `${live.namespace}/${name}`)}`;
  return table({
    asOf: now,
    coverage: {
      covered: `${what}: its source in the trusted base${live.context}`,
      missing: managers.missing,
    },
    headline: headlineOf(what, stack, origin),
    columns: ['field', 'live manager', 'file:line', 'literal', 'an edit by hand is taken back by'],
    rows: rows.toSorted((a, b) => handFirst(a) - handFirst(b)),
    narrow: 'more with budget= up to 24000',
    notes: [...writersNote(managers.of?.get('') ?? [], now), ...patchNote(stack), ...keepNotes(reply.keep, now)],
  });
}

/** Nobody manages these: with others it would be another object. */
const identity = /^(?:apiVersion|kind|metadata\.(?:name|namespace))$/;

/** What a plan calls `yaml_body.spec.replicas` is `spec.replicas` in the cluster. */
function liveField(field: string): string {
  return field.replace(/^(?:yaml_body|manifest)(?:\[0\])?\./, '');
}

function headlineOf(what: string, stack: string | undefined, origin: ObjectOrigin): string {
  if (stack === undefined)
    return `${what}: NO stack's last plan had it; Terraform does not take edits of it back, nor make it again`;
  const at = origin.place === undefined ? '' : ` at ${plainName(placeText(origin.place))}`;
  const address = origin.address === undefined ? '' : ` as ${plainName(origin.address)}`;
  return `${what}: owned by stack ${stack}${address}${at}`;
}

function managersText(managers: readonly FieldManager[]): string {
  const names = managers.map(({ by, how, subresource }) => {
    const through = subresource === undefined ? '' : `/${subresource}`;
    return `${by}${through}${how === 'Apply' ? ' (apply)' : ''}`;
  });
  return [...new Set(names)].join(', ') || 'nobody: not set in the cluster';
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
    `a kubectl edit or patch lasts until the next apply; for good, change the file:line and show what it does: terragrunt_plan stack=${stack} patch=…`,
  ];
}

function handFirst(row: readonly Cell[]): number {
  return typeof row[1] === 'string' && /kubectl-(?:edit|patch)/.test(row[1]) ? 0 : 1;
}
