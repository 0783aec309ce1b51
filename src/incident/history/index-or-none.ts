import type { Corpora } from '../../../memory/corpus/port.ts';
import { CastellanError, type Reach } from '../../kit/index.ts';

/** Memory's index; undefined where castellan.yaml takes memory away: reports are then found by what their own table holds. */
export async function indexOrNone(corpora: Reach<Corpora>): Promise<Corpora | undefined> {
  try {
    return await corpora();
  } catch (error) {
    if (error instanceof CastellanError && error.code === 'history-unconfigured') return undefined;
    throw error;
  }
}
