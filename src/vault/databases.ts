import { z } from 'zod';
import { listAt } from './kv.ts';
import { segmentsOf } from './path.ts';
import type { AskOptions, VaultClient } from './port.ts';
import { moment } from './replies.ts';

/** A database user whose password Vault rotates. What the password is stands elsewhere (`static-creds`), and is not read. */
export interface StaticRole {
  readonly database: string;
  readonly username: string;
  /** Undefined: by a schedule. */
  readonly rotationSeconds: number | undefined;
  /** Undefined: never yet. */
  readonly rotatedAt: Date | undefined;
}

const roleShape = z.object({
  data: z.object({
    db_name: z.string(),
    username: z.string(),
    rotation_period: z.number().nonnegative().nullish(),
    last_vault_rotation: moment.nullish(),
  }),
});

export async function staticRoles(vault: VaultClient, mount: string, o?: AskOptions): Promise<readonly string[]> {
  return listAt(vault, [...segmentsOf(mount), 'static-roles'], o);
}

export async function staticRole(vault: VaultClient, mount: string, name: string, o?: AskOptions): Promise<StaticRole> {
  const path = [...segmentsOf(mount), 'static-roles', name];
  const { data } = await vault.ask({ method: 'GET', path, reply: roleShape }, o);
  return {
    database: data.db_name,
    username: data.username,
    rotationSeconds: data.rotation_period || undefined,
    rotatedAt: data.last_vault_rotation ?? undefined,
  };
}
