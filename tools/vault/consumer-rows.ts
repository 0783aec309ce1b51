import type { SourceReference } from '../../src/change/wire/secret.ts';
import {
  isSecretAt,
  isSecretBelow,
  type SecretUse,
  type SecretUsers,
  type SyncedSecret,
  type VaultPlace,
} from '../../src/cluster/index.ts';
import type { Cell } from '../../src/kit/index.ts';
import { oneLine } from '../../src/kit/index.ts';
import type { Gathered } from './gathered.ts';
import { keysMade, type Presence, presenceOf } from './judged.ts';
import { nameCell, plainName, referenceText, whoCell } from './words.ts';

/** One consumer of one secret, and whether what it names is there. */
export interface Consumer {
  readonly state: 'BROKEN' | 'unknown' | 'NOT SYNCED' | 'ok';
  readonly reference: string;
  readonly by: string;
  readonly how: string;
  readonly detail: string;
}

/** A secret, or one key of it; undefined: everything that is consumed. */
export type Asked = { readonly mount: string; readonly path: string; readonly key?: string | undefined } | undefined;

const order: readonly Consumer['state'][] = ['BROKEN', 'NOT SYNCED', 'unknown', 'ok'];

export function consumersOf(asked: Asked, gathered: Gathered): readonly Consumer[] {
  const { users, sources = [] } = gathered;
  const found = [
    ...(users?.synced ?? []).flatMap((synced) => syncedConsumers(asked, synced, gathered)),
    ...(users === undefined ? [] : missingKeys(asked, users, gathered)),
    ...sources.filter((source) => concernsSource(asked, source)).map((source) => sourceConsumer(source, gathered)),
  ];
  return found.toSorted(
    (a, b) => order.indexOf(a.state) - order.indexOf(b.state) || a.reference.localeCompare(b.reference),
  );
}

export function rowOf({ state, reference, by, how, detail }: Consumer): readonly Cell[] {
  return [state, nameCell(reference), whoCell(by), how, detail];
}

function syncedConsumers(asked: Asked, synced: SyncedSecret, gathered: Gathered): readonly Consumer[] {
  const { inventory } = gathered;
  const parts = [
    ...synced.entries.map(({ from, property, key }) => ({ place: from, property, key })),
    ...synced.whole.map((place) => ({ place, property: undefined, key: undefined })),
    ...(asked === undefined
      ? []
      : synced.searches
          .filter((place) => isSecretBelow(place, asked.mount, asked.path))
          .map(() => ({ place: { mount: asked.mount, path: asked.path }, property: undefined, key: undefined }))),
  ].filter(({ place, property }) => concerns(asked, place, property));
  return parts.flatMap(({ place, property, key }) => {
    const presence = presenceOf(place, property, inventory);
    const reference = namedBy(place, property, inventory);
    const state = presence.is === 'there' && synced.ready === false ? 'NOT SYNCED' : stateOf(presence);
    const makes = `makes Secret ${placeText(synced.by.namespace, synced.secret, key)}`;
    const why = presence.is === 'there' ? makes : `${presence.why}; ${makes}`;
    const itself: Consumer = { state, reference, by: who(synced.by), how: 'remoteRef', detail: why };
    return [
      itself,
      ...usesOf(synced, key, gathered.users).map((use) => ({ ...useConsumer(use, gathered.users), state, reference })),
    ];
  });
}

function usesOf(synced: SyncedSecret, key: string | undefined, users: SecretUsers | undefined): readonly SecretUse[] {
  return (users?.uses ?? []).filter(
    ({ by, secret, key: used }) =>
      by.namespace === synced.by.namespace &&
      secret === synced.secret &&
      (used === undefined || key === undefined || used === key || synced.templated),
  );
}

function useConsumer(use: SecretUse, users: SecretUsers | undefined): Omit<Consumer, 'state' | 'reference'> {
  const reload = users?.reloadTrigger(use.by, use.secret);
  const once = use.frozen
    ? `taken at start${reload === undefined ? ', NO reload trigger' : `, restarted by ${reload}`}`
    : 'file follows the Secret';
  const told = use.how === 'imagePullSecret' ? 'to pull images' : once;
  return {
    by: who(use.by),
    how: `${use.how}${use.init ? ' (init)' : ''}`,
    detail: `through Secret ${placeText(use.by.namespace, use.secret, use.key)}; ${told}`,
  };
}

