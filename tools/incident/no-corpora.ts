import type { Corpora } from '../../memory/corpus/port.ts';
import { incidentError } from '../../src/incident/errors.ts';
import type { Reach } from '../../src/kit/index.ts';

/** Where castellan.yaml takes memory away there is no index: history goes by its own table, and says what it could not search. */
export const noCorpora: Reach<Corpora> = () =>
  Promise.reject(
    incidentError('history-unconfigured', {
      message: 'history is searched in the index of memory, and castellan.yaml says `memory: false`',
      next: 'take that line out of castellan.yaml',
    }),
  );
