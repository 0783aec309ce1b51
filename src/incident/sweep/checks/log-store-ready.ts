import type { Check } from '../port.ts';
import { found, unknown } from '../results.ts';

export const logStoreReady: Check = {
  id: 'log-store-ready',
  title: 'Logs of the past can be read',
  needs: ['logs'],
  look({ logs }) {
    if (logs === undefined) return unknown('nobody looked');
    return found(
      { fail: logs.ready ? [] : ['Loki says that it is not ready'] },
      `version ${logs.version ?? 'not told'}`,
    );
  },
};
