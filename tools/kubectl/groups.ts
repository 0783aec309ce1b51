import { type Kind, nameText } from '../../src/cluster/index.ts';
import type { Cell } from '../../src/kit/index.ts';
import { cellOf, textOf } from './cell.ts';
import type { Column } from './column.ts';
import { workloadOf } from './owner.ts';
import { compare, type Judged, type Shown, trimmed } from './rows.ts';

interface Group {
  readonly value: string;
  readonly remark: string;
  objects: number;
  problems: number;
  /** By `namespace/name`: how many objects, and how often at most one of them has the value. */
  readonly members: Map<string, { objects: number; often: number }>;
}

const mostMembers = 6;

/** One row for each value: how many objects have it, and which. What is wrong comes first, then what is frequent. */
export function groupTable(judged: readonly Judged[], column: Column, kind: Kind): Shown {
  const groups = new Map<string, Group>();
  for (const one of judged) {
    for (const [value, often] of timesOf(column, one)) {
      const group = groups.get(value) ?? {
        value,
        remark: column.remark?.(value) ?? '',
        objects: 0,
        problems: 0,
        members: new Map(),
      };
      groups.set(value, group);
      group.objects += 1;
      if (one.verdict.status === 'problem') group.problems += 1;
      const name = memberOf(one, kind);
      const member = group.members.get(name) ?? { objects: 0, often: 0 };
      group.members.set(name, { objects: member.objects + 1, often: Math.max(member.often, often) });
    }
  }
  const sorted = [...groups.values()].sort(
    (a, b) => Number(a.remark === '') - Number(b.remark === '') || b.objects - a.objects || compare(a.value, b.value),
  );
  const rows = sorted.map((group): readonly Cell[] => [
    group.value === '' ? '(none)' : column.ours === true ? group.value : cellOf([group.value]),
    group.remark,
    group.objects,
    group.problems === 0 ? '' : group.problems,
    membersText(group),
  ]);
  const remarked = sorted.filter(({ remark }) => remark !== '').length;
  const notes =
    column.remark === undefined || remarked > 0 || rows.length === 0 ? [] : [`no ${column.label} has a floating tag`];
  return trimmed({ columns: [column.label, 'floating', kind.resource, 'problems', 'which'], rows, notes }, kind);
}

/** How often an object has each value; once nothing, when it has none. */
function timesOf(column: Column, one: Judged): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const value of column.values(one)) {
    const text = textOf(value);
    times.set(text, (times.get(text) ?? 0) + 1);
  }
  return times.size === 0 ? new Map([['', 1]]) : times;
}

/** Pods by what runs them: their own names say no more. */
function memberOf({ object }: Judged, kind: Kind): string {
  const name = nameText(kind.kind === 'Pod' ? workloadOf(object) : object.name);
  return object.namespace === '' ? name : `${object.namespace}/${name}`;
}

function membersText({ members }: Group): string {
  const shown = [...members].slice(0, mostMembers).map(([name, { objects, often }]) => {
    const several = objects > 1 ? ` ×${objects}` : '';
    return `${name}${several}${often > 1 ? ` (in ${often} containers)` : ''}`;
  });
  const more = members.size > shown.length ? `, and ${members.size - shown.length} more` : '';
  return `${shown.join(', ')}${more}`;
}
