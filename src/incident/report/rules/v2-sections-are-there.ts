import { severityOf } from '../front-matter.ts';
import { sectionTitles } from '../render.ts';
import { error, type ReportRule, warning } from '../rule.ts';

export const sectionsAreThere: ReportRule = {
  id: 'V2',
  title: 'Every section is there and holds something.',
  severities: ['error', 'warning'],
  *check(input, page) {
    for (const title of sectionTitles) {
      const text = page.sections.get(title);
      const mayBeEmpty =
        title === 'Action items' && ['SEV4', 'none'].includes(severityOf(input.dossier, input.narrative));
      if (text === undefined) yield error(title, `the section ${title} is missing`, 'render the report anew');
      else if (text.trim() === '' && !mayBeEmpty)
        yield error(title, `the section ${title} is empty`, `say what belongs under ${title}`);
    }
    if (input.narrative.cause.contributing.length === 0)
      yield warning('cause.contributing', 'no contributing factor is named', 'name what made it likelier or worse');
  },
};