/** What takes a key of a Kubernetes Secret that nothing puts there. */
function missingKeys(asked: Asked, users: SecretUsers, { inventory }: Gathered): readonly Consumer[] {
  return users.uses.flatMap((use): readonly Consumer[] => {
    const makers = users.synced.filter(({ by, secret }) => by.namespace === use.by.namespace && secret === use.secret);
    const concerned = makers.some(({ entries, whole }) =>
      [...entries.map(({ from }) => from), ...whole].some((place) => concerns(asked, place, undefined)),
    );
    if (use.key === undefined || makers.length === 0 || !concerned) return [];
    const made = keysMade(makers, inventory);
    if (made === undefined || made.has(use.key)) return [];
    const maker = makers[0];
    return [
      {
        state: 'BROKEN',
        reference: `k8s:${placeText(use.by.namespace, use.secret, use.key)}`,
        by: who(use.by),
        how: `${use.how}${use.init ? ' (init)' : ''}`,
        detail: `ExternalSecret ${plainName(maker?.by.name ?? '?')}, which makes the Secret, puts no such key there`,
      },
    ];
  });
}

function sourceConsumer(source: SourceReference, { inventory }: Gathered): Consumer {
  const presence: Presence = isUnresolved(source)
    ? { is: 'unknown', why: 'which secret it names is not written there' }
    : presenceOf(sourcePlace(source), source.key, inventory);
  return {
    state: stateOf(presence),
    reference: namedBy(sourcePlace(source), source.key, inventory),
    by: `${source.file}:${source.line}`,
    how: plainName(source.how),
    detail: [
      presence.is === 'there' ? '' : presence.why,
      source.stack === undefined ? '' : `stack ${plainName(source.stack)}`,
    ]
      .filter((part) => part !== '')
      .join('; '),
  };
}

/** By the name of the secret that is there, where one is: a place whose engine nobody said has only a path. */
function namedBy(place: VaultPlace, key: string | undefined, { secrets }: Gathered['inventory']): string {
  const known =
    place.mount === undefined ? secrets.find(({ mount, path }) => isSecretAt(place, mount, path)) : undefined;
  return referenceText({ mount: known?.mount ?? place.mount ?? '?', path: known?.path ?? place.path, key });
}

function stateOf({ is }: Presence): Consumer['state'] {
  return is === 'there' ? 'ok' : is === 'broken' ? 'BROKEN' : 'unknown';
}

export function concerns(asked: Asked, place: VaultPlace, property: string | undefined): boolean {
  if (asked === undefined) return true;
  if (!isSecretAt(place, asked.mount, asked.path)) return false;
  return asked.key === undefined || property === undefined || within(property, asked.key);
}

export function concernsSource(asked: Asked, source: SourceReference): boolean {
  return concerns(asked, sourcePlace(source), source.key);
}

/** The source does not say which secret this is, so it may be any. */
export function isUnresolved({ path, how }: SourceReference): boolean {
  return how === 'unresolved' || path === '?';
}

/** `?` is the engine of a store that stands in no file: by the path alone it may be this secret. */
function sourcePlace({ mount, path }: SourceReference): VaultPlace {
  return { mount: mount === '?' ? undefined : mount, path };
}

/** `config.user` takes part of the key `config`. */
function within(property: string, key: string): boolean {
  const plain = property.replace(/\\(.)/g, '$1');
  return plain === key || plain.startsWith(`${key}.`) || key.startsWith(`${plain}.`);
}

function placeText(namespace: string, secret: string, key: string | undefined): string {
  const place = `${plainName(namespace)}/${plainName(secret)}`;
  return key === undefined ? place : `${place}#${plainName(key)}`;
}

function who({
  kind,
  namespace,
  name,
}: {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}): string {
  return oneLine(`${kind} ${namespace === '' ? name : `${namespace}/${name}`}`);
}
