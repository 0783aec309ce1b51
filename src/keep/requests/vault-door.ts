import { mintKubernetesToken, revokeLease } from '../../vault/kubernetes-tokens.ts';
import { metadataOf, mountsOf, subkeysOf } from '../../vault/kv.ts';
import type { VaultClient, VaultSession } from '../../vault/port.ts';
import { unwrapValues, wrapRead, writeKey } from '../../vault/values.ts';
import type { Doings, Purpose, VaultDoor } from './door.ts';
import { notPossible } from './errors.ts';

/** What is done for a human waits longer for Vault than what is looked up. */
const doing = { deadlineMs: 10_000 };

/** The door that requests go through, over the keep's session. `kubernetesMount`: the engine that lends kubeconfigs. */
export function vaultDoor(session: VaultSession, kubernetesMount: string | undefined): VaultDoor {
  return {
    plain: {
      mounts: () => mountsOf(session, {}),
      metadata: ({ mount, path }) => metadataOf(session, mount, path, {}),
      keys: async ({ mount, path }, version) => (await subkeysOf(session, mount, path, version, {})).keys,
    },
    work: (purpose, ttlSeconds, work) => {
      const { accessor, policies: held } = session.standing();
      const policies = policiesFor(purpose, held);
      // A batch token has no accessor and no children; it is short already. Nor has root's any of its own kind.
      if (accessor === undefined || policies.length === 0) return work(doingsOf(session, kubernetesMount));
      return session.job({ policies, ttlSeconds }, (vault) => work(doingsOf(vault, kubernetesMount)));
    },
  };
}

/**
 * Of the policies that deploy/vault has, the one for writing ends in `-write`: a token that has both may write nothing, since the
 * other lets only wrapped answers out. Where there is one policy for all, a job has it.
 */
export function policiesFor(purpose: Purpose, held: readonly string[]): readonly string[] {
  const own = held.filter((name) => name !== 'root' && name !== 'default');
  const writing = own.filter((name) => name.endsWith('-write'));
  if (purpose === 'write') return writing.length > 0 ? writing : own;
  return own.filter((name) => !writing.includes(name));
}

function doingsOf(vault: VaultClient, kubernetesMount: string | undefined): Doings {
  return {
    wrap: ({ mount, path }, version, seconds) => wrapRead(vault, { mount, path, version, seconds }, doing),
    unwrap: (token) => unwrapValues(vault, token, doing),
    write: ({ mount, path }, key, value, cas) => writeKey(vault, { mount, path, key, value, cas }, doing),
    mint: (wanted) => {
      if (kubernetesMount !== undefined)
        return mintKubernetesToken(vault, { ...wanted, mount: kubernetesMount }, doing);
      throw notPossible('it has no Kubernetes engine to lend from', 'an operator sets vault.kubernetesMount');
    },
    revoke: async (lease) => {
      await revokeLease(vault, lease, doing);
    },
  };
}
