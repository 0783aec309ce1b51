import { createHash } from 'node:crypto';
import type { DocumentOf } from '../../change/document/documents.ts';
import { CastellanError, type Secret } from '../../kit/index.ts';
import { approvalRefused } from '../approvers/errors.ts';
import { secretMoved } from './bodies.ts';
import type { VaultDoor } from './door.ts';
import { requestError } from './errors.ts';

export interface Typed {
  readonly value: Secret;
  /** base64url of 32 random bytes. */
  readonly salt: string;
}

const saltBytes = 32;
const longestValue = 65_536;

/** Why what was typed is not what was signed; undefined when it is. Tells nothing of the value. */
function flawOfTyped({ value, salt }: Typed, { commitment }: DocumentOf<'write'>): string | undefined {
  const text = value.reveal();
  if (text === '') return 'no value was typed';
  if (text.length > longestValue) return 'the value is too long';
  // It has no UTF-8 of its own: two values would have one digest.
  if (!text.isWellFormed()) return 'the value is no text';
  const bytes = Buffer.from(salt, 'base64url');
  if (bytes.length !== saltBytes || bytes.toString('base64url') !== salt) return 'the salt is not whole';
  const digest = createHash('sha256').update(bytes).update(text, 'utf8').digest('hex');
  return digest === commitment ? undefined : 'what was typed is not what was signed';
}

export function assertTyped(typed: Typed, document: DocumentOf<'write'>): void {
  const flaw = flawOfTyped(typed, document);
  if (flaw !== undefined) throw approvalRefused(flaw);
}

const jobSeconds = 60;

/** As the version after the one that was signed, or not at all. Errors: `request-moved`, `request-not-done`, those of Vault. */
export async function writeValue(
  door: VaultDoor,
  { request, mount, path, key, version: cas }: DocumentOf<'write'> | DocumentOf<'generate'>,
  value: Secret,
): Promise<number> {
  const place = { mount, path };
  try {
    const { version } = await door.work('write', jobSeconds, (doing) => doing.write(place, key, value, cas));
    return version;
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    const now = await versionNow(door, place);
    if (error.code === 'vault-conflict') {
      throw secretMoved(request, `the secret is at version ${now ?? 'unknown'}, and was at ${cas}`);
    }
    if (!unsureCodes.has(error.code)) throw error;
    // Sent, and not answered: it is never sent a second time.
    const known =
      now === undefined
        ? 'whether it was written is not known'
        : now === cas
          ? `the secret is still at version ${cas}`
          : `the secret is at version ${now} now, which may be this`;
    throw requestError('request-not-done', {
      message: `${error.message}; ${known}`,
      next: 'look at the versions of the secret before asking for it anew',
      cause: error,
    });
  }
}

const unsureCodes: ReadonlySet<string> = new Set(['vault-deadline', 'vault-unreachable', 'vault-reply-invalid']);

async function versionNow(door: VaultDoor, place: { mount: string; path: string }): Promise<number | undefined> {
  try {
    return (await door.plain.metadata(place)).currentVersion;
  } catch (error) {
    if (error instanceof CastellanError) return error.code === 'vault-not-found' ? 0 : undefined;
    throw error;
  }
}
