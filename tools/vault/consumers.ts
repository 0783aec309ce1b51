import { z } from 'zod';
import { counted } from '../../src/cluster/index.ts';
import { type Answer, type ToolContext, table } from '../../src/kit/index.ts';
import { consumersOf, rowOf } from './consumer-rows.ts';
import { defineVaultTool } from './define.ts';
import { vaultToolError } from './errors.ts';
import { fields } from './fields.ts';
import { gather } from './gathered.ts';
import { presenceOf } from './judged.ts';
import { orphansAnswer } from './orphans.ts';
import { pageOf } from './paging.ts';
import type { VaultPorts } from './port.ts';
import { parseReference } from './reference.ts';
import { rotationAnswer } from './rotation.ts';
import { attempt, plainName, referenceText, whenText } from './words.ts';

export const consumers = defineVaultTool({
  name: 'vault_consumers',
  title: 'Who uses a secret',
  description:
    'Who uses a secret or key of Vault: ExternalSecrets, pods, files of the repository, last readers; broken references first. ' +
    'Without secret: all that is broken. orphans: keys nobody uses. rotation: which apps break when a password is rotated. Use ' +
    'before a secret is changed.',
  effect: 'read',
  searchHint:
    'blast radius references externalsecret secretKeyRef envFrom unused orphan broken rotation restart reload',
  input: z.strictObject({
    secret: fields.secret.optional(),
    orphans: z.boolean().optional().describe('keys nobody uses'),
    rotation: z.boolean().optional().describe('apps that break at the next rotation'),
    cursor: fields.cursor,
    budget: fields.budget,
  }),
  async run({ secret, orphans = false, rotation = false }, context) {
    const { ports, signal } = context;
    if ([secret !== undefined, orphans, rotation].filter(Boolean).length > 1) {
      throw vaultToolError('vault-reference-invalid', {
        message: 'secret, orphans and rotation are three questions',
        next: 'ask one of them',
      });
    }
    if (rotation) return rotationAnswer(context);
    const gathered = await gather(ports, signal);
    if (orphans) return orphansAnswer(gathered, context);
    return secret === undefined ? allBroken(gathered, context) : usersOf(secret, gathered, context);
  },
});

type Told = Awaited<ReturnType<typeof gather>>;

async function usersOf(secret: string, gathered: Told, context: ToolContext<VaultPorts>): Promise<Answer> {
  const { ports, signal, now: clock } = context;
  const now = clock();
  const { inventory } = gathered;
  const asked = parseReference(
    secret,
    inventory.mounts.map(({ name }) => name),
  );
  const name = plainName(referenceText(asked));
  const rows = consumersOf(asked, gathered);
  const presence = presenceOf({ mount: asked.mount, path: asked.path }, asked.key, inventory);
  const reads =
    ports.audit === undefined
      ? { value: undefined, why: 'no audit log is configured' }
      : await attempt(async () => ports.audit?.readsOf(asked.mount, asked.path, now, signal), signal);
  const readers = [...new Map((reads.value ?? []).toReversed().map((read) => [read.as, read]))].map(([, read]) => read);
  const broken = rows.filter(({ state }) => state === 'BROKEN').length;
  const readRows = readers
    .toReversed()
    .slice(0, 8)
    .map(({ at, as }) =>
      rowOf({
        state: 'ok',
        reference: `${asked.mount}/${asked.path}`,
        by: as,
        how: 'audit log',
        detail: `last read ${whenText(at, now)}`,
      }),
    );
  const nobody = gathered.sawAll ? 'NOBODY was found to use it' : 'nobody was found to use it in what could be seen';
  const gone = presence.is === 'broken' ? [presence.why] : [];
  return table({
    asOf: inventory.at,
    coverage: {
      covered: 'ExternalSecrets, pods and workloads of the cluster, the trusted base of the repository',
      missing: [
        ...(reads.why === undefined ? [] : [{ what: 'who read it last', why: reads.why }]),
        ...gathered.missing,
      ],
    },
    headline: `${name} · ${[...gone, rows.length === 0 ? nobody : counted(rows.length, 'consumer'), ...(broken === 0 ? [] : [`${broken} BROKEN`])].join('; ')}`,
    columns: ['state', 'reference', 'consumer', 'how', 'detail'],
    ...pageOf([...rows.map(rowOf), ...readRows], context),
    notes: ['people, and processes with a token of their own, show only in the audit log'],
  });
}

function allBroken(gathered: Told, context: ToolContext<VaultPorts>): Answer {
  const all = consumersOf(undefined, gathered);
  const wrong = all.filter(({ state }) => state !== 'ok');
  const count = (state: string): number => wrong.filter((one) => one.state === state).length;
  const fine = gathered.sawAll
    ? 'no reference is broken'
    : 'no reference is broken in what could be seen, which was not everything';
  return table({
    asOf: gathered.inventory.at,
    coverage: {
      covered: `${counted(all.length, 'use')} of secrets in the cluster and in the trusted base of the repository`,
      missing: gathered.missing,
    },
    headline:
      wrong.length === 0
        ? fine
        : `${count('BROKEN')} broken, ${count('NOT SYNCED')} not synced, ${count('unknown')} not known`,
    columns: ['state', 'reference', 'consumer', 'how', 'detail'],
    ...pageOf(wrong.map(rowOf), context),
    narrow: 'who uses one: secret=',
  });
}
