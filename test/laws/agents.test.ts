import { expect, test } from 'vitest';
import { allRules } from '../../src/cluster/findings/rules.ts';
import { specialistsFor } from '../../src/incident/triage/domains.ts';
import { shippedAgents } from '../../src/server/agents/shipped-agents.ts';
import { catalogue } from '../../tools/catalogue.ts';
import { type AgentHouse, agentLaws } from './agent-laws.ts';

const domains = ['storage', 'compute', 'networking', 'database', 'auth', 'deploy'] as const;
const house: AgentHouse = {
  agents: new Map(shippedAgents().map((agent) => [agent.name, agent])),
  tools: new Map(catalogue.flatMap(({ tools }) => tools.map((tool) => [tool.name, tool]))),
  findings: new Set(allRules.map(({ id }) => id)),
  askedByTriage: specialistsFor(new Map(domains.map((domain) => [domain, ['deploy/web']])), undefined).map(
    ({ agent }) => agent,
  ),
};

test.each(agentLaws.map((law) => [law.name, law] as const))('%s', (_, law) => {
  expect(law.breaches(house)).toEqual([]);
});
