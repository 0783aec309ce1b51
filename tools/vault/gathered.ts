import type { KeepClient } from '../../src/change/wire/keep-port.ts';
import type { SourceReference } from '../../src/change/wire/secret.ts';
import { type ClusterReader, readSecretUsers, type SecretUsers, sawAllUses } from '../../src/cluster/index.ts';
import type { Reach } from '../../src/kit/index.ts';
import { isUnresolved } from './consumer-rows.ts';
import type { Inventory, Names } from './inventory.ts';
import { attempt, type Missing, plainName } from './words.ts';

/** Everything that tells who uses secrets of Vault, at about one moment. */
export interface Gathered {
  readonly inventory: Inventory;
  /** Undefined: the cluster was not seen. */
  readonly users: SecretUsers | undefined;
  /** Undefined: the repository was not seen. */
  readonly sources: readonly SourceReference[] | undefined;
  readonly missing: readonly Missing[];
  /** Every place where a consumer could stand was looked at. */
  readonly sawAll: boolean;
}

export interface GatheringPorts {
  readonly names: Names;
  readonly keep: Reach<KeepClient> | undefined;
  readonly cluster: Reach<ClusterReader> | undefined;
}

export async function gather({ names, keep, cluster }: GatheringPorts, signal: AbortSignal): Promise<Gathered> {
  const [inventory, users, references] = await Promise.all([
    names.inventory(signal),
    cluster === undefined
      ? notConfigured('cluster')
      : attempt(async () => readSecretUsers(await cluster(), { signal }), signal),
    keep === undefined
      ? notConfigured('keep')
      : attempt(async () => (await keep()).ask({ verb: 'status', of: 'references' }, signal), signal),
  ]);
  const sources = references.value?.references;
  const unresolved = sources?.filter(isUnresolved) ?? [];
  const unread = users.value?.unread ?? [];
  return {
    inventory,
    users: users.value,
    sources,
    missing: [
      ...(users.why === undefined ? [] : [{ what: 'consumers in the cluster', why: users.why }]),
      ...(unread.length === 0 ? [] : [{ what: unread.join(', '), why: 'the cluster credential may not list them' }]),
      ...(sources === undefined
        ? [{ what: 'references in the repository', why: references.why ?? 'the keep told none' }]
        : []),
      ...(unresolved.length === 0 ? [] : [unresolvedIn(unresolved)]),
      ...inventory.missing,
    ],
    sawAll: users.value !== undefined && sawAllUses(users.value) && sources !== undefined && unresolved.length === 0,
  };
}

function unresolvedIn(sources: readonly SourceReference[]): Missing {
  const places = sources.slice(0, 4).map(({ file, line }) => plainName(`${file}:${line}`));
  const more = sources.length > places.length ? ` and ${sources.length - places.length} more` : '';
  return { what: `which secrets are meant at ${places.join(', ')}${more}`, why: 'the files do not say it' };
}

async function notConfigured(what: string) {
  return { value: undefined, why: `no ${what} is configured` } as const;
}
