import type { VerifyPredicate } from '../action.ts';
import { fail, type Looking, pass, type Seen, unknown } from './ports.ts';

type Wanted = Extract<VerifyPredicate, { readonly kind: 'alert-rule' }>;

/** A rule whose expression fails can never fire: it is there, and has not landed. */
export async function seeAlertRule({ name }: Wanted, { ports, signal }: Looking): Promise<Seen> {
  if (ports.metrics === undefined) return unknown('no Prometheus is configured');
  const metrics = await ports.metrics();
  const found = (await metrics.rules(signal)).filter((rule) => rule.name === name);
  if (found.length === 0) return fail('Prometheus has no alert of this name');
  if (found.every(({ health }) => health === 'err')) return fail('the alert is there, and its expression fails');
  return pass('Prometheus has an alert of this name');
}
