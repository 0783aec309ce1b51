import { existsSync, readFileSync } from 'node:fs';

/**
 * The policies Castellan is deployed with, as shipped in deploy/vault.
 *
 *  metadata           the daemon's: that something exists, never a value
 *  kubernetes-reader  beside it, where Vault lends the daemon its Kubernetes token
 *  fingerprinter      the only one that reads values
 *  requests           the keep's: reads wrapped, lends
 *  requests-write     beside it: what the token of one write may
 *  memories           a second token of the daemon's: encrypts sensitive memories, and opens none
 */
export const policyNames = [
  'metadata',
  'kubernetes-reader',
  'fingerprinter',
  'requests',
  'requests-write',
  'memories',
] as const;
export type PolicyName = (typeof policyNames)[number];

/** What of a policy depends on the server it is written to. Nothing given: as shipped. */
export interface PolicyPlaces {
  /** Key-value engines of version 2, in place of the plus that stands for any of one segment. */
  readonly mounts?: readonly string[];
  /** Of the Kubernetes engine. */
  readonly kubernetes?: string;
  /** Its roles that may be lent to a human. */
  readonly lend?: readonly string[];
}

const shippedKubernetes = 'kubernetes';
const shippedLend = 'castellan-lent';

/** Names as they may stand in a policy: nothing in them ends a string, is a pattern, or leads elsewhere. */
export function isMount(name: string): boolean {
  return name.length <= 200 && name.split('/').every((part) => /^(?!\.{1,2}$)[A-Za-z0-9_.-]+$/.test(part));
}

export function isRole(name: string): boolean {
  return name.length <= 200 && /^(?!\.{1,2}$)[A-Za-z0-9_.-]+$/.test(name);
}

/** Whoever calls has proven the names: `isMount`, `isRole`. */
export function vaultPolicy(name: PolicyName, { mounts = [], kubernetes, lend = [] }: PolicyPlaces = {}): string {
  let text = shipped(`castellan-${name}.hcl`);
  if (mounts.length > 0) text = text.replaceAll(keyValueBlock, (block) => forMounts(block, mounts));
  if (lend.length > 0) text = forRoles(text, lend);
  return kubernetes === undefined
    ? text
    : text.replaceAll(`"${shippedKubernetes}/creds/`, () => `"${kubernetes}/creds/`);
}

/** The same policies and a role for each process, for Terraform. */
export function vaultRoles(): string {
  return shipped('roles.tf');
}

const keyValueBlock = /^path "\+\/(?:data|metadata|subkeys)\/\*" \{\n(?:.+\n)*?\}\n/gm;

function forMounts(block: string, mounts: readonly string[]): string {
  const named = mounts.map((mount) => block.replace('"+/', () => `"${mount}/`));
  // A denial stays for every other engine as well.
  return [...(block.includes('"deny"') ? [block] : []), ...named].join('');
}

function forRoles(text: string, roles: readonly string[]): string {
  const path = `${shippedKubernetes}/creds/${shippedLend}`;
  return text
    .replace(new RegExp(`^path "${path}" \\{\\n(?:.+\\n)*?\\}\\n`, 'm'), (block) =>
      roles.map((role) => block.replace(shippedLend, () => role)).join(''),
    )
    .replaceAll(`["${path}/*"]`, () => `[${roles.map((role) => `"${shippedKubernetes}/creds/${role}/*"`).join(', ')}]`);
}

function shipped(file: string): string {
  // Beside src when run from source, beside dist when installed.
  const places = ['../../', '../../../'].map((up) => new URL(`${up}deploy/vault/${file}`, import.meta.url));
  const place = places.find((url) => existsSync(url));
  if (place === undefined) throw new Error(`deploy/vault/${file} is missing from this installation`);
  return readFileSync(place, 'utf8');
}
