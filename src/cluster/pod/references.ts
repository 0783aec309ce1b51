import type { JsonObject } from '../../kit/index.ts';
import { at, listAt, textAt } from '../fields.ts';

/** What a pod needs to be there before it can start, by kind; names as the spec has them. */
export interface PodReferences {
  readonly secrets: ReadonlySet<string>;
  readonly configMaps: ReadonlySet<string>;
  readonly claims: ReadonlySet<string>;
  readonly serviceAccount: string;
}

/** Reads a redacted pod spec: a variable's source stands there as `from: secret/db#password`. */
export function referencesOf(spec: JsonObject | undefined): PodReferences {
  const secrets = new Set<string>();
  const configMaps = new Set<string>();
  const claims = new Set<string>();
  const add = (names: Set<string>, name: string | undefined): void => {
    if (name !== undefined && name !== '') names.add(name);
  };
  for (const container of [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')]) {
    for (const variable of listAt(container, 'env')) {
      const [, kind, name] = /^(secret|configmap)\/([^#]+)#/.exec(textAt(variable, 'from') ?? '') ?? [];
      add(kind === 'secret' ? secrets : configMaps, name);
    }
    for (const source of listAt(container, 'envFrom')) {
      add(secrets, textAt(at(source, 'secretRef'), 'name'));
      add(configMaps, textAt(at(source, 'configMapRef'), 'name'));
    }
  }
  for (const volume of listAt(spec, 'volumes')) {
    add(secrets, textAt(at(volume, 'secret'), 'secretName'));
    add(configMaps, textAt(at(volume, 'configMap'), 'name'));
    add(claims, textAt(at(volume, 'persistentVolumeClaim'), 'claimName'));
    for (const source of listAt(at(volume, 'projected'), 'sources')) {
      add(secrets, textAt(at(source, 'secret'), 'name'));
      add(configMaps, textAt(at(source, 'configMap'), 'name'));
    }
  }
  for (const pull of listAt(spec, 'imagePullSecrets')) add(secrets, textAt(pull, 'name'));
  // Every namespace has it and every pod mounts it: it says nothing about this one.
  configMaps.delete('kube-root-ca.crt');
  return { secrets, configMaps, claims, serviceAccount: textAt(spec, 'serviceAccountName') ?? 'default' };
}
