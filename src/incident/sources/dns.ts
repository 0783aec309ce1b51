import { invalid, type SourceDefinition } from './define.ts';
import type { SourcePorts } from './ports.ts';
import { stamp, toSecond } from './time.ts';

/**
 * A name looked up from inside, now, by this host and by every name server that castellan.yaml names; the window does not matter.
 *
 *  target  a name that castellan.yaml lists among probe targets
 */
export const dnsSource = ({ probes }: SourcePorts): SourceDefinition => ({
  name: 'dns',
  missing: probes === undefined ? 'no probe targets are configured' : undefined,
  asks({ target }) {
    if (target === undefined) throw invalid('a dns probe needs a target', 'give a name as target');
    return { query: `look up ${target}` };
  },
  async look({ target = '', now, signal }) {
    const said = await probes?.dns(target, signal);
    if (said === undefined || said.works === 'unknown')
      return { lines: [], unread: [said?.problem ?? 'it was not asked'] };
    const at = toSecond(now);
    const found = said.addresses.length === 0 ? 'no address' : said.addresses.join(', ');
    const words = [found, ...(said.problem === undefined ? [] : [said.problem])].join('; ');
    const text = `${stamp(at)} ${said.name}: ${words}`;
    const facts = [
      ...said.aliases.map((alias) => `alias ${alias}`),
      ...said.answers.map(
        ({ server, addresses, problem }) => `${server}: ${problem ?? (addresses.join(', ') || 'no address')}`,
      ),
      `works: ${said.works}`,
    ];
    const row = {
      at,
      precision: 'second' as const,
      about: said.name,
      text: `looked up: ${words}`,
      quote: text,
      warning: said.works === 'no',
    };
    return { lines: [{ text, row }, ...facts.map((fact) => ({ text: fact }))], from: at, to: now };
  },
});
