import type { KeepClient } from '../../src/change/wire/keep-port.ts';
import type { SecretHistory, SecretReference } from '../../src/change/wire/secret.ts';
import { ageText } from '../../src/cluster/index.ts';
import { oneLine, type Reach, Untrusted } from '../../src/kit/index.ts';
import type { SecretMetadata } from '../../src/vault/kv.ts';
import { attempt, dateOf, isPlain, plainName, whenText } from './words.ts';

/** Per key, from fingerprints of the versions there are: Vault itself knows only when the secret as a whole was written. */
export async function historyOf(
  keep: Reach<KeepClient> | undefined,
  { mount, path }: SecretReference,
  signal: AbortSignal,
): Promise<{ readonly value: SecretHistory | undefined; readonly why: string | undefined }> {
  if (keep === undefined) return { value: undefined, why: 'no keep is configured' };
  const asked = { verb: 'status', of: 'secret', secret: { mount, path } } as const;
  const { value, why } = await attempt(async () => (await keep()).ask(asked, signal), signal);
  if (why !== undefined) return { value: undefined, why };
  return { value: value.history, why: value.history === undefined ? 'the keep has not read it' : undefined };
}

interface KeyWords {
  readonly history: SecretHistory | undefined;
  readonly now: Date;
}

const shownKeys = 150;

/** A line a key, those first that have not changed for longest. */
export function keyBlocks(keys: readonly string[], { history, now }: KeyWords): readonly (string | Untrusted)[] {
  if (keys.length === 0) return [];
  const known = new Map((history?.keys ?? []).map((one) => [one.key, one]));
  const since = (key: string): string => known.get(key)?.since?.at ?? '9999';
  const sorted = keys.toSorted((a, b) => since(a).localeCompare(since(b)) || a.localeCompare(b)).slice(0, shownKeys);
  const lines = sorted.map((key) => `${oneLine(key, 200)}  ${changeText(known.get(key), now)}`);
  const more = keys.length > shownKeys ? [`and ${keys.length - shownKeys} more keys: name one with #key`] : [];
  const all = lines.join('\n');
  return [
    `keys (${keys.length}), unchanged for longest first:`,
    sorted.every(isPlain) ? all : new Untrusted(all),
    ...more,
  ];
}

function changeText(known: SecretHistory['keys'][number] | undefined, now: Date): string {
  if (known?.since === undefined) return 'last changed: unknown';
  const at = dateOf(known.since.at);
  const age = at === undefined ? '?' : ageText(now.getTime() - at.getTime());
  const parts = [
    `${known.atLeast ? 'unchanged for at least' : 'unchanged for'} ${age}, since v${known.since.version}`,
    ...(known.revertedTo === undefined ? [] : [`PUT BACK to what v${known.revertedTo} had`]),
    ...(known.sameAs.length === 0 ? [] : [`SAME VALUE as ${known.sameAs.slice(0, 3).map(plainName).join(', ')}`]),
  ];
  return parts.join('; ');
}

const shownVersions = 8;

export function versionBlock(metadata: SecretMetadata, now: Date): string {
  const { versions, createdAt, oldestVersion, maxVersions, casRequired, deleteVersionAfter } = metadata;
  const told = versions
    .toReversed()
    .slice(0, shownVersions)
    .map(({ version, createdAt: made, deletedAt, destroyed }) => {
      const end = destroyed
        ? ', DESTROYED'
        : deletedAt === undefined
          ? ''
          : deletedAt > now
            ? `, to be deleted ${whenText(deletedAt, now)}`
            : `, DELETED ${whenText(deletedAt, now)}`;
      return `v${version} ${whenText(made, now)}${end}`;
    });
  const more = versions.length > shownVersions ? ` and ${versions.length - shownVersions} older` : '';
  const rules = [
    ...(maxVersions === 0 ? [] : [`keeps ${maxVersions}`]),
    ...(casRequired ? ['check-and-set required'] : []),
    ...(deleteVersionAfter === '0s' ? [] : [`deletes after ${plainName(deleteVersionAfter)}`]),
  ];
  return [
    `versions: ${told.join('; ') || 'none'}${more}`,
    `created ${whenText(createdAt, now)}; oldest kept v${Math.max(1, oldestVersion)}${rules.length === 0 ? '' : `; ${rules.join(', ')}`}`,
  ].join('\n');
}

export function customBlock(custom: ReadonlyMap<string, string>): readonly (string | Untrusted)[] {
  if (custom.size === 0) return [];
  const lines = [...custom].slice(0, 64).map(([key, value]) => `${oneLine(key, 128)}: ${oneLine(value, 512)}`);
  return ['custom metadata, written by whoever may:', new Untrusted(lines.join('\n'))];
}
