import type { StateFacts } from '../planner/port.ts';
import type { SandboxResult } from '../sandbox/port.ts';
import type { ApplyReading } from './stream.ts';

/**
 * How an apply ended, from what the engine did, what it said, and the state as it was read back. Unknown is never taken for
 * done, and nothing is called clean whose state moved.
 */
export interface Evidence {
  readonly result: Pick<SandboxResult, 'exitCode' | 'ended'>;
  readonly reading: Pick<ApplyReading, 'done' | 'failed' | 'unknown'>;
  /** What was signed. */
  readonly before: Pick<StateFacts, 'lineage' | 'serial' | 'sha256'> | undefined;
  /** `unreadable`: nobody could read it back. Undefined: there is none. */
  readonly after: StateFacts | 'unreadable' | undefined;
  /** The engine could not write the state where it belongs, and left it in its folder. */
  readonly leftState: boolean;
}

export type Verdict =
  | { readonly outcome: 'applied' | 'partially-applied' | 'failed-clean' }
  | { readonly outcome: 'interrupted'; readonly why: string };

const endings: Readonly<Record<Exclude<SandboxResult['ended'], 'exit'>, string>> = {
  signal: 'the engine was ended by a signal',
  timeout: 'the apply took longer than its time limit and was ended',
  'too-much-output': 'the engine wrote more than it may and was ended',
  cancelled: 'the keep was stopping and ended the engine',
};

/** It ended by itself when it was asked to. */
const asked: Partial<Readonly<Record<SandboxResult['ended'], string>>> = {
  timeout: 'the apply took longer than its time limit, and the engine was told to end',
  cancelled: 'the keep was stopping and told the engine to end',
};

export function judgeOutcome({ result, reading, before, after, leftState }: Evidence): Verdict {
  const interrupted = (why: string): Verdict => ({ outcome: 'interrupted', why });
  if (leftState) return interrupted('the engine could not write its state back; what it left is sealed in the keep');
  const { exitCode, ended } = result;
  // Asked to end, it may have come to its end all the same.
  if (ended !== 'exit' && exitCode !== 0) {
    return interrupted((exitCode === undefined ? undefined : asked[ended]) ?? endings[ended]);
  }
  if (after === 'unreadable') return interrupted('the state could not be read back');
  if (after === undefined && (before !== undefined || reading.done.length > 0)) {
    return interrupted('there is no state any more');
  }
  if (before !== undefined && after?.lineage !== before.lineage) {
    return interrupted('the state is of another lineage than the one it was applied to');
  }
  if (before !== undefined && after !== undefined && after.serial < before.serial) {
    return interrupted(`the state went back from serial ${before.serial} to ${after.serial}`);
  }
  if (reading.unknown.length > 0) {
    return interrupted(`the engine never said how ${reading.unknown.length} of what it began ended`);
  }
  if (exitCode === 0) return { outcome: reading.failed.length === 0 ? 'applied' : 'partially-applied' };
  const isSame = after?.serial === before?.serial && after?.sha256 === before?.sha256;
  return { outcome: reading.done.length === 0 && isSame ? 'failed-clean' : 'partially-applied' };
}
