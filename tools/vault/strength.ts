import { randomBytes } from 'node:crypto';
import { counted } from '../../src/cluster/index.ts';
import { capabilitiesOf } from '../../src/vault/capabilities.ts';
import type { Mount } from '../../src/vault/kv.ts';
import type { VaultClient } from '../../src/vault/port.ts';
import { vaultToolError } from './errors.ts';
import { plainName } from './words.ts';

/**
 * Whether the daemon's own token is as weak as it must be: it reads names and ages, and no value. What Vault itself says it may do
 * is asked (capabilities-self), for names nobody has and for the secrets there are; nothing is tried.
 *
 *  excess   something it may do and must not: read a value, mint a credential, change or delete anything
 */
export interface Strength {
  /** Asks Vault. `secrets` are `mount/path` of secrets that exist: a grant for one of them shows nowhere else. */
  examine(
    mounts: readonly Mount[],
    secrets: readonly { readonly mount: string; readonly path: string }[],
    signal: AbortSignal,
  ): Promise<void>;
  readonly excess: readonly string[];
  /** Vault was asked, and answered. */
  readonly examined: boolean;
  /** Throws `vault-token-too-strong` where it is and `strict` is set. */
  assertFit(): void;
  /** Where it is too strong and that is allowed: what every answer says. */
  notes(): readonly string[];
}

const perQuestion = 200;
const reading = ['read', 'root', 'sudo'] as const;
const changing = ['create', 'update', 'patch', 'delete', 'root', 'sudo'] as const;
const either = [...reading, ...changing];

interface Question {
  readonly path: string;
  readonly what: string;
  readonly excess: readonly string[];
}

export function createStrength(vault: VaultClient, strict: boolean): Strength {
  let excess: readonly string[] = [];
  let examined = false;
  return {
    async examine(mounts, secrets, signal) {
      const questions = [...questionsOf(mounts), ...secrets.flatMap((secret) => questionsOfSecret(secret, mounts))];
      const found: string[] = [];
      for (let start = 0; start < questions.length; start += perQuestion) {
        const some = questions.slice(start, start + perQuestion);
        const answers = await capabilitiesOf(
          vault,
          some.map(({ path }) => path),
          { signal },
        );
        for (const question of some) {
          const may = answers.get(question.path);
          // What Vault does not answer is not a no.
          const over = may === undefined ? ['unknown'] : may.filter((one) => question.excess.includes(one));
          if (over.length > 0) found.push(`${question.what} (${over.map(plainName).join(', ')})`);
        }
      }
      excess = [...new Set(found)];
      examined = true;
    },
    get examined() {
      return examined;
    },
    get excess() {
      return excess;
    },
    assertFit() {
      if (!strict || excess.length === 0) return;
      throw vaultToolError('vault-token-too-strong', {
        message: `the daemon's token may do more than it must: ${told(excess)}`,
        next: 'give the daemon a token with the policy of `castellan vault policy` and no other; or set vault.strict: false and hear of it in every answer',
      });
    },
    notes() {
      if (excess.length === 0) return [];
      return [`TOKEN TOO STRONG (vault.strict is off): the daemon may ${told(excess)}`];
    },
  };
}

function told(excess: readonly string[]): string {
  const more = excess.length - 4;
  return `${excess.slice(0, 4).join('; ')}${more > 0 ? `; and ${counted(more, 'more thing')}` : ''}`;
}

function questionsOf(mounts: readonly Mount[]): readonly Question[] {
  // No policy can name it: what may be done to it may be done to anything.
  const probe = `castellan-probe-${randomBytes(8).toString('hex')}`;
  const sys = ['sys/policies/acl', 'sys/mounts', 'sys/auth', 'sys/audit', 'sys/raw', 'auth/token/roles'].map(
    (path) => ({
      path: `${path}/${probe}`,
      what: `change ${path}`,
      excess: changing,
    }),
  );
  return [
    ...sys,
    { path: 'sys/seal', what: 'seal Vault', excess: changing },
    ...mounts.flatMap((mount): readonly Question[] => {
      const name = mount.name.replace(/\/+$/, '');
      const at = (part: string, what: string, excess: readonly string[]): Question => ({
        path: `${name}/${part}`,
        what: `${what} of ${plainName(name)}`,
        excess,
      });
      switch (mount.type) {
        case 'kv':
        case 'generic':
          return mount.kvVersion === 2
            ? [
                at(`data/${probe}`, 'read or write values', either),
                at(`metadata/${probe}`, 'change or delete metadata', changing),
                ...['delete', 'undelete', 'destroy'].map((verb) =>
                  at(`${verb}/${probe}`, `${verb} versions`, changing),
                ),
                at('config', 'change the settings', changing),
              ]
            : // Version 1 keeps values under any name, also where version 2 keeps metadata.
              ['', 'metadata/', 'subkeys/'].map((part) => at(`${part}${probe}`, 'read or write values', either));
        case 'database':
          return [
            at(`creds/${probe}`, 'mint credentials', either),
            at(`static-creds/${probe}`, 'read passwords', either),
            at(`rotate-role/${probe}`, 'rotate passwords', changing),
            at(`config/${probe}`, 'change connections', changing),
          ];
        case 'kubernetes':
          return [at(`creds/${probe}`, 'mint tokens of any role', changing)];
        case 'cubbyhole':
        case 'identity':
        case 'system':
          return [];
        default:
          return [at(`${probe}`, 'change anything', changing)];
      }
    }),
  ];
}

/** One that may be read by its own name is as bad as all of them. */
function questionsOfSecret(
  secret: { readonly mount: string; readonly path: string },
  mounts: readonly Mount[],
): readonly Question[] {
  const mount = mounts.find(({ name }) => name.replace(/\/+$/, '') === secret.mount);
  if (mount === undefined) return [];
  const path = mount.kvVersion === 2 ? `${secret.mount}/data/${secret.path}` : `${secret.mount}/${secret.path}`;
  return [{ path, what: `read or write ${plainName(`${secret.mount}/${secret.path}`)}`, excess: either }];
}
