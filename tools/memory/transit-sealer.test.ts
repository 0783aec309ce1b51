import { describe, expect, it } from 'vitest';
import { CastellanError, Secret } from '../../src/kit/index.ts';
import type { VaultClient, VaultRequest } from '../../src/vault/port.ts';
import { transitSealer } from './transit-sealer.ts';

function vaultThat(answers: (request: VaultRequest<unknown>) => unknown) {
  const asked: VaultRequest<unknown>[] = [];
  const client: VaultClient = {
    address: 'https://vault.example.net:8200',
    ask: async (request) => {
      asked.push(request);
      return request.reply.parse(answers(request));
    },
  };
  return { asked, sealer: transitSealer(async () => client, { mount: 'team/transit', key: 'notes' }) };
}

describe('sealing by transit', () => {
  it('sends the text once, as a secret that nothing prints, to encrypt and to nothing else', async () => {
    const { asked, sealer } = vaultThat(() => ({ data: { ciphertext: 'vault:v3:AbC+/=' } }));
    const sealed = await sealer.seal('under the pot', AbortSignal.timeout(1_000));
    expect(Buffer.from(sealed).toString()).toBe('vault:v3:AbC+/=');
    expect(asked.map(({ method, path }) => [method, ...path].join(' '))).toEqual(['POST team transit encrypt notes']);
    expect(asked[0]?.body?.['plaintext']).toBeInstanceOf(Secret);
    expect(JSON.stringify(asked[0])).not.toContain(Buffer.from('under the pot').toString('base64'));
  });

  it('takes nothing for a ciphertext that is none: a plain text would be kept', async () => {
    const { sealer } = vaultThat(() => ({ data: { ciphertext: Buffer.from('under the pot').toString('base64') } }));
    await expect(sealer.seal('under the pot', AbortSignal.timeout(1_000))).rejects.toThrow();
  });

  it('says that nothing was stored when Vault refuses', async () => {
    const { sealer } = vaultThat(() => {
      throw new CastellanError('vault-refused', 'operator', { message: 'the token may not', next: 'give it' });
    });
    await expect(sealer.seal('x', AbortSignal.timeout(1_000))).rejects.toMatchObject({
      code: 'memory-unsealed',
      message: expect.stringContaining('vault-refused'),
    });
  });
});
