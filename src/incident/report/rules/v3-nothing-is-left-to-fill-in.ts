import { sentencesOf } from '../claims.ts';
import { error, type ReportRule, shown } from '../rule.ts';

export const nothingIsLeftToFillIn: ReportRule = {
  id: 'V3',
  title: 'No text is a placeholder.',
  severities: ['error'],
  *check(input) {
    for (const { path, text } of sentencesOf(input.narrative)) {
      const found = placeholder.exec(text)?.[0];
      if (found !== undefined) yield error(path, `“${shown(found)}” is a placeholder`, 'write what belongs there');
      else if (!/[\p{L}\d]/u.test(text)) yield error(path, 'the text has no words', 'write what belongs there');
    }
    for (const [index, { owner }] of input.narrative.actions.entries()) {
      const found = placeholder.exec(owner)?.[0];
      if (found !== undefined)
        yield error(`actions[${index}].owner`, `“${shown(found)}” is a placeholder`, 'name who does it');
    }
  },
};

const placeholder =
  /\b(?:TBD|TBA|TODO|FIXME|XXX|PLACEHOLDER)\b|<[a-z][\w .-]{0,40}>|\{\{[^}]{0,40}\}\}|\[(?:insert|fill|your|name|date|time|link|service)[^\]]{0,40}\]|\?{3,}|\b(?:to be (?:determined|added|filled|written|confirmed)|fill (?:this )?in|lorem ipsum)\b/i;
