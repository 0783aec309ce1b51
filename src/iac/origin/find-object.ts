import { type Declared, declaredIn } from './declared.ts';
import { fieldText } from './ignored.ts';
import type { OriginSources } from './origins.ts';
import type { Scalar, SourcePlace } from './port.ts';
import { leavesOf, scalarOf } from './symbol.ts';

/** An object of the cluster, as somebody asks for it. */
export interface ObjectName {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

export interface FoundObject extends Pick<Declared, 'address' | 'place' | 'ignored'> {
  /** Fields as the API server knows them: `spec.replicas`, `spec.template.spec.containers[0].image`. */
  readonly fields: readonly {
    readonly field: string;
    readonly place: SourcePlace;
    readonly literal: Scalar | undefined;
  }[];
}

/** A source can say the same a great many times over; no object has a tenth of it. */
const mostFields = 10_000;

/** The resource of this stack that makes the object; undefined when none is known to. */
export function findObject(sources: OriginSources, wanted: ObjectName): FoundObject | undefined {
  for (const { kind, name, namespace, address, place, body, ignored, isPart } of declaredIn(sources)) {
    const isMeant = wanted.namespace === undefined || wanted.namespace === namespace;
    if (kind !== wanted.kind || name !== wanted.name || !isMeant || isPart) continue;
    return {
      address,
      place,
      ignored,
      fields: [...leavesOf(body).take(mostFields)].map(({ path, leaf }) => ({
        field: fieldText(path),
        place: leaf.place,
        literal: scalarOf(leaf),
      })),
    };
  }
  return undefined;
}
