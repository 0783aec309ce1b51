import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { TreeFile } from '../../iac/repository.ts';
import { publishedWords } from './published-words.ts';

const tree = 'a'.repeat(40);

function wordsOfFiles(files: Readonly<Record<string, string | Buffer>>, mode: TreeFile['mode'] = '100644') {
  const blobs = new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
  return publishedWords(
    {
      files: async () => [...blobs].map(([path, bytes]) => ({ path, mode, blob: path, size: bytes.byteLength })),
      read: async (wanted) => new Map(wanted.map((blob) => [blob, blobs.get(blob) ?? Buffer.alloc(0)])),
    },
    tree,
  );
}

describe('words of a tree', () => {
  it('are what stands in quotes and between spaces and signs', async () => {
    const words = await wordsOfFiles({
      'main.tf': 'resource "dns_record" "mail" {\n  host = "mail.example.net" # the old one\n  text = "two words"\n}\n',
      'values.yaml': 'image: registry.example.net/mail:v2\nuser: postmaster\nurl: "https://mail.example.net/"\n',
    });
    for (const word of [
      'mail.example.net',
      'two words',
      'postmaster',
      'https://mail.example.net/',
      'mail',
      'resource',
    ]) {
      expect(words.has(word), word).toBe(true);
    }
    expect(words.has('old')).toBe(false);
  });

  it('are none of ciphertext, of binaries, of links', async () => {
    const word = randomBytes(8).toString('hex');
    const bare = {
      'sops.yaml': `password: ENC[AES256_GCM,data:${word},type:str]\nuser: ${word}\n`,
      'crypt.bin': Buffer.from(`\0GITCRYPT\0${word}`),
      'state.age': `-----BEGIN AGE ENCRYPTED FILE-----\n${word}\n-----END AGE ENCRYPTED FILE-----\n`,
      'vault.yml': `$ANSIBLE_VAULT;1.1;AES256\n${word}\n`,
      'latin.txt': Buffer.concat([Buffer.from([0xe9, 0x20]), Buffer.from(word)]),
    };
    expect([...(await wordsOfFiles(bare))]).toEqual([]);
    expect([...(await wordsOfFiles({ link: word }, '120000'))]).toEqual([]);
    expect((await wordsOfFiles({ plain: word })).has(word)).toBe(true);
  });

  it('end at a bound, and what is left out stays a secret', async () => {
    const many = Array.from({ length: 30_000 }, (_, index) => `word${index}`).join(' ');
    const files = Object.fromEntries(
      Array.from({ length: 20 }, (_, file) => [`f${file}`, many.replaceAll('word', `w${file}x`)]),
    );
    expect((await wordsOfFiles(files)).size).toBe(400_000);
    expect((await wordsOfFiles({ large: 'word '.repeat(300_000) })).size).toBe(0);
  });
});
