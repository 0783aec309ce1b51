import { classifyName } from '../../redaction/key-names.ts';

/** Which types of resource hold a secret in what they compute, and in which of their arguments. */
const secretType =
  /(^|_)(secret|secrets|password|passwords|passphrase|token|tokens|credential|credentials|private_key|access_key|api_key|service_account_key|psk)(_|$)|^(vault|sops|onepassword|bitwarden|infisical|doppler|age|akeyless|conjur)_|^random_bytes$/;
const secretArguments: ReadonlySet<string> = new Set([
  'data',
  'string_data',
  'binary_data',
  'data_wo',
  'data_json',
  'data_json_wo',
  'value',
  'value_wo',
  'secret_string',
  'content',
  'keepers',
]);

export function isSecretType(type: string): boolean {
  return secretType.test(type);
}

export function isSecretArgument(name: string): boolean {
  return secretArguments.has(name) || classifyName(name) !== undefined;
}

/** Arguments of a data source that say what is read, and come back as they were given; others may come back filled. */
const plainDataArguments: ReadonlySet<string> = new Set([
  'name',
  'namespace',
  'mount',
  'path',
  'kind',
  'api_version',
  'region',
]);

export function comesBackAsGiven(name: string): boolean {
  return plainDataArguments.has(name);
}

/** A variable of the stack itself has its value from outside: its name is all there is to judge by. */
export function isSecretVariable(name: string): boolean {
  return classifyName(name) !== undefined;
}
