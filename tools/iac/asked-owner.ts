import type { KeepState } from '../../src/change/wire/protocol.ts';
import type { ObjectOrigin } from '../../src/change/wire/stacks.ts';
import { type FieldNames, fieldNames } from './field-names.ts';
import { type LiveObject, liveObject } from './live-object.ts';
import type { IacPorts } from './port.ts';
import { plainName } from './words.ts';

/** An object that somebody means, and what the source says of it. */
export interface AskedOwner {
  readonly live: LiveObject;
  /** To begin a sentence with. */
  readonly what: string;
  readonly origin: ObjectOrigin;
  /** Fields of it whose literal Vault has as well, by the names that the source has for them. */
  readonly masked: ReadonlySet<string>;
  readonly names: readonly FieldNames[];
  readonly keep: KeepState;
  readonly now: Date;
}

export interface Meant {
  readonly object: string;
  readonly namespace: string | undefined;
  readonly ports: Pick<IacPorts, 'cluster' | 'keep' | 'redactor'>;
  readonly signal: AbortSignal;
  readonly now: Date;
}

export async function askOwner({ object, namespace, ports, signal, now }: Meant): Promise<AskedOwner> {
  const live = await liveObject({ object, namespace, cluster: ports.cluster, signal });
  const { kind, name } = live;
  const within = live.namespace === '' ? {} : { namespace: live.namespace };
  const reply = await ports.keep.ask({ verb: 'status', of: 'object', kind, name, ...within }, signal);
  const origin: ObjectOrigin = reply.object ?? { fields: [], ignored: [] };
  const masked = origin.fields.filter(
    ({ literal }) => literal !== undefined && ports.redactor.text(literal).text !== literal,
  );
  return {
    live,
    what: `${live.said}${kind} ${plainName(live.namespace === '' ? name : `${live.namespace}/${name}`)}`,
    origin,
    masked: new Set(masked.map(({ field }) => field)),
    names: fieldNames(origin, live.body),
    keep: reply.keep,
    now,
  };
}
