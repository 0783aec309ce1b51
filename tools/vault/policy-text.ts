import type { Mount } from '../../src/vault/kv.ts';
import { grantText, plainName } from './words.ts';

/** One `path "…" { capabilities = […] }` of a policy. */
export interface Grant {
  readonly path: string;
  readonly capabilities: readonly string[];
}

/** Reads the grants of a policy, in HCL. What is written another way is passed over: this looks for mistakes, it guards nothing. */
export function grantsIn(policy: string): readonly Grant[] {
  const plain = policy.replace(/("(?:[^"\\\n]|\\.)*")|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, text) => text ?? ' ');
  const grants: Grant[] = [];
  for (const [, path = '', body = ''] of plain.matchAll(/\bpath\s+"([^"\\\n]{1,400})"\s*\{([^{}]{0,2000})/g)) {
    const list = /\bcapabilities\s*=\s*\[([^\]]{0,300})\]/.exec(body)?.[1] ?? '';
    grants.push({
      path,
      capabilities: [...list.matchAll(/"([a-z]{1,20})"/g)].map(([, capability = '']) => capability),
    });
  }
  return grants;
}

const writes: readonly string[] = ['update', 'create', 'sudo', 'root', 'deny'];

/** Endpoints that take nothing but writes, whatever their names sound like. */
const onlyWritten: readonly { readonly type: string; readonly below: RegExp; readonly what: string }[] = [
  { type: 'kubernetes', below: /^creds\//, what: 'a Kubernetes token is minted' },
  { type: 'transit', below: /^(?:encrypt|decrypt|hmac|sign|verify|rewrap)\//, what: 'transit works' },
  { type: 'database', below: /^rotate-role\//, what: 'a password is rotated' },
  { type: 'pki', below: /^(?:issue|sign)\//, what: 'a certificate is issued' },
];

export interface Mistake {
  readonly says: string;
  readonly next: string;
}

export function mistakeOf({ path, capabilities }: Grant, mounts: readonly Mount[]): Mistake | undefined {
  if (capabilities.length === 0 || capabilities.some((one) => writes.includes(one))) return undefined;
  for (const { name, type } of mounts) {
    const below = path.startsWith(`${name}/`) ? path.slice(name.length + 1) : undefined;
    const rule = onlyWritten.find((one) => one.type === type && below !== undefined && one.below.test(below));
    if (rule === undefined) continue;
    const given = capabilities.map(plainName).join(', ');
    return {
      says: `${grantText(path)} is granted ${given} alone, and ${rule.what} by a write: every use is refused (403)`,
      next: `path "${grantText(path)}" { capabilities = ["update"] }`,
    };
  }
  return undefined;
}
