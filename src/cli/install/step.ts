import type { CliContext } from '../terminal.ts';

/** One thing that is done, or with --dry-run only said. */
export interface Step {
  /** What it does, from `make …` on. */
  readonly title: string;
  /** What came of it, a line each; nothing where the title says all. */
  run(): Promise<readonly string[]> | readonly string[];
}

/** In order; the first that fails ends it. */
export async function runSteps(
  steps: readonly Step[],
  { dryRun, terminal }: { readonly dryRun: boolean; readonly terminal: CliContext['terminal'] },
): Promise<void> {
  for (const { title, run } of steps) {
    if (dryRun) {
      terminal.out(`would ${title}`);
      continue;
    }
    const lines = await run();
    for (const line of lines) terminal.err(line);
  }
}
