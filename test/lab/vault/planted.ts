import { generateKeyPairSync, randomBytes, randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { LabEnv } from '../lab-env.ts';
import { tellVault, type VaultTarget } from './vault-api.ts';

/** The forms secrets have in a home. */
const shapes = ['password', 'hex', 'json', 'pem', 'url', 'pin', 'phrase', 'dockerconfig'] as const;
export type PlantedShape = (typeof shapes)[number];

export interface PlantedSecret {
  readonly mount: string;
  readonly path: string;
  readonly key: string;
  readonly shape: PlantedShape;
  readonly value: string;
  /** What must not be seen by itself either: the password inside a URL, the leaves of a document. */
  readonly parts: readonly string[];
}

/** They are in Vault until this is disposed of, and otherwise only in the memory of the test. */
export interface Planted extends AsyncDisposable {
  readonly secrets: readonly PlantedSecret[];
}

/** Puts `count` drawn values of every shape into Vault, up to four at a path, under a folder of its own. */
export async function plantSecrets(lab: LabEnv, count: number): Promise<Planted> {
  if (lab.vault === undefined) throw new Error(`lab ${lab.name} has no Vault`);
  const root: VaultTarget = { addr: lab.vault.addr, token: readFileSync(lab.vault.rootTokenFile, 'utf8') };
  const folder = `planted/${randomBytes(4).toString('hex')}`;
  const secrets = Array.from({ length: count }, (_, index): PlantedSecret => {
    const shape = shapes[index % shapes.length] ?? 'password';
    const path = `${folder}/app-${Math.floor(index / 4)}`;
    return { mount: 'secret', path, key: `${keyNames[shape]}_${index % 4}`, shape, ...draw(shape) };
  });
  const byPath = Map.groupBy(secrets, ({ path }) => path);
  for (const [path, all] of byPath) {
    const data = Object.fromEntries(all.map(({ key, value }) => [key, value]));
    await tellVault(root, 'POST', `secret/data/${path}`, { options: { cas: 0 }, data });
  }
  return {
    secrets,
    [Symbol.asyncDispose]: async () => {
      for (const path of byPath.keys()) await tellVault(root, 'DELETE', `secret/metadata/${path}`);
    },
  };
}

const keyNames: Readonly<Record<PlantedShape, string>> = {
  password: 'password',
  hex: 'api_key',
  json: 'service_account',
  pem: 'private_key',
  url: 'database_url',
  pin: 'door_pin',
  phrase: 'passphrase',
  dockerconfig: 'dockerconfigjson',
};

function draw(shape: PlantedShape): Pick<PlantedSecret, 'value' | 'parts'> {
  const inner = randomBytes(18).toString('base64url');
  switch (shape) {
    case 'password':
      return { value: inner, parts: [] };
    case 'hex':
      return { value: randomBytes(16).toString('hex'), parts: [] };
    case 'json':
      return {
        value: JSON.stringify({ client: 'house', nested: { client_secret: inner }, list: [`${inner}-b`] }),
        parts: [inner, `${inner}-b`],
      };
    case 'pem': {
      const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
      const value = key.export({ type: 'pkcs8', format: 'pem' }).toString();
      return { value, parts: value.split('\n').filter((line) => line.length >= 16 && !line.startsWith('-----')) };
    }
    case 'url':
      return { value: `postgres://house:${inner}@db.example.net:5432/house`, parts: [inner] };
    case 'pin':
      return { value: String(randomInt(100_000, 1_000_000)), parts: [] };
    case 'phrase':
      return { value: Array.from({ length: 5 }, () => randomBytes(4).toString('hex')).join(' '), parts: [] };
    case 'dockerconfig': {
      const auth = Buffer.from(`house:${inner}`).toString('base64');
      return { value: JSON.stringify({ auths: { 'registry.example.net': { auth } } }), parts: [auth, inner] };
    }
  }
}
