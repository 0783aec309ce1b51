import { CastellanError } from '../../kit/index.ts';
import type { Action, Verified, VerifyPredicate } from '../action.ts';
import { seeAlertRule } from './alert-rule.ts';
import { seeDocument } from './document.ts';
import { seeFileChanged, seeFileContains, seeFileExists } from './file.ts';
import { seeMetric } from './metric.ts';
import { seeObjectField } from './object-field.ts';
import { type Looking, type Seen, unknown, type VerifyPorts } from './ports.ts';
import { seeProbe } from './probe.ts';

/** One look may take so long. */
const longestMs = 20_000;

/**
 * Looks whether an action landed, by its predicate.
 *
 *  pass      it holds now
 *  fail      it was asked, and does not hold
 *  unknown   it could not be asked: not configured, not reached, masked, or nothing that a machine can tell
 *
 * `detail` says what was seen in our words, and repeats neither what is masked nor what was asked for. Throws only when the signal
 * fires, and for a defect of ours.
 */
export async function verifyAction(
  { verify }: Pick<Action, 'verify'>,
  ports: VerifyPorts,
  { signal, now }: { readonly signal: AbortSignal; readonly now: Date },
): Promise<Verified> {
  if (verify === undefined) return { ...unknown('nothing says how to see it'), at: now };
  const patience = AbortSignal.timeout(longestMs);
  try {
    const looking = { ports, signal: AbortSignal.any([signal, patience]), now };
    return { ...(await see(verify, looking)), at: now };
  } catch (error) {
    signal.throwIfAborted();
    if (patience.aborted) return { ...unknown(`no answer within ${longestMs / 1_000} s`), at: now };
    if (!(error instanceof CastellanError)) throw error;
    return { ...unknown(`could not be asked: ${error.code}`), at: now };
  }
}

async function see(predicate: VerifyPredicate, looking: Looking): Promise<Seen> {
  switch (predicate.kind) {
    case 'alert-rule':
      return seeAlertRule(predicate, looking);
    case 'file-exists':
      return seeFileExists(predicate, looking);
    case 'file-contains':
      return seeFileContains(predicate, looking);
    case 'file-changed':
      return seeFileChanged(predicate, looking);
    case 'object-field':
      return seeObjectField(predicate, looking);
    case 'probe':
      return seeProbe(predicate, looking);
    case 'metric':
      return seeMetric(predicate, looking);
    case 'document':
      return seeDocument(predicate, looking);
    case 'manual':
      return unknown('no machine can tell; somebody has to say so');
  }
}
