import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { PortableEntry } from '../../../memory/transfer/portable.ts';
import { armored } from '../../../memory/transfer/sealed-text.ts';
import { idIn, Misuse, type Parsed } from './arguments.ts';
import type { MemoryContext } from './context.ts';
import type { ReachedDaemon } from './reach-daemon.ts';
import { exportedById } from './transfer/store-of-daemon.ts';

/**
 * `open <id>`: what was sealed for humans, opened by one of them. It is decrypted in this process, with a key that the daemon never
 * sees; what Vault sealed is opened by Vault, and the line to write is told.
 */
export async function openCommand(
  { words: [word = ''], options, json }: Parsed,
  { terminal, cwd }: MemoryContext,
  daemon: ReachedDaemon,
): Promise<number> {
  const id = idIn(word);
  const identity = options.text('identity');
  const [entry] = await exportedById(daemon, [id]);
  const { cipher: sealed, sealed_with: sealedWith = '' }: Partial<PortableEntry> = entry ?? {};
  if (sealed === undefined) {
    terminal.err(
      entry === undefined
        ? `there is no entry ${id} that you may read`
        : `entry ${id} is not sealed: memory-tool get ${id} --content`,
    );
    return 1;
  }
  const cipher = Buffer.from(sealed, 'base64');
  if (options.flag('sealed')) {
    terminal.out(sealedWith === 'age' ? armored(cipher, sealedWith) : cipher.toString('utf8'));
    return 0;
  }
  if (sealedWith !== 'age') {
    terminal.err(`entry ${id} was sealed with ${sealedWith}; whoever may decrypt with that key opens it:`);
    terminal.err(vaultLine(id, sealedWith));
    return 1;
  }
  if (identity === undefined) {
    throw new Misuse(`--identity is missing: the file with your age key, as age-keygen wrote it`);
  }
  const content = await decrypted(cipher, keysIn(resolve(cwd, identity)));
  if (content === undefined) {
    terminal.err(`entry ${id} was not sealed for the keys in ${identity}, or is damaged`);
    return 1;
  }
  terminal.out(json ? JSON.stringify({ id, content }) : content);
  return 0;
}

/** `transit:<mount>/<key>`; the names were proved when they came, and are not put into a line for a shell otherwise. */
function vaultLine(id: number, sealedWith: string): string {
  const [, mount, key] = /^transit:([\w/.-]+)\/([\w.-]+)$/.exec(sealedWith) ?? [];
  const path = mount === undefined ? '<mount>/decrypt/<key>' : `${mount}/decrypt/${key}`;
  return `  memory-tool open ${id} --sealed | vault write -field=plaintext ${path} ciphertext=- | base64 -d`;
}

function keysIn(file: string): readonly string[] {
  const keys = readFileSync(file, 'utf8').match(/^AGE-SECRET-KEY-\S+/gm) ?? [];
  if (keys.length > 0) return keys;
  throw new Misuse(
    `${file} holds no plain age key; one behind a passphrase or a plugin opens it with: memory-tool open <id> --sealed | age -d -i ${file}`,
  );
}

/** Undefined: with none of these keys. */
async function decrypted(cipher: Uint8Array, keys: readonly string[]): Promise<string | undefined> {
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  try {
    for (const key of keys) decrypter.addIdentity(key);
    return await decrypter.decrypt(cipher, 'text');
  } catch {
    // Whichever of the two it is, the text stays closed, and what the library says may quote the key.
    return undefined;
  }
}
