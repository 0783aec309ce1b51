import { open, stat } from 'node:fs/promises';
import { Secret } from '../../kit/index.ts';
import { vaultError } from '../errors.ts';

const mostBytes = 64 * 1024;

/** A role id, a secret id, a token, a signed assertion: one word in a file. Throws `vault-token-lost`; nothing of it is quoted. */
export async function readCredential(file: string): Promise<Secret> {
  const text = (await readText(file)).trim();
  if (/^[\x21-\x7e]+$/.test(text)) return new Secret(text);
  throw lost(file, text === '' ? 'is empty' : 'holds more than one word');
}

/** Changes with the file, also where it is replaced by another of the same name. */
export async function markOf(file: string): Promise<string> {
  try {
    const { ino, mtimeMs, ctimeMs, size } = await stat(file);
    return `${ino}:${mtimeMs}:${ctimeMs}:${size}`;
  } catch (error) {
    return `absent:${codeOf(error)}`;
  }
}

async function readText(file: string): Promise<string> {
  try {
    await using handle = await open(file, 'r');
    const buffer = Buffer.alloc(mostBytes + 1);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    if (bytesRead > mostBytes) throw lost(file, `is larger than ${mostBytes} bytes`);
    return buffer.toString('utf8', 0, bytesRead);
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    throw vaultError('vault-token-lost', {
      message: `${file} cannot be read (${code})`,
      next: 'see that it is there, and that the user of this process may read it',
      cause: error,
    });
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code)
    ? error.code
    : undefined;
}

function lost(file: string, why: string): Error {
  return vaultError('vault-token-lost', { message: `${file} ${why}`, next: 'write the credential into it, alone' });
}
