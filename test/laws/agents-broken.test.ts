import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { allRules } from '../../src/cluster/findings/rules.ts';
import { parseAgentFile } from '../../src/server/agents/agent-file.ts';
import { shippedAgents } from '../../src/server/agents/shipped-agents.ts';
import { catalogue } from '../../tools/catalogue.ts';
import { type AgentHouse, agentLaws } from './agent-laws.ts';
import { repository } from './sources.ts';

/** That each law sees what it is there for: an agent as it is shipped, with one thing made wrong. */
const shipped: AgentHouse = {
  agents: new Map(shippedAgents().map((agent) => [agent.name, agent])),
  tools: new Map(catalogue.flatMap(({ tools }) => tools.map((tool) => [tool.name, tool]))),
  findings: new Set(allRules.map(({ id }) => id)),
  askedByTriage: ['sre'],
};

const textOf = (file: string): string => readFileSync(new URL(`agents/${file}.md`, repository), 'utf8');

function replaced(text: string, from: string | RegExp, to: string): string {
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${String(from)} does not stand in the agent`);
  return changed;
}

const prefixed = (tool: string): string => `  - mcp__plugin_castellan_castellan__${tool}\n`;
const withTool = (line: string, named = ''): readonly [RegExp, string][] => [
  [/^tools:\n/m, `tools:\n${line}`],
  [/^## Steps\n/m, `## Steps\n${named}\n`],
];
const inSteps = (words: string): readonly [RegExp, string][] => [[/^## Steps\n/m, `## Steps\n\n${words}\n`]];

type Breach = readonly [law: string, file: string, changes: readonly (readonly [string | RegExp, string])[]];
const breaches: readonly Breach[] = [
  ['an agent stands in the file of its name', 'sre', [['name: sre', 'name: dba']]],
  ['an agent may call tools of the catalogue and no others', 'sre', withTool('  - Bash\n')],
  ['an agent may call tools of the catalogue and no others', 'sre', withTool('  - Write\n')],
  ['an agent may call tools of the catalogue and no others', 'sre', withTool('  - WebFetch\n')],
  ['an agent may call tools of the catalogue and no others', 'sre', withTool('  - Read\n')],
  ['an agent may call tools of the catalogue and no others', 'change-author', withTool('  - Edit\n')],
  ['an agent may call tools of the catalogue and no others', 'sre', withTool('  - mcp__castellan__kubectl_get\n')],
  [
    'an agent may call tools of the catalogue and no others',
    'sre',
    withTool('  - mcp__plugin_castellan_castellan__*\n'),
  ],
  ['an agent may call tools of the catalogue and no others', 'sre', withTool(prefixed('kubectl_exec'))],
  ['no tool is allowed twice', 'sre', withTool(prefixed('kubectl_get'))],
  [
    'an agent has the effect it is listed with, and proposes by the listed tools alone',
    'sre',
    withTool(prefixed('change_propose')),
  ],
  [
    'an agent has the effect it is listed with, and proposes by the listed tools alone',
    'change-author',
    withTool(prefixed('secret_request')),
  ],
  [
    'an agent has the effect it is listed with, and proposes by the listed tools alone',
    'change-author',
    [[prefixed('change_propose'), '']],
  ],
  ['no agent takes away what others wrote', 'change-author', withTool(prefixed('change_withdraw'))],
  ['no agent takes away what others wrote', 'sre', withTool(prefixed('memory_delete'))],
  [
    'a tool is named between backticks, in the body of who may call it, or as another agent’s',
    'sre',
    inSteps('Then `change_propose` it.'),
  ],
  [
    'a tool is named between backticks, in the body of who may call it, or as another agent’s',
    'sre',
    inSteps('`change_propose` of `dba` comes after.'),
  ],
  [
    'a tool is named between backticks, in the body of who may call it, or as another agent’s',
    'sre',
    inSteps('Then kubectl_get again.'),
  ],
  [
    'a tool is named between backticks, in the body of who may call it, or as another agent’s',
    'sre',
    inSteps('`kubectl_restart target=deploy/web`'),
  ],
  ['every tool it may call is named in its body', 'sre', withTool(prefixed('kubectl_explain'))],
  ['every tool it may call is named in its body', 'change-author', [['(Read, Grep, Glob)', '(by reading)']]],
  ['every argument it is told to give exists, and takes the value', 'sre', inSteps('`kubectl_get object=pods`')],
  ['every argument it is told to give exists, and takes the value', 'sre', inSteps('`kubectl_get kind=pods view=all`')],
  ['every argument it is told to give exists, and takes the value', 'sre', inSteps('`kubectl_get pods`')],
  [
    'every argument it is told to give exists, and takes the value',
    'sre',
    inSteps('`incident_record incident=inc_… kind=finding\nstatus=proven`'),
  ],
  [
    'an argument that is named in prose is one of a tool it may call, or of its own',
    'sre',
    inSteps('With force=true.'),
  ],
  [
    'whatever stands between backticks is a call, an agent, a rule of cluster_health or what it is given',
    'sre',
    inSteps('Ask `home-automation-engineer`, or look for `disk-on-fire`.'),
  ],
  [
    'PromQL that it is told to ask would be asked',
    'sre',
    inSteps('`incident_gather incident=inc_… source=metrics query="sum(up"`'),
  ],
  [
    'what it is told to expect of a change can be measured',
    'change-author',
    inSteps('`change_propose reason="…" expect=["rollout web"]`'),
  ],
  ['a body has its parts, in their order', 'sre', [['## Never', '## Perhaps not']]],
  ['a body has its parts, in their order', 'sre', [['## Budget', '## Given']]],
  ['a body is at most 6144 bytes', 'sre', inSteps('word '.repeat(1_300))],
  [
    'everything it may be given is named under Given',
    'sre',
    [['arguments: [incident]', 'arguments: [incident, wish]']],
  ],
  ['a budget names calls, bytes and minutes, and fits the turns', 'sre', [[/^\d+ calls, /m, 'Some calls, ']]],
  ['a budget names calls, bytes and minutes, and fits the turns', 'sre', [[/^maxTurns: .*$/m, 'maxTurns: 5']]],
  ['what no agent ever does stands in each', 'sre', [['Change nothing by hand', 'Change little by hand']]],
  ['what no agent ever does stands in each', 'sre', [[/^- What is NOT SEEN.*\n/m, '']]],
  ['the last message has an id, what is unknown and who comes next', 'sre', [[/^unknown: .*\n/m, '']]],
  ['the last message has an id, what is unknown and who comes next', 'sre', [[/^next: .*\n/m, '']]],
  ['the last message has an id, what is unknown and who comes next', 'sre', [[/^incident: .*\n/m, '']]],
  ['the last message has an id, what is unknown and who comes next', 'sre', [[/^next: .*$/m, 'next: on-call-human']]],
  ['nothing is promised that no tool does, and no command is told', 'sre', inSteps('1. Restart what hangs.')],
  ['nothing is promised that no tool does, and no command is told', 'sre', inSteps('Or kubectl delete the pod.')],
  ['nothing is promised that no tool does, and no command is told', 'sre', [['  Every incident: ', '  It fixes it: ']]],
];

describe('a law sees', () => {
  test.each(breaches.map((breach) => [`${breach[1]}: ${breach[0]}`, breach] as const))(
    'what breaks it: %s',
    (_, [name, file, changes]) => {
      const text = changes.reduce((changed, [from, to]) => replaced(changed, from, to), textOf(file));
      const agents = new Map(shipped.agents).set(file, parseAgentFile(`${file}.md`, text));
      const law = agentLaws.find((one) => one.name === name);
      expect(law?.breaches({ ...shipped, agents })).not.toEqual([]);
    },
  );

  test('an agent that is not listed, one that is gone, and one that triage asks for in vain', () => {
    const [listed, asked] = [
      'an agent is listed with what it may do, and every listed one is there',
      'whom triage asks for is there',
    ].map((name) => agentLaws.find((law) => law.name === name));
    const without = new Map(shipped.agents);
    without.delete('sre');
    expect(listed?.breaches({ ...shipped, agents: without })).toEqual(['sre: is not there']);
    expect(asked?.breaches({ ...shipped, agents: without })).toEqual(['sre']);
    const sre = shipped.agents.get('sre');
    if (sre === undefined) throw new Error('sre is shipped');
    const more = new Map(shipped.agents).set('sre-2', sre);
    expect(listed?.breaches({ ...shipped, agents: more })).toEqual(['sre-2: is not listed']);
  });

  test('something, each of them', () => {
    const shown = new Set(breaches.map(([name]) => name));
    const others = [
      'an agent is listed with what it may do, and every listed one is there',
      'whom triage asks for is there',
    ];
    expect(agentLaws.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual(others);
  });
});

describe('a file of an agent is refused', () => {
  const refused: readonly (readonly [why: string, from: string | RegExp, to: string])[] = [
    ['without frontmatter', /^---\n/, ''],
    ['with a key nobody knows', 'model: ', 'permissionMode: bypassPermissions\nmodel: '],
    ['with hooks', 'model: ', 'hooks: {}\nmodel: '],
    ['with servers of its own', 'model: ', 'mcpServers: {}\nmodel: '],
    ['without tools, which would be all of them', /^tools:\n(?: {2}- .*\n)+/m, ''],
    ['with no tool in the list', /^tools:\n(?: {2}- .*\n)+/m, 'tools: []\n'],
    ['with a description that is too long', '  Every incident: ', `  ${'long '.repeat(100)}: `],
    ['without a limit of turns', /^maxTurns: .*\n/m, ''],
    ['with a model that is none', /^model: .*$/m, 'model: best'],
    ['with an argument nobody knows', 'arguments: [incident]', 'arguments: [password]'],
    ['with YAML that is none', /^model: .*$/m, 'model: ['],
  ];
  test.each(refused)('%s', (_, from, to) => {
    expect(() => parseAgentFile('agents/sre.md', replaced(textOf('sre'), from, to))).toThrow(/^agents\/sre\.md/);
  });
});
