import { readFileSync } from 'node:fs';
import { parseConventions } from '../../src/convention/rule.ts';
import { code, page, table } from './markdown.ts';

/** docs/conventions.md: every rule that HCL and plans are held to, with where it comes from. */
export function conventionsPage(): string {
  const file = new URL('../../reference/conventions.yaml', import.meta.url);
  const rules = parseConventions(readFileSync(file, 'utf8'));
  return page(
    '# Conventions',
    `What a proposal and its plan are held to: ${rules.length} rules, made from \`reference/conventions.yaml\`. Each says since when it was last verified and how often it was broken where it was counted, in an older and in a newer tree.`,
    table(
      ['rule', 'severity', 'what it asks', 'why', 'of', 'verified', 'broken'],
      rules.map(({ id, severity, text, why, scope, provenance: { verifiedOn, violations } }) => [
        code(id),
        severity,
        text,
        why,
        scope.join(', '),
        String(verifiedOn),
        `${violations.older} / ${violations.newer}`,
      ]),
    ),
  );
}
