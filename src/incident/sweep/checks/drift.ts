import type { Check } from '../port.ts';
import { found, unknown } from '../results.ts';

export const drift: Check = {
  id: 'drift',
  title: 'Stacks are as they are written',
  needs: ['keep'],
  look({ keep }) {
    if (keep === undefined) return unknown('nobody looked');
    const differs = keep.stacks
      .filter((one) => one.drift === 'differs')
      .map(({ stack, at }) => `${stack} differs from reality${at === undefined ? '' : `, seen ${at}`}`);
    const unplanned = keep.stacks
      .filter((one) => one.drift === 'unknown')
      .map(({ stack, why }) => `${stack}: ${why ?? 'never planned'}`);
    if (differs.length === 0 && unplanned.length > 0)
      return {
        ...unknown(`${unplanned.length} of ${keep.stacks.length} stacks could not be planned`),
        items: unplanned,
      };
    return found({ warn: [...differs, ...unplanned] }, `${keep.stacks.length} stacks`, 'drift_report');
  },
};
