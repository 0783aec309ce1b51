import { z } from 'zod';
import { capabilitiesOf } from '../../src/vault/capabilities.ts';
import { listAt, type Mount } from '../../src/vault/kv.ts';
import type { VaultClient } from '../../src/vault/port.ts';
import type { Check } from './check.ts';
import { grantsIn, mistakeOf } from './policy-text.ts';
import { attempt, eachOf, grantText, plainName } from './words.ts';

/** What each tool needs of Vault, by the capability that Vault wants for it and the line of a policy that gives it. */
interface Need {
  readonly path: string;
  readonly capability: 'read' | 'list' | 'update';
  readonly tool: string;
  readonly policy: string;
}

const probe = 'castellan-probe';

function needsOf(mounts: readonly Mount[]): readonly Need[] {
  const need = (path: string, capability: Need['capability'], tool: string, policy = path): Need => ({
    path,
    capability,
    tool,
    policy,
  });
  return [
    need('sys/ha-status', 'read', 'vault_health'),
    need('sys/leader', 'read', 'vault_health'),
    need('sys/storage/raft/autopilot/state', 'read', 'vault_health'),
    ...mounts.flatMap(({ name, type, kvVersion }) => {
      if (kvVersion === 2) {
        return [
          need(`${name}/metadata/`, 'list', 'vault_search', `${name}/metadata/*`),
          need(`${name}/metadata/${probe}`, 'read', 'vault_describe', `${name}/metadata/*`),
          need(`${name}/subkeys/${probe}`, 'read', 'vault_describe, vault_consumers', `${name}/subkeys/*`),
        ];
      }
      if (type !== 'database') return [];
      return [
        need(`${name}/static-roles`, 'list', 'vault_consumers rotation', `${name}/static-roles`),
        need(`${name}/static-roles/${probe}`, 'read', 'vault_describe', `${name}/static-roles/*`),
      ];
    }),
  ];
}

/** Our own rights, explained: what is missing for which tool, and the line that gives it. */
export async function rightChecks(
  vault: VaultClient,
  mounts: readonly Mount[],
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const what = 'our rights';
  const needs = needsOf(mounts);
  const { value: may, why } = await attempt(
    () => capabilitiesOf(vault, [...new Set(needs.map(({ path }) => path))], { signal }),
    signal,
  );
  if (may === undefined) return [{ state: 'unknown', what, detail: `not told (${why})` }];
  const missing = needs.filter(({ path, capability }) => {
    const given = may.get(path) ?? [];
    return !given.includes(capability) && !given.includes('root');
  });
  if (missing.length === 0)
    return [{ state: 'ok', what, detail: `${needs.length} of ${needs.length} for the tools of this group` }];
  return missing.map(({ path, capability, tool, policy }) => {
    const given = (may.get(path) ?? []).filter((one) => one !== 'deny').map(plainName);
    const has = given.length === 0 ? 'nothing is granted' : `only ${given.join(', ')} is granted`;
    return {
      state: 'unknown',
      what,
      detail: `${tool} needs ${capability} on ${grantText(policy)}: ${has}`,
      next: `path "${grantText(policy)}" { capabilities = ["${capability}"] }`,
    };
  });
}

const policyShape = z.object({ data: z.object({ policy: z.string().max(500_000) }) });
const mostPolicies = 60;

/** Grants that can never work, in every policy we may read: an endpoint that only takes writes, granted with read alone. */
export async function policyChecks(
  vault: VaultClient,
  mounts: readonly Mount[],
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const what = 'policies';
  const { value: names, why } = await attempt(() => listAt(vault, ['sys', 'policies', 'acl'], { signal }), signal);
  if (names === undefined) return [{ state: 'unknown', what, detail: `not looked through for mistakes (${why})` }];
  const asked = names.filter((name) => name !== 'root').slice(0, mostPolicies);
  const unread: string[] = [];
  const found = await eachOf(asked, 6, async (name) => {
    const path = ['sys', 'policies', 'acl', ...name.split('/')];
    const read = await attempt(() => vault.ask({ method: 'GET', path, reply: policyShape }, { signal }), signal);
    if (read.value === undefined) unread.push(plainName(name));
    return grantsIn(read.value?.data.policy ?? '').flatMap((grant): readonly Check[] => {
      const mistake = mistakeOf(grant, mounts);
      return mistake === undefined
        ? []
        : [{ state: 'PROBLEM', what, detail: `policy ${plainName(name)}: ${mistake.says}`, next: mistake.next }];
    });
  });
  const skipped = names.length - (names.includes('root') ? 1 : 0) - asked.length;
  const mistakes = found.flat();
  return [
    ...mistakes,
    ...(unread.length === 0
      ? []
      : [{ state: 'unknown' as const, what, detail: `could not be read: ${unread.slice(0, 8).join(', ')}` }]),
    ...(skipped === 0 ? [] : [{ state: 'unknown' as const, what, detail: `${skipped} more were not looked at` }]),
    ...(mistakes.length === 0 && unread.length === 0
      ? [{ state: 'ok' as const, what, detail: `${asked.length} looked through: no grant that can never work` }]
      : []),
  ];
}
