import type { HclBody, HclExpression } from '../../iac/hcl/syntax.ts';

/**
 * Fields that Terraform is told to leave alone, as paths of the manifest: `lifecycle.ignore_changes` of the Kubernetes
 * provider (`spec[0].template[0].spec[0].dns_config`) and `ignore_fields` of kubectl_manifest.
 */
export function ignoredPaths(body: HclBody): readonly string[] {
  const lifecycle = body.blocks.find(({ type }) => type === 'lifecycle');
  const told = lifecycle?.body.attributes.find(({ name }) => name === 'ignore_changes')?.value;
  const fields = body.attributes.find(({ name }) => name === 'ignore_fields')?.value;
  return [...(told === undefined ? [] : pathsIn(told)), ...(fields === undefined ? [] : pathsIn(fields))];
}

function pathsIn(expression: HclExpression): readonly string[] {
  if (expression.kind === 'tuple') return expression.items.flatMap(pathsIn);
  if (expression.kind === 'literal') return [String(expression.value)];
  if (expression.kind !== 'reference') return [];
  if (expression.root === 'all') return ['*'];
  const steps = expression.steps.flatMap((step) => (step.kind === 'name' ? [step.name] : []));
  return [[expression.root, ...steps].map(camel).join('.')];
}

function camel(word: string): string {
  return word.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Whether a path, or something it is in, is among them. */
export function isIgnored(ignored: readonly string[], path: string): boolean {
  return ignored.some((one) => one === '*' || path === one || path.startsWith(`${one}.`));
}
