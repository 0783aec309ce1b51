import { existsSync, readFileSync } from 'node:fs';
import { parseRiskRules, type RiskRules } from '../change/risk/rule.ts';
import { type ConventionParameters, type ConventionRule, parseConventions } from '../convention/rule.ts';

/** What is dangerous and how things are done here, as data. Of conventions an operator sets the parameters. */
export interface ShippedRules {
  readonly risk: RiskRules;
  readonly conventions: readonly ConventionRule[];
}

/** Errors: `risk-rules-invalid`, `conventions-invalid`. */
export function loadShippedRules(parameters: ConventionParameters = {}): ShippedRules {
  const conventions = parseConventions(read('conventions.yaml'), parameters);
  return { risk: parseRiskRules(read('risk.yaml')), conventions };
}

/** As they are written: what was judged by one text was judged by no other. */
export function ruleTexts(): { readonly risk: string; readonly conventions: string } {
  return { risk: read('risk.yaml'), conventions: read('conventions.yaml') };
}

/** reference/ lies beside src/, and beside dist/ in a package. */
function read(name: string): string {
  const places = [new URL('../../reference/', import.meta.url), new URL('../../../reference/', import.meta.url)];
  const place = places.map((folder) => new URL(name, folder)).find((file) => existsSync(file));
  if (place === undefined) throw new Error(`reference/${name} is not part of this installation`);
  return readFileSync(place, 'utf8');
}
