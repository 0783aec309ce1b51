import type { Problem } from '../../src/incident/report/port.ts';
import { oneLine, Untrusted } from '../../src/kit/index.ts';
import type { Blocks } from './paging.ts';
import { plainName } from './words.ts';

const mostOfARule = 8;

/** Errors before warnings, each rule once with all its places. Messages quote the narrative, which an agent wrote. */
export function problemBlocks(problems: readonly Problem[]): Blocks {
  return rulesBroken(problems).flat();
}

/** The same, a rule at a time. */
export function rulesBroken(problems: readonly Problem[]): readonly Blocks[] {
  return (['error', 'warning'] as const).flatMap((severity) => {
    const byRule = Map.groupBy(
      problems.filter((problem) => problem.severity === severity),
      ({ rule }) => rule,
    );
    return [...byRule].map(([rule, all]) => [
      `${severity === 'error' ? 'ERROR' : 'warning'} ${plainName(rule)}${all.length > 1 ? ` ×${all.length}` : ''}`,
      Untrusted.byAgent(
        [
          ...all
            .slice(0, mostOfARule)
            .map(({ path, message, fix }) => `${oneLine(path, 120)}: ${oneLine(message, 240)} → ${oneLine(fix, 240)}`),
          ...(all.length > mostOfARule ? [`and ${all.length - mostOfARule} more`] : []),
        ].join('\n'),
      ),
    ]);
  });
}
