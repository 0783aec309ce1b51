import type { VerifyPredicate } from '../action.ts';
import { fail, type Looking, pass, type Seen, unknown } from './ports.ts';

type Wanted = Extract<VerifyPredicate, { readonly kind: 'probe' }>;

/** A URL is fetched, `host:port` shakes hands, any other name is looked up. */
export async function seeProbe({ target }: Wanted, { ports, signal }: Looking): Promise<Seen> {
  const { probes } = ports;
  if (probes === undefined) return unknown('no probes are configured');
  if (probes.refusalOf(target) !== undefined) return unknown('castellan.yaml does not allow this target');
  if (target.includes('://')) {
    const { works, status, pretends } = await probes.http(target, signal);
    // A wall or a login page says nothing of what stands behind it.
    if (works === 'yes' && pretends !== undefined) return unknown('what answers is not the service itself');
    return seen(works, status === undefined ? 'no answer' : `answered ${status}`);
  }
  if (/:\d{1,5}$/.test(target)) {
    const { works, notAfter } = await probes.tls(target, signal);
    return seen(works, notAfter === undefined ? 'no certificate' : `certificate until ${notAfter.toISOString()}`);
  }
  const { works, addresses } = await probes.dns(target, signal);
  return seen(works, `${addresses.length} addresses`);
}

function seen(works: 'yes' | 'no' | 'unknown', what: string): Seen {
  if (works === 'unknown') return unknown('the probe could not be made');
  return works === 'yes' ? pass(`the probe succeeds: ${what}`) : fail(`the probe fails: ${what}`);
}
