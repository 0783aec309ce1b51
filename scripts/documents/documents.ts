import { buildProgram } from '../../src/cli/program.ts';
import { configJsonSchema } from '../../src/config/index.ts';
import { catalogue } from '../../tools/catalogue.ts';
import { cliPage } from './cli.ts';
import { configPage } from './config.ts';
import { errorsPage } from './errors.ts';
import { findingsPage } from './findings.ts';
import { toolsPage, wireSnapshot } from './tools.ts';

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
    ['docs/config.md', configPage(configJsonSchema(catalogue))],
    ['docs/cli.md', cliPage(program)],
    ['docs/errors.md', await errorsPage()],
    ['docs/findings.md', findingsPage()],
    ['reference/castellan.schema.json', `${JSON.stringify(configJsonSchema(catalogue), null, 2)}\n`],
    ...catalogue.flatMap(({ tools }) =>
      tools.map((tool) => [`${snapshotFolder}/${tool.name}.json`, wireSnapshot(tool)] as const),
    ),
  ]);
}
