import { floatingTag, imageShape, imagesOf, type KindHealth, type Shape, valuesAt } from '../../src/cluster/index.ts';
import type { JsonValue } from '../../src/kit/index.ts';
import { workloadOf } from './owner.ts';
import type { Judged } from './rows.ts';

/** Something a list can show or group by: a word that is known here, or a path. */
export interface Column {
  readonly label: string;
  /** What must be read for it. */
  readonly shape: Shape;
  /** An object may have several: the images of its containers. */
  values(one: Judged): readonly JsonValue[];
  /** Whether its values are words of ours: they need no fence. */
  readonly ours?: true;
  /** What is wrong with a value. */
  remark?(value: string): string | undefined;
}

/** Words that mean more than a path could. */
const known: Readonly<Record<string, Omit<Column, 'label'>>> = {
  image: { shape: imageShape, values: ({ object }) => imagesOf(object), remark: floatingTag },
  namespace: { shape: {}, values: ({ object }) => [object.namespace] },
  workload: { shape: {}, values: ({ object }) => [workloadOf(object)] },
  status: { shape: {}, ours: true, values: ({ verdict }) => [verdict.summary] },
};

export function columnOf(label: string, health: KindHealth): Column {
  const word = Object.hasOwn(known, label) ? known[label] : undefined;
  if (word !== undefined) return { label, ...word };
  const index = health.columns.indexOf(label);
  if (index === -1) return { label, shape: shapeOf(label), values: ({ object }) => valuesAt(object.body, label) };
  return {
    label,
    shape: {},
    values: ({ object }) => {
      const cell = health.cells(object)[index];
      return typeof cell === 'string' || typeof cell === 'number' ? [cell] : [];
    },
  };
}

/**
 * The whole field at the top: what a value is can depend on its neighbours (`name: adminPassword` beside `value: …`), so
 * they are read and redacted together.
 */
function shapeOf(path: string): Shape {
  const [top = '', second = ''] = path.replaceAll('[', '.').split('.');
  if (top === 'metadata' && second !== '') return { metadata: { [second]: true } };
  return { [top]: true };
}
