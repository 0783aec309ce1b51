import { at, textAt } from '../../../fields.ts';
import { conditionsOf } from '../../../health/verdict.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

/** Conditions that say what is wrong when they are true, and what that means. */
const faults: Readonly<Record<string, string>> = {
  ResolutionFailed: 'no version of its operator can be chosen',
  BundleUnpackFailed: 'its operator cannot be unpacked',
  InstallPlanFailed: 'its InstallPlan failed',
  InstallPlanMissing: 'its InstallPlan is gone',
  CatalogSourcesUnhealthy: 'a catalog it needs does not answer',
};

export const olmSubscriptionStuck: Rule = {
  id: 'olm-subscription-stuck',
  title:
    'An OLM Subscription that cannot install or update its operator. One that waits for an approval is told by its InstallPlan.',
  needs: {
    'subscriptions.operators.coreos.com': { status: { conditions: true, installedCSV: true } },
  },
  *find(view) {
    for (const subscription of view.all('subscriptions.operators.coreos.com')) {
      const failing = conditionsOf(subscription).filter(({ status }) => status === 'True');
      const [type, fault] =
        Object.entries(faults).find(([one]) => failing.some((condition) => condition.type === one)) ?? [];
      if (fault === undefined) continue;
      const condition = failing.find((one) => one.type === type);
      const installed = textAt(at(subscription.body, 'status'), 'installedCSV') !== undefined;
      yield {
        severity: installed ? 'warning' : 'critical',
        object: subscription,
        summary: `${installed ? 'it cannot update' : 'it cannot install'}: ${fault}`,
        detail: outsideText(condition?.reason, condition?.message),
        since: condition?.since,
        next: describeCall(subscription),
      };
    }
  },
};
