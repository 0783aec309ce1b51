import type { SnapshotAlert, TriageSnapshot } from '../../src/incident/triage/port.ts';
import type { JsonObject } from '../../src/kit/index.ts';

/** A state of a cluster that somebody recorded, and what was wrong with it. The engine sees neither `expected` nor `group`. */
export interface RecordedCase {
  readonly at: Date;
  readonly manifests: readonly JsonObject[];
  readonly alerts: readonly SnapshotAlert[];
  /** Which Service calls which, where that was recorded too. */
  readonly calls: readonly { readonly from: string; readonly to: string }[];
  /** `app/web`, `node/worker-1`, `namespace/shop`; `none`: it was well; undefined: only that something was wrong is known. */
  readonly expected: string | undefined;
  /** What the figures are printed by: the system, the kind of fault. */
  readonly group: string;
  /** Its folder, for whoever runs the bench: odd numbers were looked at when the engine was tuned, even ones were not. */
  readonly folder: string;
}

/** A suspect as cases name them: whatever belongs to an app is that app, also the claim that it alone mounts. */
export function caseName(object: string, dependencies: TriageSnapshot['dependencies']): string {
  if (object.startsWith('PersistentVolumeClaim ')) {
    const users = dependencies.filter(({ to, from }) => to === object && !from.startsWith('Pod '));
    const [user] = users;
    if (user !== undefined && users.length === 1) return caseName(user.from, []);
  }
  const [kind = '', place = ''] = object.split(' ');
  const name = place.split('/').at(-1) ?? '';
  if (kind === 'Node') return `node/${name}`;
  if (kind === 'ResourceQuota' || kind === 'LimitRange') return `namespace/${place.split('/')[0] ?? ''}`;
  return kind === 'Namespace' ? `namespace/${name}` : `app/${name}`;
}
