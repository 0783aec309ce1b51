import type { Check } from '../port.ts';
import { daysBetween, found, unknown } from '../results.ts';

const [soon, near] = [2, 14];

export const hostCertificates: Check = {
  id: 'host-certificates',
  title: 'Certificates that hosts show are good for two weeks',
  needs: ['probes'],
  look({ probes, at }) {
    if (probes === undefined || probes.tls.length === 0)
      return unknown('no host is named whose certificate is looked at');
    const bad = probes.tls
      .filter(({ works }) => works === 'no')
      .map(({ target, problem }) => `${target}: ${problem ?? 'not trusted'}`);
    const dated = probes.tls.flatMap(({ target, notAfter }) =>
      notAfter === undefined ? [] : [{ target, days: daysBetween(at, notAfter) }],
    );
    const told = (least: number, below: number): readonly string[] =>
      dated
        .filter(({ days }) => days >= least && days < below)
        .map(({ target, days }) => `${target}: ${days < 0 ? 'has expired' : `${Math.floor(days)} days left`}`);
    const unseen = probes.tls
      .filter(({ works }) => works === 'unknown')
      .map(({ target, problem }) => `${target}: ${problem ?? 'could not be asked'}`);
    const fail = [...bad, ...told(Number.NEGATIVE_INFINITY, soon)];
    if (fail.length === 0 && unseen.length > 0)
      return { ...unknown(`${unseen.length} could not be asked`), items: [...unseen, ...told(soon, near)] };
    return found(
      { fail: [...fail, ...(fail.length > 0 ? unseen : [])], warn: told(soon, near) },
      `${probes.tls.length} certificates`,
    );
  },
};
