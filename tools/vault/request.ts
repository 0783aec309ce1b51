import { z } from 'zod';
import { placeToDecide } from '../../src/change/wire/keep-port.ts';
import {
  alphabets,
  type RequestView,
  requestKinds,
  type SecretWish,
  secretWish,
} from '../../src/change/wire/secret.ts';
import { type Answer, oneLine, type ToolContext, text, Untrusted } from '../../src/kit/index.ts';
import { defineVaultTool } from './define.ts';
import { vaultToolError } from './errors.ts';
import { fields } from './fields.ts';
import type { VaultPorts } from './port.ts';
import { parseReference } from './reference.ts';
import { plainName, referenceText } from './words.ts';

/**
 * There is no argument for a value, and whoever tries one hears why. What was tried is not repeated.
 * What a number or a name may be the keep's own schema says (`valid`): said in the list of tools it would not fit.
 */
const noValue = 'no argument takes a value: with kind=write a human types it, with kind=generate Castellan draws it';

const input = z.strictObject(
  {
    kind: z.enum(requestKinds).describe('lease: a kubeconfig'),
    secret: z.string().max(700).optional().describe('secret/apps/mail#password'),
    reason: z.string().max(1_000).describe('for the human'),
    length: z.number().optional().describe('generate'),
    alphabet: z.enum(alphabets).optional().describe('generate'),
    role: z.string().optional().describe('lease'),
    namespace: z.string().optional().describe('lease'),
    minutes: z.number().optional().describe('lease: 10 to 240'),
    cluster_wide: z.boolean().optional().describe('lease'),
    budget: fields.budget,
  },
  { error: (issue) => (issue.code === 'unrecognized_keys' ? noValue : undefined) },
);
type Input = z.output<typeof input>;

export const request = defineVaultTool({
  name: 'secret_request',
  title: 'Ask a human about a secret',
  description:
    'Asks a human to reveal, write or generate one key (password, token) of Vault, or to lend a short kubeconfig. You get req_… and ' +
    'its state, never a value: the human does. Then change_status.',
  effect: 'propose',
  input,
  async run(asked, context) {
    const { ports, principal, signal } = context;
    if (ports.keep === undefined) {
      throw vaultToolError('vault-keep-missing', {
        message: 'humans are asked through the keep, and no keep is configured',
        next: 'keep: { socket: … } in castellan.yaml',
      });
    }
    const wish = await wishOf(asked, ports, signal);
    const by = { agent: principal.agent.slice(0, 80), human: principal.human.slice(0, 80) };
    const reply = await (await ports.keep()).ask({ verb: 'request', by, wish, reason: asked.reason }, signal);
    const view = reply.requests?.[0];
    if (view === undefined) {
      throw vaultToolError('vault-request-unknown', {
        message: 'the keep took the request and told nothing of it',
        next: 'change_status without id lists what waits; run keep and daemon of one version',
      });
    }
    return askedAnswer(view, placeToDecide(reply.keep, view.id), context);
  },
});

async function wishOf(asked: Input, { names }: VaultPorts, signal: AbortSignal): Promise<SecretWish> {
  if (asked.kind === 'lease') return leaseOf(asked);
  if (asked.secret === undefined)
    throw incomplete(`kind=${asked.kind} needs secret`, 'name one key: secret=secret/apps/mail#password');
  if ([asked.role, asked.namespace, asked.minutes, asked.cluster_wide].some((one) => one !== undefined)) {
    throw incomplete(
      'role, namespace, minutes and cluster_wide are of a lease',
      'leave them out, or ask for kind=lease',
    );
  }
  const mounts = await names.mounts(signal);
  const of = parseReference(
    asked.secret,
    mounts.map(({ name }) => name),
  );
  if (of.key === undefined) throw incomplete('it is asked for one key', 'name it: secret=secret/apps/mail#password');
  if (mounts.find(({ name }) => name === of.mount)?.kvVersion !== 2) {
    throw incomplete('only keys of KV version 2 can be asked for', 'vault_search lists them');
  }
  const { kind, length = 32, alphabet = 'letters-digits' } = asked;
  if (kind !== 'generate' && (asked.length !== undefined || asked.alphabet !== undefined)) {
    throw incomplete('length and alphabet are of kind=generate', 'leave them out');
  }
  return valid(kind === 'generate' ? { kind, of, length, alphabet } : { kind, of });
}

function leaseOf({ secret, role, namespace, minutes = 60, cluster_wide: clusterWide = false }: Input): SecretWish {
  if (secret !== undefined) throw incomplete('a lease is of a role and not of a secret', 'leave secret out');
  if (role === undefined || namespace === undefined) {
    throw incomplete(
      'a lease needs role and namespace',
      "roles are those of Vault's Kubernetes engine; which there are and what each may do, its operator knows; only a human mints from one",
    );
  }
  return valid({ kind: 'lease', role, namespace, minutes, clusterWide });
}

function valid(wish: unknown): SecretWish {
  const found = secretWish.safeParse(wish);
  if (found.success) return found.data;
  throw incomplete(
    found.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
    'correct it',
  );
}

function incomplete(message: string, next: string): Error {
  return vaultToolError('vault-request-incomplete', { message, next });
}

function askedAnswer(view: RequestView, link: string, { now }: ToolContext<VaultPorts>): Answer {
  const { id, wish, state, expiresAt } = view;
  const until = expiresAt === undefined ? '' : ` until ${plainName(expiresAt)}`;
  const waits = state === 'waiting' ? `WAITS FOR A HUMAN${until}; nothing was done` : state;
  return text({
    asOf: now(),
    coverage: { covered: `${id}; no value of it is known here` },
    // The state first: behind `#password` a colon would make it look like the value, and redaction would take it away.
    headline: `${id} ${waits} · ${wishText(wish)}`,
    blocks: ['asked because:', Untrusted.byAgent(oneLine(view.reason, 1_000))],
    notes: [
      `next: tell your human to answer at ${link}; you cannot. Then change_status id=${id}, no more often than every 30 s`,
      whoGetsIt[wish.kind],
    ],
  });
}

const whoGetsIt: Readonly<Record<SecretWish['kind'], string>> = {
  reveal:
    'the value is shown to the human once; do not ask him to paste it to you: whatever needs it takes it by its reference',
  write: 'the human types the value on that page; it passes no agent',
  generate: 'Castellan draws the value and writes it; nobody sees it',
  lease: 'the human gets the kubeconfig and its token; you get neither',
};

function wishText(wish: SecretWish): string {
  if (wish.kind !== 'lease') return `${wish.kind} ${plainName(referenceText(wish.of))}`;
  const where = wish.clusterWide ? 'the whole cluster' : `namespace ${plainName(wish.namespace)}`;
  return `lease a kubeconfig as ${plainName(wish.role)} for ${where}, ${wish.minutes} min`;
}
