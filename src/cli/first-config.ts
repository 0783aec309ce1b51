import { describeConfig, type Slice } from '../config/index.ts';
import type { FoundKubeconfig, Survey } from './survey.ts';

/**
 * The castellan.yaml that `castellan init` proposes. Only keys of groups that exist are active; the rest is comment. What
 * was found is somebody else's text: it is written as a JSON string, which is YAML, and which no line break can leave.
 */
export function firstConfig(found: Survey, slices: readonly Slice[]): string {
  const hasKubernetes = slices.some(({ configKey }) => configKey === 'kubernetes');
  const active = hasKubernetes && found.kubernetes !== undefined;
  return [
    '# castellan.yaml. `castellan config check` proves it, `castellan config print` shows what it comes to.',
    '# No secret belongs in this file: secrets are named by the path of a file or a vault:// reference.',
    '',
    ...(found.kubernetes === undefined ? [] : kubernetesLines(found.kubernetes, hasKubernetes)),
    ...slices.filter(({ configKey }) => !(active && configKey === 'kubernetes')).flatMap(sliceLines),
    ...foundLines(found),
    '# Every key of Castellan itself, with its default:',
    ...ownLines(slices),
    '',
  ].join('\n');
}

function kubernetesLines({ file, current, contexts }: FoundKubeconfig, active: boolean): readonly string[] {
  const context = current ?? contexts[0] ?? '';
  const others = contexts.filter((name) => name !== context).slice(0, 20);
  const lines = ['kubernetes:', `  kubeconfig: ${text(file)}`, `  context: ${text(context)}`];
  return [
    '# The context that was found may be allowed far more than reading. Give Castellan a credential that can only read:',
    '# `castellan init kubernetes` makes one, with the role in deploy/kubernetes/reader-role.yaml, and enters it here.',
    '# `castellan doctor` tells what this one may do.',
    ...(others.length === 0 ? [] : [`# Other contexts there: ${others.map(text).join(', ')}`]),
    ...lines.map((line) => (active ? line : `# ${line}`)),
    '',
  ];
}

function sliceLines({ summary, howToConfigure }: Slice): readonly string[] {
  return [`# ${oneLine(summary)}`, `# ${oneLine(howToConfigure)}`, ''];
}

function foundLines({ vault, prometheus, terragrunt }: Survey): readonly string[] {
  const lines = [
    ...(vault === undefined ? [] : [`#   Vault at ${text(vault)}`]),
    ...(terragrunt === undefined ? [] : [`#   Terragrunt in ${text(terragrunt)}`]),
    ...(prometheus === undefined ? [] : [`#   Prometheus at ${text(prometheus)}`]),
  ];
  return lines.length === 0 ? [] : ['# Found here too; no key takes it yet:', ...lines, ''];
}

function ownLines(slices: readonly Slice[]): readonly string[] {
  const groups = new Set(slices.map(({ configKey }) => configKey));
  return describeConfig(slices)
    .map(({ path, ...key }) => ({ ...key, steps: path.split('.') }))
    .filter(({ steps }) => !groups.has(steps[0] ?? ''))
    .map(({ steps, fallback, description }) => {
      const name = `${'  '.repeat(steps.length - 1)}${steps.at(-1) ?? ''}`;
      return `# ${name}:${fallback === undefined ? '' : ` ${fallback}`}  # ${oneLine(description)}`;
    });
}

/** What could act on a terminal unseen stays a visible escape, which YAML reads back as the character it was. */
function text(value: string): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function oneLine(value: string): string {
  return value.replace(/\s+/g, ' ');
}
