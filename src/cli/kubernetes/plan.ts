import type { ConfigSection } from './config-section.ts';
import { type ReaderRole, rightsMissing, ruleLines, rulesOf } from './reader-role.ts';

/** What a person agrees to, before any of it is done. */
export interface Plan {
  readonly context: string;
  readonly server: string;
  readonly role: ReaderRole;
  /** The ClusterRole of that name as the API server has it, as JSON; empty when there is none. */
  readonly existing: string;
  readonly kubeconfig: string;
  readonly renews: boolean;
  readonly days: number;
  readonly section: ConfigSection;
}

const mostTold = 20;

export function planLines({ context, server, role, existing, ...plan }: Plan): readonly string[] {
  const { account, name } = role;
  return [
    `In the cluster of your context ${JSON.stringify(context)} (${server}), with your kubectl:`,
    `  namespace ${account.namespace}, service account ${account.name}`,
    `  cluster role ${name}, bound to it; all it gives:`,
    ...ruleLines(role.rules).map((line) => `    ${line}`),
    ...differences(role, existing).map((line) => `  ${line}`),
    `  ${plan.renews ? 'another' : 'a'} token for the account, for ${plan.days} days`,
    'On this machine:',
    `  ${plan.kubeconfig} and a file with the token beside it, for you alone (mode 0600)`,
    ...plan.section.changes.map((change) => `  ${plan.section.path}: ${change}`),
  ];
}

/** The role the cluster has is replaced by the one that ships: whoever changed it should see what goes. */
function differences({ rules, name }: ReaderRole, existing: string): readonly string[] {
  if (existing.trim() === '') return [];
  const now = rulesOf(existing);
  const added = rightsMissing(rules, now);
  const removed = rightsMissing(now, rules);
  if (added.length + removed.length === 0) return [`${name} is there already, the same`];
  return [`${name} is there already and becomes this one:`, ...marked('+', added), ...marked('-', removed)];
}

function marked(sign: string, rights: readonly string[]): readonly string[] {
  const rest = rights.length - mostTold;
  return [
    ...rights.slice(0, mostTold).map((right) => `  ${sign} ${right}`),
    ...(rest > 0 ? [`  ${sign} and ${rest} more`] : []),
  ];
}
