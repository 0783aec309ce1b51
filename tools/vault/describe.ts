import { z } from 'zod';
import type { SecretReference } from '../../src/change/wire/secret.ts';
import { readSecretUsers } from '../../src/cluster/index.ts';
import { type Answer, type ToolContext, text } from '../../src/kit/index.ts';
import { metadataOf, subkeysOf } from '../../src/vault/kv.ts';
import { defineVaultTool } from './define.ts';
import { customBlock, historyOf, keyBlocks, versionBlock } from './describe-parts.ts';
import { describeStaticRole, staticRoleNamed } from './describe-role.ts';
import { vaultToolError } from './errors.ts';
import { fields } from './fields.ts';
import { madeOf } from './made-secret.ts';
import type { VaultPorts } from './port.ts';
import { parseReference } from './reference.ts';
import { snippetKinds, snippetOf } from './snippets.ts';
import { attempt, grantText, type Missing, plainName, referenceText, whenText } from './words.ts';

const input = z.strictObject({
  secret: fields.secret,
  snippet: z.enum(snippetKinds).optional().describe('text for a file that uses it'),
  budget: fields.budget,
});

export const describe = defineVaultTool({
  name: 'vault_describe',
  title: 'One secret, without its value',
  description:
    'One secret of Vault: its keys, versions, when each key last changed, rotation age, custom metadata; of ' +
    'database/static-roles/x when its password is rotated. snippet gives the text that uses it. Use before raw vault kv get or metadata get.',
  effect: 'read',
  searchHint:
    'secret keys versions age rotation metadata ExternalSecret remoteRef secretKeyRef data vault_kv_secret_v2',
  input,
  async run({ secret, snippet }, context) {
    const { ports, signal } = context;
    const mounts = await ports.names.mounts(signal);
    const reference = parseReference(
      secret,
      mounts.map(({ name }) => name),
    );
    const mount = mounts.find(({ name }) => name === reference.mount);
    if (mount?.type === 'database') {
      const role = staticRoleNamed(reference);
      return describeStaticRole({ mount: reference.mount, role, vault: ports.vault, signal, now: context.now() });
    }
    if (mount?.kvVersion !== 2) {
      throw vaultToolError('vault-reference-invalid', {
        message:
          'this mount is neither KV version 2 nor a database engine: of others nothing can be told without values',
        next: 'vault_search lists what is known of its names',
      });
    }
    return describeSecret(reference, snippet, context);
  },
});

async function describeSecret(
  reference: SecretReference,
  snippet: (typeof snippetKinds)[number] | undefined,
  { ports, signal, now: clock }: ToolContext<VaultPorts>,
): Promise<Answer> {
  const { mount, path, key, version } = reference;
  const now = clock();
  const [metadata, subkeys, history] = await Promise.all([
    metadataOf(ports.vault, mount, path, { signal }),
    attempt(() => subkeysOf(ports.vault, mount, path, version, { signal }), signal),
    historyOf(ports.keep, reference, signal),
  ]);
  const missing: Missing[] = [
    ...(subkeys.why === undefined || subkeys.why === 'vault-not-found'
      ? []
      : [{ what: 'its keys', why: whyNoKeys(subkeys.why, mount) }]),
    ...(history.why === undefined ? [] : [{ what: 'when each key changed', why: history.why }]),
  ];
  const keys = subkeys.value?.keys;
  const gone = key !== undefined && keys !== undefined && !keys.includes(key);
  const shown = key === undefined || gone ? keys : keys?.filter((one) => one === key);
  const made = snippet === 'secret-key-ref' ? await madeOf(reference, ports, readSecretUsers, signal) : undefined;
  const newest = metadata.versions.find((one) => one.version === metadata.currentVersion);
  const deleted = newest === undefined || newest.destroyed || newest.deletedAt !== undefined;
  const name = plainName(`${mount}/${path}`);
  const problems = [
    ...(deleted ? ['its NEWEST VERSION IS DELETED'] : []),
    ...(gone ? [`it has NO KEY ${plainName(key)}`] : []),
  ];
  const facts = [
    `version ${metadata.currentVersion} of ${whenText(newest?.createdAt, now)}`,
    keys === undefined ? (deleted ? 'no keys now' : 'keys NOT KNOWN') : `${keys.length} keys`,
  ];
  return text({
    asOf: now,
    // No colon behind a name: of one that ends in `password`, redaction would take the rest for its value.
    coverage: { covered: `names, versions and times of ${name}, no value`, missing },
    headline: `${name} · ${[...problems, ...facts].join('; ')}`,
    blocks: [
      ...(snippet === undefined ? [] : [snippetOf(snippet, reference, made?.secret)]),
      ...keyBlocks(shown ?? [], { history: history.value, now }),
      versionBlock(metadata, now),
      ...customBlock(metadata.custom),
    ],
    narrow: 'one key with secret=mount/path#key',
    notes: [
      ...(snippet === undefined ? ['text that uses it: snippet=external-secret, hcl or secret-key-ref'] : []),
      ...(snippet === 'external-secret'
        ? [`its secretStoreRef must name a store of Vault whose path is ${plainName(mount)}`]
        : []),
      ...(snippet === 'hcl' ? ['what is read so stands in the state in plain text: prefer an ExternalSecret'] : []),
      ...(made?.note === undefined ? [] : [made.note]),
      `who uses it: vault_consumers of ${plainName(referenceText(reference))}`,
    ],
  });
}

/** A refusal names the right that would do: metadata alone does not tell keys. */
function whyNoKeys(code: string, mount: string): string {
  return code === 'vault-refused' ? `${code}: our token lacks read on ${grantText(`${mount}/subkeys/*`)}` : code;
}
