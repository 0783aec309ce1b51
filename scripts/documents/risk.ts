import { readFileSync } from 'node:fs';
import { parseRiskRules } from '../../src/change/risk/rule.ts';
import { riskLevels } from '../../src/change/wire/run.ts';
import { code, page, table } from './markdown.ts';

/** docs/risk.md: every rule a plan is judged by. */
export function riskPage(): string {
  const { rules, raises } = parseRiskRules(readFileSync(new URL('../../reference/risk.yaml', import.meta.url), 'utf8'));
  const worstFirst = [...riskLevels].reverse();
  return page(
    '# Risk',
    `How dangerous a plan is: the worst of ${rules.length} rules, made from \`reference/risk.yaml\`. What is \`deny\` cannot be asked for at all. What is not known raises a rule by one class, up to critical:`,
    Object.values(raises)
      .map((sentence) => `- ${sentence}.`)
      .join('\n'),
    ...worstFirst.flatMap((level) => {
      const of = rules.filter((rule) => rule.level === level);
      if (of.length === 0) return [];
      return [
        `## ${level}`,
        table(
          ['rule', 'when'],
          of.map(({ id, sentence }) => [code(id), sentence]),
        ),
      ];
    }),
  );
}
