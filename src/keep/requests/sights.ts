import type { RequestView, SecretWish } from '../../change/wire/secret.ts';
import { CastellanError } from '../../kit/index.ts';
import type { Lookups, SecretPlace, VersionFacts } from './door.ts';
import { notPossible, requestError } from './errors.ts';

/** What can be seen of a secret by its names and versions: whether it is there to be asked for, and whether it moved since. */
export interface Sights {
  /**
   * The version that a wish is about; 0: there is no such secret yet; undefined: it is about none.
   * Errors: `request-unknown-secret`, `request-not-possible`, those of Vault.
   */
  look(wish: SecretWish): Promise<number | undefined>;
  /** Why what was asked for cannot be done as it was asked; undefined when it can. Errors: those of Vault. */
  moved(view: RequestView): Promise<string | undefined>;
}

export interface SightsOptions {
  readonly lookups: Lookups;
  /** Whether kubeconfigs can be lent. */
  readonly lends: boolean;
  readonly now: () => Date;
}

export function createSights({ lookups, lends, now }: SightsOptions): Sights {
  const factsOf = async (place: SecretPlace) => {
    try {
      return await lookups.metadata(place);
    } catch (error) {
      if (error instanceof CastellanError && error.code === 'vault-not-found') return undefined;
      throw error;
    }
  };

  const assertMount = async (mount: string): Promise<void> => {
    const found = (await lookups.mounts()).find(({ name }) => name.replace(/\/$/, '') === mount);
    if (found === undefined) throw unknownSecret(`there is no mount ${mount}`, 'vault_search lists the mounts');
    if (found.kvVersion === 2) return;
    throw notPossible(`${mount} is no key-value engine with versions`, 'ask for a key of one that is');
  };

  const lookForReveal = async ({ of }: Extract<SecretWish, { kind: 'reveal' }>): Promise<number> => {
    const facts = await factsOf(of);
    if (facts === undefined) throw unknownSecret(`there is no secret ${nameOf(of)}`, 'vault_search finds it by name');
    const version = of.version ?? facts.currentVersion;
    const flaw = flawOfVersion(facts.versions, version, now());
    if (flaw !== undefined) throw unknownSecret(`${nameOf(of)}: ${flaw}`, 'vault_describe has its versions');
    if (!(await lookups.keys(of, version)).includes(of.key)) {
      throw unknownSecret(`${nameOf(of)} has no key of that name`, 'vault_describe has its keys');
    }
    return version;
  };

  const lookForWriting = async ({ of }: Extract<SecretWish, { kind: 'write' | 'generate' }>): Promise<number> => {
    const facts = await factsOf(of);
    const version = facts?.currentVersion ?? 0;
    if (of.version !== undefined && of.version !== version) {
      throw notPossible(`${nameOf(of)} is at version ${version}`, 'leave the version out, or name the current one');
    }
    if (facts === undefined || version === 0) return version;
    const flaw = flawOfVersion(facts.versions, version, now());
    if (flaw !== undefined) {
      throw notPossible(`${nameOf(of)}: ${flaw}, and the other keys would be lost`, 'a human undeletes it first');
    }
    // What is written is a text: it would take the place of a whole map.
    if ((await lookups.keys(of, version)).some((key) => key.startsWith(`${of.key}.`))) {
      throw notPossible(`the key of ${nameOf(of)} holds more keys below it`, 'ask for one that holds a text');
    }
    return version;
  };

  return {
    look: async (wish) => {
      if (wish.kind === 'lease') {
        if (!lends) {
          throw notPossible('it has no Kubernetes engine to lend from', 'an operator sets vault.kubernetesMount');
        }
        return undefined;
      }
      await assertMount(wish.of.mount);
      return wish.kind === 'reveal' ? lookForReveal(wish) : lookForWriting(wish);
    },

    moved: async ({ wish, version = 0 }) => {
      if (wish.kind === 'lease') return lends ? undefined : 'no Kubernetes engine is configured any more';
      const facts = await factsOf(wish.of);
      const current = facts?.currentVersion ?? 0;
      const pinned = wish.kind === 'reveal' && wish.of.version !== undefined;
      if (!pinned && current !== version) return `the secret is at version ${current}, and was at ${version}`;
      return version === 0 ? undefined : flawOfVersion(facts?.versions ?? [], version, now());
    },
  };
}

function flawOfVersion(versions: readonly VersionFacts[], wanted: number, at: Date): string | undefined {
  const found = versions.find(({ version }) => version === wanted);
  if (found === undefined) return `there is no version ${wanted}`;
  if (found.destroyed) return `version ${wanted} is destroyed`;
  // A secret whose versions end by themselves has that time in it from the start.
  return found.deletedAt === undefined || found.deletedAt > at ? undefined : `version ${wanted} is deleted`;
}

function unknownSecret(reason: string, next: string): Error {
  return requestError('request-unknown-secret', { message: `it cannot be asked for: ${reason}`, next });
}

function nameOf({ mount, path }: SecretPlace): string {
  return `${mount}/${path}`;
}
