import { invalid, type SourceDefinition } from './define.ts';
import type { SourcePorts } from './ports.ts';
import { stamp, toSecond } from './time.ts';

/**
 * One handshake from inside, now; the window does not matter.
 *
 *  target  `host` or `host:port` that castellan.yaml lists among probe targets; 443 unless said
 */
export const tlsSource = ({ probes }: SourcePorts): SourceDefinition => ({
  name: 'tls',
  missing: probes === undefined ? 'no probe targets are configured' : undefined,
  asks({ target }) {
    if (target === undefined) throw invalid('a tls probe needs a target', 'give host or host:port as target');
    return { query: `TLS handshake with ${target}` };
  },
  async look({ target = '', now, signal }) {
    const said = await probes?.tls(target, signal);
    if (said === undefined || said.works === 'unknown')
      return { lines: [], unread: [said?.problem ?? 'it was not asked'] };
    const at = toSecond(now);
    const wrong = said.problem === undefined ? 'a certificate that is trusted here' : said.problem;
    const text = `${stamp(at)} ${target}: ${wrong}`;
    const facts = [
      ...(said.notAfter === undefined ? [] : [`valid until ${stamp(said.notAfter)}`]),
      ...(said.issuer === undefined ? [] : [`issuer ${said.issuer}`]),
      ...(said.names.length === 0 ? [] : [`names ${said.names.join(', ')}`]),
      ...(said.protocol === undefined ? [] : [`protocol ${said.protocol}`]),
      `works: ${said.works}`,
    ];
    const row = {
      at,
      precision: 'second' as const,
      about: target,
      text: `handshake: ${wrong}`,
      quote: text,
      warning: said.works === 'no',
    };
    return { lines: [{ text, row }, ...facts.map((fact) => ({ text: fact }))], from: at, to: now };
  },
});
