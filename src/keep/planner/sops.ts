import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { identityToRecipient } from 'age-encryption';
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

export interface StateInTree {
  readonly repository: Repository;
  readonly files: readonly TreeFile[];
  readonly stack: string;
  /** The tree, checked out, where the plain state belongs; or an empty folder of the keep's own in memory. */
  readonly clone: string;
}

/**
 * Decrypts the state of a stack from its tree into its clone, which is in memory; nothing of it touches another disk. The age
 * key stays outside the sandbox. Undefined when the tree has no state of this stack. Errors: `state-unreadable`.
 */
export async function decryptState(
  source: SopsState,
  from: StateInTree,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const file = await encryptedFileOf(source, from);
  if (file === undefined) return undefined;
  const type = typeOf(file.bytes);
  const argv = ['decrypt', '--input-type', type, '--output-type', type, join(from.clone, file.path)];
  const { exitCode, stdout } = await sops(source, argv, from.clone, signal);
  if (exitCode !== 0) throw stateUnreadable('sops could not decrypt it with the age key of the profile');
  const plain = Buffer.from(stdout);
  await writePlain(from.clone, plainPathOf(source, from.stack), plain, 0o600);
  return plain;
}

/** The same where the tree is not checked out. */
export async function decryptStateApart(
  source: SopsState,
  from: StateInTree,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const file = await encryptedFileOf(source, from);
  if (file === undefined) return undefined;
  await writePlain(from.clone, file.path, file.bytes, 0o600);
  return decryptState(source, from, signal);
}

/**
 * A state as it goes into the tree again: for the recipients, and in the manner, of the file that is there; where there is none, for
 * the age key of the profile. `from.clone` is empty, and the keep's own. Errors: `state-unreadable`.
 */
export async function encryptState(
  source: SopsState,
  plain: Buffer,
  from: StateInTree,
  signal: AbortSignal,
): Promise<{ readonly path: string; readonly bytes: Buffer }> {
  const before = await encryptedFileOf(source, from);
  const type = before === undefined ? 'json' : typeOf(before.bytes);
  const manner = before === undefined ? ['--age', await recipientOf(source.ageKeyFile)] : mannerOf(before.bytes);
  const at = plainPathOf(source, from.stack);
  await writePlain(from.clone, at, plain, 0o600);
  const argv = ['encrypt', ...manner, '--input-type', type, '--output-type', type, join(from.clone, at)];
  const { exitCode, stdout } = await sops(source, argv, from.clone, signal);
  if (exitCode !== 0) throw stateUnreadable('sops could not encrypt what was applied');
  return { path: pathOf(source, from.stack), bytes: Buffer.from(stdout) };
}

export function plainPathOf({ plain }: SopsState, stack: string): string {
  return posix.normalize(plain.replaceAll('{name}', posix.basename(stack)));
}

function pathOf({ encrypted }: SopsState, stack: string): string {
  return posix.normalize(encrypted.replaceAll('{name}', posix.basename(stack)));
}

async function encryptedFileOf(source: SopsState, { repository, files, stack }: StateInTree) {
  const path = pathOf(source, stack);
  const file = files.find((one) => one.path === path);
  if (file === undefined) return undefined;
  if (!file.mode.startsWith('100')) throw stateUnreadable('its encrypted file is a link');
  return { path, bytes: (await repository.read([file.blob])).get(file.blob) ?? Buffer.alloc(0) };
}

function sops(source: SopsState, argv: readonly string[], cwd: string, signal: AbortSignal) {
  return execa(source.sops, argv, {
    cwd,
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
  });
}

/** Of the first key in the file. */
async function recipientOf(ageKeyFile: string): Promise<string> {
  const [identity] = /^AGE-SECRET-KEY-1[0-9A-Z]+$/m.exec(await readFile(ageKeyFile, 'utf8')) ?? [];
  if (identity === undefined) throw stateUnreadable('the age key file of the profile holds no key');
  return identityToRecipient(identity);
}

const none = z.union([z.null(), z.array(z.unknown()).max(0), z.literal('')]).optional();

/**
 * The file comes from the tree. One that names a key service would make sops, with the keep's rights and network, ask
 * whoever the file names: only age is taken, and nothing that is not known.
 */
const sopsShape = z.looseObject({
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
  const keys = Object.keys(shapeOf(encrypted));
  return keys.length === 2 && keys.includes('data') ? 'binary' : 'json';
}

/** For whom it is, and what of it is encrypted: as arguments. */
function mannerOf(encrypted: Buffer): readonly string[] {
  const { sops: said } = shapeOf(encrypted);
  const choice = (name: string, value: unknown): readonly string[] =>
    typeof value === 'string' && value !== '' ? [`--${name}=${value}`] : [];
  return [
    ...['--age', said.age.map(({ recipient }) => recipient).join()],
    ...choice('unencrypted-suffix', said.unencrypted_suffix),
    ...choice('encrypted-suffix', said.encrypted_suffix),
    ...choice('unencrypted-regex', said.unencrypted_regex),
    ...choice('encrypted-regex', said.encrypted_regex),
  ];
}

function shapeOf(encrypted: Buffer) {
  const read = sopsShape.safeParse(parseQuietly(encrypted.toString('utf8'))).data;
  if (read === undefined) throw stateUnreadable('its encrypted file is not one that sops made for age keys alone');
  return read;
}
