import { z } from 'zod';
import type { ClusterSecretReference, Comparison, SecretReference } from '../../src/change/wire/secret.ts';
import { readSecretUsers, refText } from '../../src/cluster/index.ts';
import { type Answer, CastellanError, type ToolContext, text } from '../../src/kit/index.ts';
import { defineVaultTool } from './define.ts';
import { vaultToolError } from './errors.ts';
import { fields } from './fields.ts';
import type { VaultPorts } from './port.ts';
import { parseClusterReference, parseReference } from './reference.ts';
import { attempt, dateOf, type Missing, plainName, referenceText, whenText } from './words.ts';

const side = z.string().min(1).max(700);

export const compare = defineVaultTool({
  name: 'vault_compare',
  title: 'Whether two references hold one value',
  description:
    'Whether two references hold the same value: equal, different or unknown, and no more. Vault against Vault, or against a key of a ' +
    'Kubernetes Secret: then also which pods started before it changed. Never a reference with a value.',
  effect: 'read',
  searchHint: 'stale sync rotated restart needed externalsecret drift same password reused',
  input: z.strictObject({
    left: side.describe('secret/apps/mail#password, or …@3 for a version'),
    right: side.describe('another, or k8s:namespace/name#key'),
    budget: fields.budget,
  }),
  async run({ left, right }, context) {
    const { ports, signal, principal, now } = context;
    const { keep } = ports;
    const sides = await sidesOf(left, right, ports, signal);
    if (keep === undefined) {
      throw vaultToolError('vault-keep-missing', {
        message: 'values are compared by the fingerprinter of the keep, and no keep is configured',
        next: 'keep: { socket: … } in castellan.yaml',
      });
    }
    const spent = ports.comparisons.spend(principal, now());
    const asked = { verb: 'status', of: 'comparison', left: sides.left, right: sides.right } as const;
    const { comparison } = await (await keep()).ask(asked, signal);
    const found: Comparison = comparison ?? { outcome: 'unknown', why: 'the keep said nothing of it' };
    return comparedAnswer({ ...sides, found, spent }, context);
  },
});

type Keyed = SecretReference & { readonly key: string };

interface Sides {
  readonly left: Keyed;
  readonly right: Keyed | ClusterSecretReference;
}

async function sidesOf(left: string, right: string, { names }: VaultPorts, signal: AbortSignal): Promise<Sides> {
  const mounts = (await names.mounts(signal)).map(({ name }) => name);
  const [one, other] = [left, right].map((given) => parsedSide(given, mounts));
  // The keep takes the Kubernetes side second.
  if (one !== undefined && other !== undefined && !('namespace' in one)) return { left: one, right: other };
  if (one !== undefined && other !== undefined && !('namespace' in other)) return { left: other, right: one };
  throw vaultToolError('vault-reference-invalid', {
    message: 'both are keys of Kubernetes Secrets',
    next: 'name what one of them should have in Vault: left=secret/apps/mail#password',
  });
}

function parsedSide(given: string, mounts: readonly string[]): Keyed | ClusterSecretReference {
  try {
    const cluster = parseClusterReference(given);
    if (cluster !== undefined) return cluster;
    const { key, ...place } = parseReference(given, mounts);
    if (key !== undefined) return { ...place, key };
  } catch (error) {
    if (!(error instanceof CastellanError) || error.code !== 'vault-reference-invalid') throw error;
  }
  throw vaultToolError('vault-compare-literal', {
    message:
      'what was given is no reference to one key, and nothing else is compared: a value to compare with would be a guess',
    next: 'give two references: secret/apps/mail#password, secret/apps/mail#password@3 or k8s:namespace/name#key. If what you gave is a secret, tell your human that you have it',
  });
}

interface Compared extends Sides {
  readonly found: Comparison;
  readonly spent: { readonly used: number; readonly most: number };
}

