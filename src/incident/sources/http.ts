import { invalid, type SourceDefinition } from './define.ts';
import type { SourcePorts } from './ports.ts';
import { stamp, toSecond } from './time.ts';

/**
 * One GET from inside, now; the window does not matter.
 *
 *  target  a URL whose host castellan.yaml lists among probe targets: `https://photos.example.net/health`
 */
export const httpSource = ({ probes }: SourcePorts): SourceDefinition => ({
  name: 'http',
  missing: probes === undefined ? 'no probe targets are configured' : undefined,
  asks({ target }) {
    if (target === undefined) throw invalid('an http probe needs a target', 'give a URL as target');
    return { query: `GET ${target}` };
  },
  async look({ target = '', now, signal }) {
    const said = await probes?.http(target, signal);
    if (said === undefined || (said.works === 'unknown' && said.status === undefined)) {
      return { lines: [], unread: [said?.problem ?? 'it was not asked'] };
    }
    const at = toSecond(now);
    const words = [
      said.status === undefined ? 'no answer' : `status ${said.status}`,
      ...(said.tookMs === undefined ? [] : [`in ${said.tookMs} ms`]),
      ...(said.pretends === undefined ? [] : [`it is ${said.pretends}, not the service`]),
      ...(said.problem === undefined ? [] : [said.problem]),
    ];
    const text = `${stamp(at)} ${said.url}: ${words.join(', ')}`;
    const facts = [
      ...(said.location === undefined ? [] : [`leads to ${said.location}`]),
      ...(said.server === undefined ? [] : [`server ${said.server}`]),
      `works: ${said.works}`,
    ];
    const row = {
      at,
      precision: 'second' as const,
      about: target,
      text: `probe: ${words.join(', ')}`,
      quote: text,
      warning: said.works !== 'yes',
    };
    return { lines: [{ text, row }, ...facts.map((fact) => ({ text: fact }))], from: at, to: now };
  },
});
