import { effects, type Group } from '../../src/kit/index.ts';
import type { AgentFile } from '../../src/server/agents/agent-file.ts';
import { promptArguments } from '../../src/server/agents/prompt-arguments.ts';
import { budgetOf, handedOver } from './agent-sections.ts';
import { code, page, table } from './markdown.ts';

/** Who comes after whom; what is not named here stands for itself. */
const chapters = [
  ['Incidents', ['post-mortem', 'sev-triage', 'sev-historian', 'sev-report-writer']],
  [
    'Specialists',
    [
      ...['cluster-health-checker', 'sre', 'observability-engineer', 'platform-engineer'],
      ...['network-engineer', 'dba', 'security-engineer', 'devops-engineer'],
    ],
  ],
  ['Changes', ['change-author', 'review-loop', 'deploy-app', 'action-resolver']],
] as const;

const picture = `\`\`\`
 symptom ─▶ sev-triage ─▶ specialists ─▶ sev-historian ─▶ sev-report-writer ─▶ post-mortem
                │ inc_…        │ fi_…           │ verdicts         │ draft            │ published
                ▼              ▼                ▼                  ▼                  ▼
          ┌───────────────────────────── the record of inc_… ────────────────────────────────────┐
          └──────────────────┬──────────────────────────────────────────┬────────────────────────┘
                             │ a finding that is supported              │ act_…
                             ▼                                          ▼
 wish, patch_… ─────▶ change-author ──┐                          action-resolver
                             ▲        │ chg_…                           │ chg_…
     revise, three rounds at │        ▼                                 │
     most                    └── review-loop ◀──────────────────────────┘
                                      ▲ │
 wish ─▶ deploy-app ── chg_… ─────────┘ └─▶ a human, who reads the plan and signs it
\`\`\``;

/** docs/agents.md: who they are, what they may call, and what passes between them. */
export function agentsPage(agents: readonly AgentFile[], catalogue: readonly Group[]): string {
  const effectOf = new Map(catalogue.flatMap(({ tools }) => tools.map(({ name, effect }) => [name, effect] as const)));
  const chaptered = chapters.flatMap(([, names]): readonly string[] => names);
  const odd = agents.filter(({ name }) => !chaptered.includes(name)).map(({ name }) => name);
  if (odd.length > 0) throw new Error(`docs/agents.md has no chapter for ${odd.join(', ')}`);
  return page(
    '# Agents',
    `${agents.length} agents of the plugin, \`agents/*.md\`. Claude Code offers each the tools of its list and no others; none of them may write a file, run a command or open a page of the network. What is found stands in the record of the incident, what is proposed in the keep: an agent is handed ids, reads them itself, and when it dies another one goes on from there.`,
    'Each is also an MCP prompt of the same name and text, with what it is given as arguments. A prompt is not offered where a tool of its list is not served. Words that are handed to a prompt stand behind a fence; an id that does not look like one is refused. Claude Code hands the arguments of a prompt over by position and splits them at spaces: an id arrives, of a sentence its first word; there use the agent.',
    picture,
    'No agent starts another. Its last message says who comes next and with which id; the session, or a human, starts that one.',
    ...chapters.flatMap(([title, names]) => [
      `## ${title}`,
      ...names.flatMap((name) => {
        const agent = agents.find((one) => one.name === name);
        return agent === undefined ? [] : [agentSection(agent, effectOf)];
      }),
    ]),
  );
}

function agentSection(agent: AgentFile, effectOf: ReadonlyMap<string, string>): string {
  const { name, description, arguments: given, tools, ownTools, maxTurns, model, body } = agent;
  const budget = budgetOf(agent);
  const own = ownTools.map((tool) => effectOf.get(tool));
  const strongest = effects.findLast((effect) => own.includes(effect)) ?? '';
  const others = tools.filter((tool) => !tool.startsWith('mcp__'));
  const spent = budget === undefined ? '' : `${budget.calls} calls, ${budget.kilobytes} KB, ${budget.minutes} minutes`;
  return [
    `### ${name}`,
    description,
    table(
      ['', ''],
      [
        [
          'is given',
          given
            .map(
              ({ name: one, required }) =>
                `${code(one)}, ${promptArguments[one].description}${required ? '' : ' (may be left out)'}`,
            )
            .join('; '),
        ],
        ['hands over', handedOver(body).join(', ')],
        ['may', code(strongest)],
        ['tools', [...ownTools, ...others].map(code).join(', ')],
        ['budget', `${spent}, ${maxTurns} turns; model ${code(model)}`],
      ],
    ),
  ].join('\n\n');
}
