import type { ObjectId, Repository, TreeFile } from '../../iac/repository.ts';

const shortest = 4;
const longest = 200;
const mostFileBytes = 1_000_000;
const mostBytes = 64_000_000;
const mostWords = 400_000;
/** Blobs that are in memory at a time. */
const atOnce = 200;

/**
 * What everybody may read in a tree of the trusted base: string literals, and what stands between spaces and the signs of
 * configuration languages. A value of Vault that is one of these is no secret, unless it is long and random. Ciphertext says nothing
 * and is left out, as is what is no text. Where a bound is reached the rest is left out, and is a secret as before.
 */
export async function publishedWords(
  git: Pick<Repository, 'files' | 'read'>,
  tree: ObjectId,
): Promise<ReadonlySet<string>> {
  const words = new Set<string>();
  const wanted = (await git.files(tree)).filter(isPlain);
  let left = mostBytes;
  for (let at = 0; at < wanted.length && left > 0 && words.size < mostWords; at += atOnce) {
    const blobs = await git.read([...new Set(wanted.slice(at, at + atOnce).map(({ blob }) => blob))]);
    for (const bytes of blobs.values()) {
      left -= bytes.byteLength;
      if (left < 0) break;
      for (const word of wordsOf(bytes)) {
        if (words.size >= mostWords) break;
        words.add(word);
      }
    }
  }
  return words;
}

function isPlain({ mode, size }: TreeFile): boolean {
  return (mode === '100644' || mode === '100755') && size !== undefined && size <= mostFileBytes;
}

/** SOPS, age, Ansible's vault; git-crypt's files are no text. */
const ciphertext = /ENC\[AES256_GCM,|-----BEGIN AGE ENCRYPTED FILE-----|^age-encryption\.org\/|^\$ANSIBLE_VAULT;/m;
const literal = /"([^"\n]{4,200})"|'([^'\n]{4,200})'/g;
const separators = /[\s"'`=,;()[\]{}<>|]+/;

function wordsOf(bytes: Buffer): ReadonlySet<string> {
  const words = new Set<string>();
  if (bytes.includes(0)) return words;
  const text = bytes.toString('utf8');
  if (text.includes('\ufffd') || ciphertext.test(text)) return words;
  const add = (word: string): void => {
    if (word.length >= shortest && word.length <= longest) words.add(word);
  };
  for (const [, double, single] of text.matchAll(literal)) add((double ?? single ?? '').trim());
  for (const line of text.split('\n')) {
    for (const token of line.split(/\s+/)) {
      add(token);
      for (const word of token.split(separators)) {
        add(word);
        add(word.replace(/[:.]+$/, ''));
      }
    }
  }
  return words;
}
