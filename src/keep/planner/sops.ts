import { join, posix } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import type { Repository, TreeFile } from '../../iac/repository.ts';
import type { StateSource } from '../config/valid.ts';
import { writePlain } from './in-clone.ts';
import { parseQuietly } from './quiet-json.ts';
import { stateUnreadable } from './state.ts';

type SopsState = Extract<StateSource, { kind: 'sops' }>;

const mostBytes = 64_000_000;
const limitMs = 30_000;

/**
 * Decrypts the state of a stack from its tree into its clone, which is in memory; nothing of it touches another disk. The age
 * key stays outside the sandbox. Undefined when the tree has no state of this stack. Errors: `state-unreadable`.
 */
export async function decryptState(
  source: SopsState,
  from: {
    readonly repository: Repository;
    readonly files: readonly TreeFile[];
    readonly stack: string;
    readonly clone: string;
  },
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const name = posix.basename(from.stack);
  const path = posix.normalize(source.encrypted.replaceAll('{name}', name));
  const file = from.files.find((one) => one.path === path);
  if (file === undefined) return undefined;
  if (!file.mode.startsWith('100')) throw stateUnreadable('its encrypted file is a link');
  const encrypted = (await from.repository.read([file.blob])).get(file.blob) ?? Buffer.alloc(0);
  const type = typeOf(encrypted);
  const { exitCode, stdout } = await execa(
    source.sops,
    ['decrypt', '--input-type', type, '--output-type', type, join(from.clone, path)],
    {
      cwd: from.clone,
      env: { HOME: '/nonexistent', PATH: '/usr/bin:/bin', SOPS_AGE_KEY_FILE: source.ageKeyFile },
      extendEnv: false,
      stdin: 'ignore',
      encoding: 'buffer',
      // What it says may quote what it read.
      stderr: 'ignore',
      maxBuffer: mostBytes,
      stripFinalNewline: false,
      timeout: limitMs,
      cancelSignal: signal,
      reject: false,
    },
  );
  if (exitCode !== 0) throw stateUnreadable('sops could not decrypt it with the age key of the profile');
  const plain = Buffer.from(stdout);
  await writePlain(from.clone, posix.normalize(source.plain.replaceAll('{name}', name)), plain, 0o600);
  return plain;
}

const none = z.union([z.null(), z.array(z.unknown()).max(0), z.literal('')]).optional();

/**
 * The file comes from the tree. One that names a key service would make sops, with the keep's rights and network, ask
 * whoever the file names: only age is taken, and nothing that is not known.
 */
const sopsShape = z.object({
  sops: z.strictObject({
    age: z.array(z.object({ recipient: z.string(), enc: z.string() })).min(1),
    kms: none,
    gcp_kms: none,
    hckms: none,
    azure_kv: none,
    hc_vault: none,
    pgp: none,
    key_groups: none,
    shamir_threshold: z.unknown().optional(),
    lastmodified: z.string(),
    mac: z.string(),
    version: z.string(),
    unencrypted_suffix: z.unknown().optional(),
    encrypted_suffix: z.unknown().optional(),
    unencrypted_regex: z.unknown().optional(),
    encrypted_regex: z.unknown().optional(),
    unencrypted_comment_regex: z.unknown().optional(),
    encrypted_comment_regex: z.unknown().optional(),
    mac_only_encrypted: z.unknown().optional(),
  }),
});

function typeOf(encrypted: Buffer): 'json' | 'binary' {
  const value: unknown = parseQuietly(encrypted.toString('utf8'));
  if (!sopsShape.safeParse(value).success) {
    throw stateUnreadable('its encrypted file is not one that sops made for age keys alone');
  }
  const keys = Object.keys(z.record(z.string(), z.unknown()).parse(value));
  return keys.length === 2 && keys.includes('data') ? 'binary' : 'json';
}
