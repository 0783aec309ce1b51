import type { Memory } from '../../memory/engine.ts';
import { counted } from '../../src/cluster/index.ts';
import type { ProbeFinding } from '../../src/kit/index.ts';

/** What of a store that is open doctor tells. Counts of entries are nobody's secret on the host that keeps them. */
export async function storeFindings(memory: Memory, isWanted: boolean): Promise<readonly ProbeFinding[]> {
  const { state, model, embedded, total, share, calibratedOn, index, reason } = await memory.dense.standing();
  const check = 'embeddings';
  const kept: ProbeFinding = { check: 'memories', status: 'pass', detail: 'the store is open' };
  if (!isWanted) return [kept, { check, status: 'pass', detail: 'none configured: memories are found by their words' }];
  const progress = `${embedded} of ${counted(total, 'text')} have one of ${model ?? 'the model'}`;
  switch (state) {
    case 'ready': {
      const vote =
        calibratedOn === undefined
          ? 'not measured yet, so it has no vote'
          : share <= 0
            ? `measured on ${calibratedOn} entries and no better than words, so it has no vote`
            : `${Math.round(share * 100)} % of a rank, measured on ${calibratedOn} entries`;
      return [kept, { check, status: 'pass', detail: `${progress}; ${vote}; index ${index}` }];
    }
    case 'filling':
      return [kept, { check, status: 'pass', detail: `being made, ${progress}` }];
    default:
      return [
        kept,
        {
          check,
          status: 'fail',
          detail: reason ?? state,
          next: 'memories are found by their words alone until the endpoint of `memory.embeddings` answers',
        },
      ];
  }
}
