import { counted, refText } from '../../cluster/index.ts';
import type { Check } from './port.ts';
import { found, unknown } from './results.ts';

/**
 * A check that is well while none of these rules of findings finds anything. Critical findings fail it, warnings warn; notices are
 * counted. A rule that could not run, or that broke, leaves it unknown unless another found something worse.
 */
export function clusterCheck(id: string, title: string, rules: readonly string[]): Check {
  return {
    id,
    title,
    needs: ['cluster'],
    look({ survey }) {
      if (survey === undefined) return unknown('nobody looked');
      const own = survey.findings.filter(({ rule }) => rules.includes(rule));
      const told = (severity: string): readonly string[] => [
        ...new Set(
          own.filter((one) => one.severity === severity).map((one) => `${refText(one.object)}: ${one.summary}`),
        ),
      ];
      const [fail, warn] = [told('critical'), told('warning')];
      const unrun = rules.filter(
        (rule) => survey.broken.includes(rule) || survey.unread.some((one) => one.rules.includes(rule)),
      );
      if (fail.length === 0 && unrun.length > 0) {
        const unread = survey.unread
          .filter((one) => one.rules.some((rule) => unrun.includes(rule)))
          .map(({ kindId }) => kindId);
        return {
          ...unknown(
            `not checked: ${unrun.join(', ')}${unread.length === 0 ? '' : ` (cannot read ${unread.join(', ')})`}`,
          ),
          items: warn,
        };
      }
      const notices = told('notice').length;
      return found(
        { fail, warn },
        `${counted(rules.length, 'rule')} found nothing wrong${notices === 0 ? '' : `, ${counted(notices, 'notice')}`}`,
        `cluster_health`,
      );
    },
  };
}
