import type { JsonObject } from '../../../kit/index.ts';
import { at, listAt, textAt } from '../../fields.ts';
import { counted } from '../../findings/words.ts';

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

/** Variables by where their value comes from: `4 literals, 2 from Secrets`. */
export function environmentText(container: JsonObject | undefined): string | undefined {
  const variables = listAt(container, 'env');
  const count = { literals: 0, 'from Secrets': 0, 'from ConfigMaps': 0, 'from the pod': 0 };
  for (const variable of variables) {
    const from = textAt(variable, 'from') ?? '';
    if (from.startsWith('secret/')) count['from Secrets'] += 1;
    else if (from.startsWith('configmap/')) count['from ConfigMaps'] += 1;
    else if (from !== '') count['from the pod'] += 1;
    else count.literals += 1;
  }
  const whole = listAt(container, 'envFrom').length;
  const said = Object.entries(count).flatMap(([what, times]) =>
    times === 0 ? [] : [what === 'literals' ? counted(times, 'literal') : `${times} ${what}`],
  );
  if (whole > 0) said.push(`${whole} whole Secrets or ConfigMaps`);
  return said.length === 0 ? undefined : `env: ${said.join(', ')}`;
}
