import type { Check } from '../port.ts';
import { found, unknown } from '../results.ts';

export const hostsAnswer: Check = {
  id: 'hosts-answer',
  title: 'Hosts answer, and as themselves',
  needs: ['probes'],
  look({ probes }) {
    if (probes === undefined || probes.http.length === 0) return unknown('no URL is named to be probed');
    const down = probes.http
      .filter(({ works }) => works === 'no')
      .map(({ url, status, problem }) => `${url}: ${problem ?? `status ${status ?? 'unknown'}`}`);
    const unasked = probes.http
      .filter(({ works }) => works === 'unknown')
      .map(({ url, problem }) => `${url}: ${problem ?? 'could not be asked'}`);
    const pretending = probes.http
      .filter(({ works, pretends }) => works === 'yes' && pretends !== undefined)
      .map(({ url, pretends }) => `${url} answers with ${pretends}, which says nothing of the service`);
    if (down.length === 0 && unasked.length > 0)
      return { ...unknown(`${unasked.length} could not be asked`), items: [...unasked, ...pretending] };
    return found({ fail: [...down, ...unasked], warn: pretending }, `${probes.http.length} answer`);
  },
};
