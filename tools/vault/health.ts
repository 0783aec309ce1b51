import { z } from 'zod';
import { type Answer, type ToolContext, table } from '../../src/kit/index.ts';
import type { TokenStanding } from '../../src/vault/port.ts';
import type { Check } from './check.ts';
import { defineVaultTool } from './define.ts';
import { fields } from './fields.ts';
import { nodeChecks } from './health-nodes.ts';
import type { VaultPorts } from './port.ts';
import { policyChecks, rightChecks } from './rights.ts';
import { attempt, plainName, whenText } from './words.ts';

export const health = defineVaultTool({
  name: 'vault_health',
  title: 'Whether Vault works',
  description:
    'Whether Vault works, by what it does and not by an open port: each node, a stuck leader, raft, our own token and rights with the ' +
    'policy line that is missing, grants that can never work, and how many values redaction knows. Problems first. Use before raw vault status.',
  effect: 'read',
  searchHint:
    'sealed standby leader hung raft seal status token expiry policy capabilities permission denied 403 openbao',
  input: z.strictObject({ budget: fields.budget }),
  answersAlone: true,
  run: async (_, context) => healthAnswer(context),
});

const order: readonly Check['state'][] = ['PROBLEM', 'unknown', 'ok'];

async function healthAnswer({ ports, signal, now: clock }: ToolContext<VaultPorts>): Promise<Answer> {
  const { vault, nodes, names, strength, knownValues } = ports;
  const now = clock();
  const mounts = await attempt(() => names.mounts(signal), signal);
  if (!strength.examined && mounts.value !== undefined) await attempt(() => names.inventory(signal), signal);
  const [ofNodes, ofRights, ofPolicies, ofValues] = await Promise.all([
    nodeChecks(vault, nodes, signal),
    mounts.value === undefined ? notTold('our rights', mounts.why) : rightChecks(vault, mounts.value, signal),
    mounts.value === undefined ? notTold('policies', mounts.why) : policyChecks(vault, mounts.value, signal),
    knownValues.checks(now, signal),
  ]);
  const excess = strength.excess.map(
    (one): Check => ({ state: 'PROBLEM', what: 'our rights', detail: `TOO MUCH: ${one}` }),
  );
  const weighed: readonly Check[] = strength.examined
    ? []
    : [
        {
          state: 'unknown',
          what: 'our rights',
          detail: 'whether our token is weak enough is not known: Vault did not say',
        },
      ];
  const checks = [
    ...ofNodes,
    tokenCheck(vault.standing(), now),
    ...weighed,
    ...excess,
    ...ofRights,
    ...ofPolicies,
    ...ofValues,
  ];
  const sorted = checks.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  const count = (state: Check['state']): number => checks.filter((check) => check.state === state).length;
  const unknown = checks.filter(({ state }) => state === 'unknown');
  const [problems, unknowns] = [count('PROBLEM'), count('unknown')];
  return table({
    asOf: now,
    coverage: {
      covered: `${nodes.length} of Vault's nodes by name, the leader, our token`,
      missing: [...new Set(unknown.map(({ what }) => what))].map((what) => ({ what, why: 'see below' })),
    },
    headline:
      problems + unknowns === 0
        ? 'Vault works'
        : `${problems} problems, ${unknowns} not known or in doubt, ${count('ok')} fine`,
    columns: ['state', 'what', 'detail', 'what to do'],
    rows: sorted.map(({ state, what, detail, next }) => [state, what, detail, next ?? null]),
  });
}

async function notTold(what: string, why: string | undefined): Promise<readonly Check[]> {
  return [{ state: 'unknown', what, detail: `Vault did not tell its mounts (${why ?? '?'})` }];
}

const soonMs = 10 * 60_000;

export function tokenCheck(
  { state, displayName, policies, expiresAt, renewedAt, why }: TokenStanding,
  now: Date,
): Check {
  const what = 'our token';
  if (state !== 'alive') {
    return {
      state: 'PROBLEM',
      what,
      detail: `${state.toUpperCase()}${why === undefined ? '' : `: ${why}`}`,
      next: 'give the daemon a token of its own again; it is read and taken up by itself',
    };
  }
  const soon = expiresAt !== undefined && expiresAt.getTime() - now.getTime() < soonMs;
  const parts = [
    plainName(displayName ?? '?'),
    `policies ${policies.map(plainName).join(', ')}`,
    expiresAt === undefined ? 'does not expire' : `expires ${whenText(expiresAt, now)}`,
    ...(renewedAt === undefined ? [] : [`renewed ${whenText(renewedAt, now)}`]),
  ];
  return { state: soon ? 'PROBLEM' : 'ok', what, detail: `${soon ? 'EXPIRES SOON: ' : ''}${parts.join('; ')}` };
}
