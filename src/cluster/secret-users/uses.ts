import type { JsonObject } from '../../kit/index.ts';
import { at, listAt, textAt } from '../fields.ts';
import type { ObjectRef } from '../owner.ts';
import { podSpecOf } from '../pod/template.ts';
import type { ClusterObject } from '../reader.ts';

/**
 * Who uses a Kubernetes Secret. Nothing here reads one: a pod's spec says by name what the kubelet will put where.
 *
 *  use      one place of one object that takes a key, or all keys, of a Secret
 *  frozen   what is taken once, when a container starts (env, envFrom, a file by subPath, an init container): a new value is not
 *           seen before a restart
 *  live     a mounted volume: the kubelet replaces the file within minutes, and the process sees it if it looks again
 */
export interface SecretUse {
  readonly by: ObjectRef;
  readonly secret: string;
  /** Undefined: all of its keys. */
  readonly key: string | undefined;
  readonly how: 'env' | 'envFrom' | 'volume' | 'projected' | 'imagePullSecret';
  readonly frozen: boolean;
  readonly init: boolean;
}

/** Every use of a workload, or of a pod. */
export function secretUsesOf(object: ClusterObject): readonly SecretUse[] {
  const spec = podSpecOf(object);
  const by: ObjectRef = { group: object.group, kind: object.kind, namespace: object.namespace, name: object.name };
  const containers = [
    ...listAt(spec, 'initContainers').map((container) => ({ container, init: isOnce(container) })),
    ...listAt(spec, 'containers').map((container) => ({ container, init: false })),
  ];
  const uses = [
    ...containers.flatMap(({ container, init }) => environmentUses(container, init)),
    ...listAt(spec, 'volumes').flatMap((volume) => volumeUses(volume, containers)),
    ...listAt(spec, 'imagePullSecrets').flatMap((pull) => {
      const secret = textAt(pull, 'name');
      return secret === undefined
        ? []
        : [{ secret, key: undefined, how: 'imagePullSecret' as const, frozen: false, init: false }];
    }),
  ];
  return uses.map((use) => ({ by, ...use }));
}

type Use = Omit<SecretUse, 'by'>;

/** A sidecar stands among the init containers and runs as long as the others. */
function isOnce(container: JsonObject): boolean {
  return textAt(container, 'restartPolicy') !== 'Always';
}

function environmentUses(container: JsonObject, init: boolean): readonly Use[] {
  const named = listAt(container, 'env').flatMap((variable): readonly Use[] => {
    // The reader tells where a variable comes from as `secret/db#password`.
    const [, secret, key] = /^secret\/([^#]+)#(.+)$/.exec(textAt(variable, 'from') ?? '') ?? [];
    return secret === undefined ? [] : [{ secret, key, how: 'env', frozen: true, init }];
  });
  const whole = listAt(container, 'envFrom').flatMap((source): readonly Use[] => {
    const secret = textAt(at(source, 'secretRef'), 'name');
    return secret === undefined ? [] : [{ secret, key: undefined, how: 'envFrom', frozen: true, init }];
  });
  return [...named, ...whole];
}

interface Mounting {
  readonly container: JsonObject;
  readonly init: boolean;
}

function volumeUses(volume: JsonObject, containers: readonly Mounting[]): readonly Use[] {
  const name = textAt(volume, 'name');
  const mounts = containers.flatMap(({ container, init }) =>
    listAt(container, 'volumeMounts')
      .filter((mount) => textAt(mount, 'name') === name)
      .map((mount) => ({ init, once: init || textAt(mount, 'subPath') !== undefined })),
  );
  // Mounted by nobody: the kubelet still wants it to be there.
  const frozen = mounts.length > 0 && mounts.some(({ once }) => once);
  const init = mounts.length > 0 && mounts.every((mount) => mount.init);
  const of = (source: JsonObject | undefined, secret: string | undefined, how: Use['how']): readonly Use[] => {
    if (secret === undefined) return [];
    const keys = listAt(source, 'items').map((item) => textAt(item, 'key'));
    return (keys.length === 0 ? [undefined] : keys).map((key) => ({ secret, key, how, frozen, init }));
  };
  const plain = at(volume, 'secret');
  return [
    ...of(plain, textAt(plain, 'secretName'), 'volume'),
    ...listAt(at(volume, 'projected'), 'sources').flatMap((source) => {
      const projected = at(source, 'secret');
      return of(projected, textAt(projected, 'name'), 'projected');
    }),
  ];
}
