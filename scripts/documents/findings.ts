import { networkRules } from '../../src/cluster/findings/rules/network/index.ts';
import { nodeRules } from '../../src/cluster/findings/rules/node/index.ts';
import { operatorRules } from '../../src/cluster/findings/rules/operator/index.ts';
import { policyRules } from '../../src/cluster/findings/rules/policy/index.ts';
import { storageRules } from '../../src/cluster/findings/rules/storage/index.ts';
import { workloadRules } from '../../src/cluster/findings/rules/workload/index.ts';
import { code, page, table } from './markdown.ts';

const chapters = {
  'Pods and what makes them': workloadRules,
  Nodes: nodeRules,
  'Services, routes, network': networkRules,
  Storage: storageRules,
  'Budgets, quotas, rights, webhooks': policyRules,
  Operators: operatorRules,
} as const;

/** docs/findings.md: every rule `cluster_health` and `kubectl_describe` look with. */
export function findingsPage(): string {
  const rules = Object.values(chapters).reduce((sum, { length }) => sum + length, 0);
  return page(
    '# Findings',
    `What \`cluster_health\` looks for, and \`kubectl_describe\` for one object: ${rules} rules, each a file in \`src/cluster/findings/rules\` with a fixture that turns it red and one it must leave alone. A rule whose kinds could not be read is named as not checked; a kind the cluster does not serve has nothing wrong with it.`,
    ...Object.entries(chapters).flatMap(([title, listed]) => [
      `## ${title}`,
      table(
        ['rule', 'what it finds'],
        listed.map((rule) => [code(rule.id), rule.title]),
      ),
    ]),
  );
}
