import type { SecretReference } from '../../src/change/wire/secret.ts';
import { ageText } from '../../src/cluster/index.ts';
import { type Answer, text } from '../../src/kit/index.ts';
import { type StaticRole, staticRole } from '../../src/vault/databases.ts';
import type { VaultClient } from '../../src/vault/port.ts';
import { vaultToolError } from './errors.ts';
import { plainName, whenText } from './words.ts';

/** When a role's password is rotated next; undefined: by a schedule, or never rotated yet. */
export function nextRotation({ rotatedAt, rotationSeconds }: StaticRole): Date | undefined {
  if (rotatedAt === undefined || rotationSeconds === undefined) return undefined;
  return new Date(rotatedAt.getTime() + rotationSeconds * 1_000);
}

/** A queue of Vault's looks every few seconds; later than this it has not done its work. */
const lateMs = 10 * 60_000;

export function isOverdue(role: StaticRole, now: Date): boolean {
  const next = nextRotation(role);
  return next !== undefined && now.getTime() - next.getTime() > lateMs;
}

/** `database/static-roles/mail`, and `database/static-creds/mail`, which has the password and is not read. */
export function staticRoleNamed({ path }: SecretReference): string {
  const role = /^static-(?:roles|creds)\/([^/]+)$/.exec(path)?.[1];
  if (role !== undefined) return role;
  throw vaultToolError('vault-reference-invalid', {
    message: 'of a database engine only static roles can be described',
    next: 'write it as database/static-roles/name',
  });
}

export interface AskedRole {
  readonly mount: string;
  readonly role: string;
  readonly vault: VaultClient;
  readonly signal: AbortSignal;
  readonly now: Date;
}

export async function describeStaticRole({ mount, role, vault, signal, now }: AskedRole): Promise<Answer> {
  const found = await staticRole(vault, mount, role, { signal });
  const next = nextRotation(found);
  const name = `${plainName(mount)}/static-roles/${plainName(role)}`;
  const overdue = isOverdue(found, now);
  const rotation =
    found.rotationSeconds === undefined
      ? 'rotated by a schedule'
      : `rotated every ${ageText(found.rotationSeconds * 1_000)}`;
  return text({
    asOf: now,
    // No colon behind a name: of one that ends in `password`, redaction would take the rest for its value.
    coverage: { covered: `rule and times of ${name}; the password was not read` },
    headline: `${name} · ${overdue ? `ROTATION OVERDUE, it was due ${whenText(next, now)}` : `next rotation ${whenText(next, now)}`}`,
    blocks: [
      [
        `database ${plainName(found.database)}, user ${plainName(found.username)}`,
        `${rotation}; last ${found.rotatedAt === undefined ? 'NEVER' : whenText(found.rotatedAt, now)}`,
      ].join('\n'),
    ],
    notes: [
      'who breaks at the next rotation: vault_consumers rotation=true',
      `who reads it: vault_consumers of ${plainName(`${mount}/static-creds/${role}`)}`,
    ],
  });
}
