import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { describe, expect, it } from 'vitest';
import { ageSealer } from './age.ts';

const { signal } = new AbortController();

describe('the age sealer', () => {
  it('seals for every recipient, each time otherwise, and each opens it alone', async () => {
    const identities = [await generateX25519Identity(), await generateX25519Identity()];
    const sealer = ageSealer(await Promise.all(identities.map(identityToRecipient)));
    const text = 'der Schlüssel liegt 🔑 unter der Matte\nand nowhere else';
    const [sealed, again] = [await sealer.seal(text, signal), await sealer.seal(text, signal)];
    expect(Buffer.from(sealed).toString('latin1')).not.toContain('Matte');
    expect(sealed).not.toEqual(again);
    for (const identity of identities) {
      const decrypter = new Decrypter();
      decrypter.addIdentity(identity);
      expect(await decrypter.decrypt(sealed, 'text')).toBe(text);
    }
    const stranger = new Decrypter();
    stranger.addIdentity(await generateX25519Identity());
    await expect(stranger.decrypt(sealed, 'text')).rejects.toThrow();
  });

  it('a key given in place of a recipient is refused and not repeated', async () => {
    const identity = await generateX25519Identity();
    const good = await identityToRecipient(identity);
    for (const recipients of [[], [''], ['robin'], [good, identity], [`${good}x`]]) {
      let error: unknown;
      try {
        ageSealer(recipients);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toMatchObject({ code: 'memory-unsealed', next: expect.stringContaining('age1') });
      expect((error as Error).message).not.toContain('AGE-SECRET-KEY');
    }
  });

  it('does not begin for somebody who has left', async () => {
    const sealer = ageSealer([await identityToRecipient(await generateX25519Identity())]);
    await expect(sealer.seal('text', AbortSignal.abort())).rejects.toThrow();
  });
});
