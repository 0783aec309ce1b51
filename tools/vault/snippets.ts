import { stringify } from 'yaml';
import type { SecretReference } from '../../src/change/wire/secret.ts';
import { vaultToolError } from './errors.ts';

/**
 * Text for a file that uses a secret by its reference, ready to paste. Only names go in, and every one of them is quoted by the
 * writer of its language.
 */
export const snippetKinds = ['external-secret', 'hcl', 'secret-key-ref'] as const;
export type SnippetKind = (typeof snippetKinds)[number];

/** The Kubernetes Secret that has it already. */
export interface MadeSecret {
  readonly secret: string;
  readonly key: string | undefined;
}

export function snippetOf(kind: SnippetKind, reference: SecretReference, made: MadeSecret | undefined): string {
  // What a name holds is repeated to an agent that pastes it: no line ends, nothing that nobody sees.
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(reference.key ?? '')) throw impossible('its key has characters nobody sees');
  switch (kind) {
    case 'external-secret':
      return externalSecret(reference);
    case 'hcl':
      return hcl(reference);
    case 'secret-key-ref':
      return keyRef(reference, made);
  }
}

function externalSecret({ path, key, version }: SecretReference): string {
  const pinned = version === undefined ? {} : { version: String(version) };
  if (key === undefined) return stringify({ dataFrom: [{ extract: { key: path, ...pinned } }] });
  const remoteRef = { key: path, property: property(key), ...pinned };
  return stringify({ data: [{ secretKey: kubernetesKey(key), remoteRef }] });
}

/** ESO reads a property as a path: a dot in a key is written `\.`. */
function property(key: string): string {
  return key.replace(/[.*?\\]/g, '\\$&');
}

function hcl({ mount, path, key, version }: SecretReference): string {
  const label = (path.split('/').at(-1) ?? '').replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '_') || 'secret';
  const lines = [
    `data "vault_kv_secret_v2" ${quoted(label)} {`,
    `  mount = ${quoted(mount)}`,
    `  name  = ${quoted(path)}`,
    ...(version === undefined ? [] : [`  version = ${version}`]),
    '}',
  ];
  if (key === undefined) return `${lines.join('\n')}\n`;
  return `${[...lines, '', 'locals {', `  ${label}_value = data.vault_kv_secret_v2.${label}.data[${quoted(key)}]`, '}'].join('\n')}\n`;
}

/** A string of HCL; what would begin a template is written so that it begins none. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/([$%])\{/g, '$1$1{');
}

function keyRef({ path, key }: SecretReference, made: MadeSecret | undefined): string {
  if (key === undefined) throw impossible('it names no key');
  const fallback =
    path
      .toLowerCase()
      .replace(/[^a-z0-9.-]+/g, '-')
      .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '') || 'secret';
  const variable = key
    .toUpperCase()
    .replace(/[^A-Z0-9_]/g, '_')
    .replace(/^(?=\d)/, '_');
  const ref = { name: made?.secret ?? fallback, key: made?.key ?? kubernetesKey(key) };
  return stringify({ env: [{ name: variable, valueFrom: { secretKeyRef: ref } }] });
}

/** A Kubernetes Secret takes only these as names of keys. */
function kubernetesKey(key: string): string {
  return key.replace(/[^-._a-zA-Z0-9]/g, '-');
}

function impossible(why: string): Error {
  return vaultToolError('vault-snippet-impossible', {
    message: `no text can be made of this reference: ${why}`,
    next: 'name one key, as vault_describe lists it: secret/apps/mail#password',
  });
}