async function comparedAnswer(compared: Compared, context: ToolContext<VaultPorts>): Promise<Answer> {
  const { left, right, found, spent } = compared;
  const now = context.now();
  const pods = 'namespace' in right ? await podsBehind(right, found, context) : undefined;
  const stale = found.outcome === 'different' && found.equalsVersion !== undefined;
  const verdict = { equal: 'EQUAL', different: 'DIFFERENT', unknown: 'UNKNOWN' }[found.outcome];
  const because = found.outcome === 'unknown' ? ` (${ownWords(found.why ?? 'no reason told')})` : '';
  const lag = stale ? `; the other side still has version ${found.equalsVersion}` : '';
  return text({
    asOf: now,
    coverage: {
      covered: 'two references, in the fingerprinter; neither value nor length left it',
      missing: [
        ...(found.outcome === 'unknown' ? [{ what: 'whether they are equal', why: ownWords(found.why ?? '?') }] : []),
        ...(pods?.missing ?? []),
      ],
    },
    headline: `${verdict}${because}: ${nameOf(left)} and ${nameOf(right)}${lag}${pods?.headline ?? ''}`,
    blocks: [
      ...versionLine(nameOf(left), found.leftVersion, found.leftChangedAt, now),
      ...versionLine(nameOf(right), found.rightVersion, found.rightChangedAt, now),
      ...(pods?.lines ?? []),
    ],
    notes: [
      ...(stale ? ['next: kubectl_describe of the ExternalSecret tells why it has not synced since'] : []),
      `comparison ${spent.used} of ${spent.most} this hour`,
    ],
  });
}

function nameOf(of: Keyed | ClusterSecretReference): string {
  return plainName('namespace' in of ? `k8s:${of.namespace}/${of.name}#${of.key}` : referenceText(of));
}

function versionLine(
  name: string,
  version: number | undefined,
  changedAt: string | undefined,
  now: Date,
): readonly string[] {
  if (version === undefined && changedAt === undefined) return [];
  const at = changedAt === undefined ? '' : `, changed ${whenText(dateOf(changedAt), now)}`;
  return [`${name} · ${version === undefined ? 'unversioned' : `version ${version}`}${at}`];
}

/** The keep's own words, in a form that says nothing else. */
function ownWords(why: string): string {
  return why.replace(/[^\w .,:;'()/#@-]/g, '?').slice(0, 200);
}

interface Behind {
  readonly headline: string;
  readonly lines: readonly string[];
  readonly missing: readonly Missing[];
}

/** Pods that took the Secret at their start, and started before what it holds came to be. */
async function podsBehind(
  of: ClusterSecretReference,
  found: Comparison,
  { ports, signal, now }: ToolContext<VaultPorts>,
): Promise<Behind> {
  const { cluster } = ports;
  const what = 'pods that use it';
  if (cluster === undefined) return { headline: '', lines: [], missing: [{ what, why: 'no cluster is configured' }] };
  const { value: users, why } = await attempt(
    async () => readSecretUsers(await cluster(), { namespace: of.namespace, signal }),
    signal,
  );
  if (users === undefined) return { headline: '', lines: [], missing: [{ what, why }] };
  const unread = users.unread.length === 0 ? [] : [{ what: users.unread.join(', '), why: 'may not be listed' }];
  const takers = users.uses.filter(
    ({ by, secret, key, frozen }) =>
      frozen && by.namespace === of.namespace && secret === of.name && (key === undefined || key === of.key),
  );
  const names = new Set(takers.map(({ by }) => refText(by)));
  const pods = users.pods.filter(
    ({ namespace, name, root }) =>
      names.has(refText(root)) || names.has(refText({ group: '', kind: 'Pod', namespace, name })),
  );
  const changed = dateOf(found.rightChangedAt) ?? dateOf(found.leftChangedAt);
  if (changed === undefined) {
    return {
      headline: '',
      lines: [],
      missing: [
        ...unread,
        ...(pods.length === 0 ? [] : [{ what: 'whether pods predate it', why: 'nobody said when it changed' }]),
      ],
    };
  }
  const behind = pods.filter(({ startedAt }) => startedAt !== undefined && startedAt < changed);
  const unaged = pods.filter(({ startedAt }) => startedAt === undefined).length;
  const lines = behind
    .slice(0, 20)
    .map(
      ({ name, root, startedAt }) => `${plainName(name)} of ${refText(root)}, started ${whenText(startedAt, now())}`,
    );
  return {
    headline: behind.length === 0 ? '' : `; ${behind.length} PODS PREDATE THE CHANGE: restart needed`,
    lines: [
      ...(lines.length === 0 ? [] : ['they took it at their start, before it changed:']),
      ...lines,
      ...(behind.length > 20 ? [`and ${behind.length - 20} more`] : []),
    ],
    missing: [...unread, ...(unaged === 0 ? [] : [{ what: `${unaged} pods`, why: 'nobody knows when they started' }])],
  };
}
