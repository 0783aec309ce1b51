import { readFileSync } from 'node:fs';
import { parseHcl } from '../iac/hcl/parse.ts';
import type { HclFile } from '../iac/hcl/syntax.ts';
import { type ConventionFinding, type ConventionQuestion, checkConventions } from './check.ts';
import { type ConventionParameters, parseConventions } from './rule.ts';

const shipped = readFileSync(new URL('../../reference/conventions.yaml', import.meta.url), 'utf8');
export const shippedConventions = parseConventions(shipped);

export const moduleText = (name: string): string =>
  readFileSync(new URL(`../../test/lab/homelab/files/modules/${name}/main.tf`, import.meta.url), 'utf8');

async function filesOf(texts: Readonly<Record<string, string>>): Promise<readonly HclFile[]> {
  return Promise.all(Object.entries(texts).map(([path, text]) => parseHcl(path, text)));
}

export interface Asked extends Partial<Pick<ConventionQuestion, 'plan' | 'tier'>> {
  readonly base?: Readonly<Record<string, string>>;
  readonly parameters?: ConventionParameters;
}

/** What the shipped rules find in a stack of these files; in an empty base unless one is given. */
export async function findingsIn(
  texts: Readonly<Record<string, string>>,
  { base = {}, parameters = {}, tier = 'apps', plan }: Asked = {},
): Promise<readonly ConventionFinding[]> {
  const [proposed, old] = await Promise.all([filesOf(texts), filesOf(base)]);
  const rules = parseConventions(shipped, parameters);
  return checkConventions({ files: { base: old, proposed }, stack: 'stacks/garden', tier, rules, plan });
}

/** `main.tf:7` of what breaks a rule; what could not be judged is left out. */
export function placesOf(findings: readonly ConventionFinding[], id: string): readonly string[] {
  return findings
    .filter((finding) => finding.id === id && !finding.text.startsWith('not judged'))
    .map(({ file, line, address }) => (file === undefined ? (address ?? '') : `${file.split('/').at(-1)}:${line}`));
}

export const encoded = (body: string, more = ''): string =>
  `resource "kubectl_manifest" "it" {\n${more}\n  yaml_body = yamlencode(${body})\n}\n`;
export const heredoc = (yaml: string, more = ''): string =>
  `resource "kubectl_manifest" "it" {\n${more}\n  yaml_body = <<-EOT\n${yaml.replace(/^/gm, '    ')}\n  EOT\n}\n`;
export const typed = (type: string, body: string): string => `resource "${type}" "it" {\n${body}\n}\n`;
