import { buildProgram } from '../../src/cli/program.ts';
import { configJsonSchema } from '../../src/config/index.ts';
import { shippedAgents } from '../../src/server/agents/shipped-agents.ts';
import { catalogue } from '../../tools/catalogue.ts';
import { agentsPage } from './agents.ts';
import { cliPage } from './cli.ts';
import { configPage } from './config.ts';
import { conventionsPage } from './conventions.ts';
import { errorsPage } from './errors.ts';
import { findingsPage } from './findings.ts';
import { keepConfigPage, keepConfigSchema } from './keep-config.ts';
import { riskPage } from './risk.ts';
import { toolsPage, wireSnapshot } from './tools.ts';
import { validatorPage } from './validator.ts';

export const snapshotFolder = 'reference/catalogue';

/** Everything that is made from the code, by path. */
export async function renderDocuments(): Promise<ReadonlyMap<string, string>> {
  const program = buildProgram({
    terminal: { out: () => undefined, err: () => undefined, colour: false, interactive: false },
    environment: {},
    cwd: '/',
    groups: catalogue,
  });
  return new Map([
    ['docs/tools.md', toolsPage(catalogue)],
    ['docs/agents.md', agentsPage(shippedAgents(), catalogue)],
    ['docs/config.md', configPage(configJsonSchema(catalogue))],
    ['docs/cli.md', cliPage(program)],
    ['docs/errors.md', await errorsPage()],
    ['docs/findings.md', findingsPage()],
    ['docs/validator.md', validatorPage()],
    ['docs/risk.md', riskPage()],
    ['docs/conventions.md', conventionsPage()],
    ['docs/keep-config.md', keepConfigPage()],
    ['reference/keep.schema.json', `${JSON.stringify(keepConfigSchema, null, 2)}\n`],
    ['reference/castellan.schema.json', `${JSON.stringify(configJsonSchema(catalogue), null, 2)}\n`],
    ...catalogue.flatMap(({ tools }) =>
      tools.map((tool) => [`${snapshotFolder}/${tool.name}.json`, wireSnapshot(tool)] as const),
    ),
  ]);
}
