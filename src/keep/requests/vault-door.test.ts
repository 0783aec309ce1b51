import { describe, expect, it } from 'vitest';
import { Secret } from '../../kit/index.ts';
import type { JobOptions, TokenStanding, VaultClient, VaultRequest, VaultSession } from '../../vault/port.ts';
import { place } from './requests.fixture.ts';
import { policiesFor, vaultDoor } from './vault-door.ts';

const both = ['castellan-requests', 'castellan-requests-write', 'default'];

/** Says whose token asked what, and answers as Vault would of a write and of a wrapped read. */
function scripted(standing: Partial<TokenStanding>) {
  const jobs: JobOptions[] = [];
  const asked: string[] = [];
  const client = (who: string): VaultClient => ({
    address: 'https://vault.example.net',
    ask: async <Reply>({ method, path, reply }: VaultRequest<Reply>): Promise<Reply> => {
      asked.push(`${who}: ${method} ${path.join('/')}`);
      return reply.parse({
        data: { version: 4, created_time: '2026-03-01T10:00:00Z' },
        wrap_info: { token: 'wrapping', ttl: 60, creation_path: path.join('/') },
      });
    },
  });
  const session: VaultSession = {
    ...client('session'),
    standing: () => ({
      state: 'alive',
      accessor: 'accessor',
      displayName: 'castellan-keep',
      policies: both,
      expiresAt: undefined,
      renewedAt: undefined,
      why: undefined,
      ...standing,
    }),
    job: async (options, work) => {
      jobs.push(options);
      return work(client('job'));
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  return { door: vaultDoor(session, undefined), jobs, asked };
}

const write = ({ door }: ReturnType<typeof scripted>) =>
  door.work('write', 60, (doing) => doing.write(place, 'password', new Secret('x'), 3));
const wrap = ({ door }: ReturnType<typeof scripted>) => door.work('read', 90, (doing) => doing.wrap(place, 3, 60));

describe('the door to Vault', () => {
  it('writes with what cannot read, and reads with what cannot write', async () => {
    const vault = scripted({});
    await write(vault);
    await wrap(vault);
    expect(vault.jobs).toEqual([
      { policies: ['castellan-requests-write'], ttlSeconds: 60 },
      { policies: ['castellan-requests'], ttlSeconds: 90 },
    ]);
    expect(vault.asked).toEqual(['job: PATCH secret/data/apps/mail', 'job: GET secret/data/apps/mail']);
  });

  it('asks with the session itself where that is a batch token, or root’s', async () => {
    for (const standing of [{ accessor: undefined }, { policies: ['root'] }]) {
      const vault = scripted(standing);
      await write(vault);
      expect([vault.jobs, vault.asked]).toEqual([[], ['session: PATCH secret/data/apps/mail']]);
    }
  });

  it('takes one policy for all where there is no other', () => {
    for (const purpose of ['read', 'write', 'lend'] as const) {
      expect(policiesFor(purpose, ['root', 'default', 'everything'])).toEqual(['everything']);
    }
    expect(policiesFor('lend', both)).toEqual(['castellan-requests']);
  });

  it('lends nothing where no engine is configured', async () => {
    const { door, asked } = scripted({});
    const wanted = { role: 'viewer', namespace: 'mail', ttlSeconds: 600, clusterWide: false };
    await expect(door.work('lend', 660, async (doing) => doing.mint(wanted))).rejects.toMatchObject({
      code: 'request-not-possible',
    });
    expect(asked).toEqual([]);
  });
});
