import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { expect, it } from 'vitest';
import { memoryError } from '../errors.ts';
import { ageSealer } from '../seal/age.ts';
import type { Opened } from './entries.contract.ts';
import { engineOn, someone, tablesHolding } from './entries.fixture.ts';

const word = (): string => `zq${crypto.randomUUID().replaceAll('-', '')}`;

export function describeSealing(on: () => Opened): void {
  const setup = async () => {
    const identity = await generateX25519Identity();
    const entries = engineOn(on().database, { sealer: ageSealer([await identityToRecipient(identity)]) });
    const by = someone();
    const open = async (cipher: Uint8Array | undefined): Promise<string> => {
      const decrypter = new Decrypter();
      decrypter.addIdentity(identity);
      return decrypter.decrypt(cipher ?? new Uint8Array(), 'text');
    };
    const whole = async (id: number) => (await entries.get([id], by))[0];
    return { entries, by, open, whole };
  };

  it('the text is sealed before it is kept: no table holds it, and who has the key reads it', async () => {
    const { entries, by, open, whole } = await setup();
    const told = word();
    const content = `Kim is allergic to ${told} and naïve 🏰`;
    const { id, similar } = await entries.store(
      { content, sensitive: true, keywords: 'allergies', tags: ['Health'] },
      by,
    );
    expect(similar).toEqual([]);
    const entry = await whole(id);
    expect(entry).toMatchObject({
      entry: { content: undefined, sensitive: true, keywords: 'allergies', tags: ['health'] },
      sealedWith: 'age',
    });
    expect(await open(entry?.cipher)).toBe(content);
    expect(await tablesHolding(on().database, told)).toEqual([]);
    expect(JSON.stringify([entry, await entries.list({ limit: 9 }, by), await entries.stats(by)])).not.toContain(told);
  });

  it('nobody can try texts against it: its hash is random, and it is like nothing', async () => {
    const { entries, by } = await setup();
    const content = `Kim is allergic to ${word()} and walnuts`;
    const sealed = await entries.store({ content, sensitive: true, keywords: 'allergies' }, by);
    const again = await entries.store({ content, sensitive: true, keywords: 'allergies' }, by);
    const plain = await entries.store({ content, keywords: 'allergies' }, by);
    expect([again.outcome, plain]).toEqual(['stored', { id: plain.id, outcome: 'stored', similar: [] }]);
    const rows = await on().database.query<{ hash: Uint8Array }>(
      'select hash from castellan.memory where id = any ($1::int8[])',
      [[sealed.id, again.id, plain.id]],
    );
    expect(new Set(rows.map(({ hash }) => Buffer.from(hash).toString('hex'))).size).toBe(3);
    // The other way round: what is readable there is not told of to whoever seals the same.
    expect((await entries.store({ content, sensitive: true, tags: ['x'] }, by)).similar).toEqual([]);
  });

  it('nobody can try texts against one that became sensitive later', async () => {
    const { entries, by } = await setup();
    const content = `The alarm is silent from ${word()} on`;
    const hashOf = async (id: number): Promise<string | undefined> => {
      const [row] = await on().database.query<{ hash: string }>(
        `select encode(hash, 'hex') as hash from castellan.memory where id = $1`,
        [id],
      );
      return row?.hash;
    };
    const { id } = await entries.store({ content, keywords: 'alarm' }, by);
    const open = await hashOf(id);
    await entries.update(id, { sensitive: true }, by);
    expect(await hashOf(id)).not.toBe(open);
    expect(await entries.store({ content }, by)).toMatchObject({ outcome: 'stored', similar: [] });
  });

  it('without a sealer, or with one that fails, nothing is kept in any form', async () => {
    const by = someone();
    const told = word();
    const draft = { content: `secretly ${told}`, sensitive: true, keywords: 'k' };
    const away = {
      name: 'away',
      seal: () => Promise.reject(memoryError('memory-unsealed', { message: 'the sealer is away', next: 'later' })),
    };
    for (const sealer of [undefined, away]) {
      const entries = engineOn(on().database, { sealer });
      const error = await entries.store(draft, by).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'memory-unsealed' });
      expect(String(error) + JSON.stringify(error)).not.toContain(told);
      expect(await entries.storeAll([draft], by)).toMatchObject([{ outcome: 'refused', code: 'memory-unsealed' }]);
      const { id } = await entries.store({ content: `open ${word()}` }, by);
      await expect(entries.update(id, { sensitive: true }, by)).rejects.toMatchObject({ code: 'memory-unsealed' });
      expect((await entries.get([id], by))[0]?.entry).toMatchObject({ sensitive: false, revision: 1 });
    }
    expect(await tablesHolding(on().database, told)).toEqual([]);
  });

  it('what comes sealed is kept as it is, once, and found by its keywords alone', async () => {
    const { entries, by, open, whole } = await setup();
    const content = `pin ${word()}`;
    const { id } = await entries.store({ content, sensitive: true, keywords: 'pin of the door' }, by);
    const { cipher = new Uint8Array(), sealedWith = '' } = (await whole(id)) ?? {};
    const draft = { content: '', keywords: 'pin of the door', sealed: { cipher, sealedWith } };
    // The store it comes from knows it again; another one needs no sealer for it.
    expect(await entries.storeAll([draft], by)).toMatchObject([{ outcome: 'unchanged', id }]);
    const [elsewhere, other] = [engineOn(on().database), someone()];
    const [stored] = await elsewhere.storeAll([draft], other);
    expect(stored).toMatchObject({ outcome: 'stored' });
    expect(await elsewhere.storeAll([draft], other)).toEqual([{ ...stored, outcome: 'unchanged' }]);
    const [kept] = await elsewhere.get([stored?.outcome === 'stored' ? stored.id : 0], other);
    expect(kept).toMatchObject({ entry: { sensitive: true, content: undefined }, sealedWith: 'age' });
    expect(await open(kept?.cipher)).toBe(content);
  });

  it('what only says that it is sealed is refused', async () => {
    const { entries, by } = await setup();
    const sealed = (text: string, sealedWith: string) => ({
      content: '',
      keywords: 'pin',
      sealed: { cipher: Buffer.from(text), sealedWith },
    });
    const outcomes = await entries.storeAll(
      [
        sealed('the pin is 1234', 'age'),
        sealed('vault:v1:AAAA', 'age'),
        sealed('vault:v1:AAAA', 'transit:x;reboot/y'),
        sealed('age-encryption.org/v1\n', 'rot13'),
        sealed(`vault:v1:${'A'.repeat(40_000)}`, 'transit:transit/notes'),
        sealed('vault:v1:AAAA', 'transit:transit/notes'),
      ],
      by,
    );
    expect(outcomes.map((one) => (one.outcome === 'refused' ? one.code : one.outcome))).toEqual([
      ...Array.from({ length: 5 }, () => 'memory-invalid'),
      'stored',
    ]);
  });

  it('needs words to be found by', async () => {
    const { entries, by } = await setup();
    await expect(entries.store({ content: 'only text', sensitive: true }, by)).rejects.toMatchObject({
      code: 'memory-empty',
      next: expect.stringContaining('keywords'),
    });
  });

  it('what becomes sensitive is sealed with its history, and leaves the index', async () => {
    const { entries, by, open, whole } = await setup();
    const [first, second] = [word(), word()];
    const { id } = await entries.store({ content: `the code word is ${first}`, tags: ['code'] }, by);
    await entries.update(id, { content: `the code word is ${second}` }, by);
    for (const text of [first, second]) expect(await tablesHolding(on().database, text)).not.toEqual([]);
    await entries.update(id, { sensitive: true }, by);
    for (const text of [first, second]) expect(await tablesHolding(on().database, text)).toEqual([]);
    const entry = await whole(id);
    expect(entry?.entry).toMatchObject({ sensitive: true, content: undefined, revision: 3 });
    expect(await open(entry?.cipher)).toBe(`the code word is ${second}`);
    const kept = await on().database.query<{ cipher: Uint8Array }>(
      'select cipher from castellan.memory_revision where memory = $1 order by revision',
      [id],
    );
    expect(await Promise.all(kept.map(({ cipher }) => open(cipher)))).toEqual([
      `the code word is ${first}`,
      `the code word is ${second}`,
    ]);
  });

  it('what is sealed stays sealed, until it is said anew in the open', async () => {
    const { entries, by, open, whole } = await setup();
    const [first, second] = [word(), word()];
    const { id } = await entries.store({ content: `pin ${first}`, sensitive: true, keywords: 'pin' }, by);
    const before = await whole(id);
    await expect(entries.update(id, { sensitive: false }, by)).rejects.toMatchObject({ code: 'memory-invalid' });
    await entries.update(id, { keywords: 'pin code', visibility: 'public' }, by);
    expect(await open((await whole(id))?.cipher)).toBe(`pin ${first}`);
    expect((await whole(id))?.cipher).toEqual(before?.cipher);
    await entries.update(id, { content: `pin ${second}` }, by);
    expect(await open((await whole(id))?.cipher)).toBe(`pin ${second}`);
    expect(await tablesHolding(on().database, second)).toEqual([]);
    await entries.update(id, { content: 'there is no pin any more', sensitive: false }, by);
    expect(await whole(id)).toMatchObject({
      entry: { sensitive: false, content: 'there is no pin any more' },
      cipher: undefined,
      sealedWith: undefined,
    });
  });
}
