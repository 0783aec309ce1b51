import type { Check } from '../port.ts';
import { found, unknown } from '../results.ts';

export const namesResolve: Check = {
  id: 'names-resolve',
  title: 'Names resolve, and to the same everywhere',
  needs: ['probes'],
  look({ probes }) {
    if (probes === undefined || probes.dns.length === 0) return unknown('no name is given to be resolved');
    const lost = probes.dns
      .filter(({ works }) => works === 'no')
      .map(({ name, problem }) => `${name}: ${problem ?? 'does not resolve'}`);
    const unasked = probes.dns
      .filter(({ works }) => works === 'unknown')
      .map(({ name, problem }) => `${name}: ${problem ?? 'could not be asked'}`);
    const split = probes.dns
      .filter(
        ({ answers }) =>
          new Set(
            answers.filter(({ problem }) => problem === undefined).map(({ addresses }) => addresses.toSorted().join()),
          ).size > 1,
      )
      .map(
        ({ name, answers }) =>
          `${name}: ${answers.map(({ server, addresses }) => `${server} says ${addresses.join(' ') || 'nothing'}`).join('; ')}`,
      );
    if (lost.length === 0 && unasked.length > 0)
      return { ...unknown(`${unasked.length} could not be asked`), items: [...unasked, ...split] };
    return found({ fail: [...lost, ...unasked], warn: split }, `${probes.dns.length} names`);
  },
};
