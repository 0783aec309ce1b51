import { existsSync, readFileSync } from 'node:fs';
import { parseRiskRules, type RiskRules } from '../change/risk/rule.ts';
import { type ConventionRule, parseConventions } from '../convention/rule.ts';

/** What is dangerous and how things are done here, as data. The operator's own homelab adds to it in a later version. */
export interface ShippedRules {
  readonly risk: RiskRules;
  readonly conventions: readonly ConventionRule[];
}

/** Errors: `risk-rules-invalid`, `conventions-invalid`. */
export function loadShippedRules(): ShippedRules {
  return { risk: parseRiskRules(read('risk.yaml')), conventions: parseConventions(read('conventions.yaml')) };
}

/** reference/ lies beside src/, and beside dist/ in a package. */
function read(name: string): string {
  const places = [new URL('../../reference/', import.meta.url), new URL('../../../reference/', import.meta.url)];
  const place = places.map((folder) => new URL(name, folder)).find((file) => existsSync(file));
  if (place === undefined) throw new Error(`reference/${name} is not part of this installation`);
  return readFileSync(place, 'utf8');
}
