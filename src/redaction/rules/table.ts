import { assignmentRule } from './assignments.ts';
import { cloudRules } from './clouds.ts';
import { codeHostRules } from './code-hosts.ts';
import { commandRules } from './commands.ts';
import { headerRules } from './headers.ts';
import { jwtRule } from './jwt.ts';
import { privateKeyRules } from './private-keys.ts';
import type { PatternRule } from './rule.ts';
import { secretManifestRule } from './secret-manifests.ts';
import { serviceRules } from './services.ts';
import { urlRules } from './urls.ts';
import { vaultRules } from './vault.ts';

/** Every pattern rule, most telling first: where two find the same range, the earlier one names it. */
export const patternRules: readonly PatternRule[] = [
  ...privateKeyRules,
  ...vaultRules,
  ...codeHostRules,
  ...cloudRules,
  ...serviceRules,
  jwtRule,
  ...urlRules,
  ...headerRules,
  secretManifestRule,
  ...commandRules,
  assignmentRule,
];
