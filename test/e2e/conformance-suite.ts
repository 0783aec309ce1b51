import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { parse } from 'yaml';
import { z } from 'zod';

/** Runs the protocol's test suite and reads what it wrote: one `checks.json` a scenario. */
const packageFile = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json');

const check = z.object({
  id: z.string(),
  status: z.enum(['SUCCESS', 'FAILURE', 'WARNING', 'INFO', 'SKIPPED']),
  errorMessage: z.string().optional(),
});
export type Check = z.output<typeof check>;

/** The checks of each scenario that ran, by its name. */
export type SuiteResult = ReadonlyMap<string, readonly Check[]>;

export async function runSuite(url: string, ...words: readonly string[]): Promise<SuiteResult> {
  const directory = mkdtempSync(join(tmpdir(), 'castellan-conformance-'));
  try {
    // Its exit code also counts what no revision requires; the files it leaves say everything.
    const main = join(dirname(packageFile), 'dist', 'index.js');
    const ended = await execa(process.execPath, [main, 'server', '--url', url, '-o', directory, ...words], {
      cwd: directory,
      env: { HOME: directory, PATH: '' },
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
    });
    const result = new Map(
      readdirSync(directory).flatMap((name) => {
        const scenario = /^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/.exec(name)?.[1];
        if (scenario === undefined) return [];
        const text = readFileSync(join(directory, name, 'checks.json'), 'utf8');
        return [[scenario, z.array(check).parse(JSON.parse(text))] as const];
      }),
    );
    if (result.size === 0) throw new Error(`the suite ran nothing:\n${ended.stdout}\n${ended.stderr}`);
    return result;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The scenarios a server must pass to conform to a revision, as the suite's own list has them. */
export function requiredScenarios(revision: string): readonly string[] {
  const file = join(dirname(packageFile), 'requirements', `${revision}.yaml`);
  return z.object({ server: z.array(z.string()) }).parse(parse(readFileSync(file, 'utf8'))).server;
}

/** What is wrong, a line each: a failed check, a warning, a scenario that proved nothing. */
export function complaints(result: SuiteResult, scenarios: readonly string[]): readonly string[] {
  return scenarios.flatMap((scenario) => {
    const checks = result.get(scenario);
    if (checks === undefined) return [`${scenario}: did not run`];
    if (passed(checks) === 0) return [`${scenario}: no check passed`];
    return checks
      .filter(({ status }) => status === 'FAILURE' || status === 'WARNING')
      .map(({ id, status, errorMessage }) => `${scenario}: ${id}: ${status} ${errorMessage ?? ''}`);
  });
}

export function passed(checks: readonly Check[]): number {
  return checks.filter(({ status }) => status === 'SUCCESS').length;
}
