import { listed } from '../../../words.ts';
import type { Rule } from '../../rule.ts';
import { classNeeds, defaultClasses } from './shared-claim.ts';

export const severalDefaultClasses: Rule = {
  id: 'several-default-classes',
  title: 'Several StorageClasses that say they are the default: the newest wins.',
  needs: classNeeds,
  *find(view) {
    const classes = [...defaultClasses(view)].sort((a, b) => (b.created?.getTime() ?? 0) - (a.created?.getTime() ?? 0));
    const [newest, ...others] = classes;
    if (newest === undefined || others.length === 0) return;
    yield {
      severity: 'notice',
      object: newest,
      summary: `${classes.length} classes say they are the default; this one is used, as the newest; also ${listed(others.map(({ name }) => name))}`,
      next: 'kubectl_get kind=storageclasses',
    };
  },
};
