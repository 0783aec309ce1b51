import type { Check } from '../port.ts';
import { found, unknown } from '../results.ts';

export const prometheusReady: Check = {
  id: 'prometheus-ready',
  title: 'Prometheus is ready, and its rules can be evaluated',
  needs: ['metrics'],
  look({ metrics }) {
    if (metrics === undefined) return unknown('nobody looked');
    const broken = metrics.rules
      .filter(({ health }) => health === 'err')
      .map(({ group, name }) => `rule ${group}/${name} cannot be evaluated`);
    return found(
      { fail: metrics.ready ? broken : ['it says that it is not ready', ...broken] },
      `version ${metrics.version ?? 'not told'}, ${metrics.rules.length} rules`,
    );
  },
};
