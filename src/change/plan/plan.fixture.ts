import { randomBytes } from 'node:crypto';
import { createRedactor } from '../../redaction/index.ts';
import { maskPlan } from './mask-plan.ts';
import type { PlanOrigins } from './origin.ts';
import type { MaskOptions } from './outgoing.ts';
import { readPlan } from './read-plan.ts';

/** Plans written by hand, in the shape of `terraform show -json`, and a source that says what is literal in it. */
export const { text: redact } = createRedactor();

/** Drawn anew in every run. */
export function drawSecret(bytes = 18): string {
  return `s${randomBytes(bytes).toString('base64url')}`;
}

export interface WrittenChange {
  readonly address: string;
  readonly actions: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
  readonly beforeSensitive?: unknown;
  readonly afterSensitive?: unknown;
  readonly afterUnknown?: unknown;
  readonly replacePaths?: unknown;
  readonly importing?: unknown;
  /** More members of the resource: `previous_address`, `deposed`, `action_reason`. */
  readonly more?: Readonly<Record<string, unknown>>;
}

function written(change: WrittenChange): Record<string, unknown> {
  const parts = change.address.replace(/\[[^\]]*\]/g, '').split('.');
  const [type = '', name = ''] = parts.slice(-2);
  return {
    address: change.address,
    mode: parts.at(-3) === 'data' ? 'data' : 'managed',
    type,
    name,
    provider_name: 'registry.terraform.io/example/example',
    ...change.more,
    change: {
      actions: change.actions,
      before: change.before ?? null,
      after: change.after ?? null,
      after_unknown: change.afterUnknown ?? {},
      before_sensitive: change.beforeSensitive ?? false,
      after_sensitive: change.afterSensitive ?? {},
      ...(change.replacePaths === undefined ? {} : { replace_paths: change.replacePaths }),
      ...(change.importing === undefined ? {} : { importing: change.importing }),
    },
  };
}

/** The JSON of a plan with these changes; `more` are further keys of the plan. */
export function planJson(changes: readonly WrittenChange[], more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    format_version: '1.2',
    terraform_version: '1.11.4',
    applyable: true,
    complete: true,
    errored: false,
    timestamp: '2026-01-02T03:04:05Z',
    resource_changes: changes.map(written),
    ...more,
  });
}

export interface WrittenSource {
  /** These values are literal wherever they stand; `*` is every value. */
  readonly literals?: readonly (string | number | boolean)[] | '*';
  readonly hasLiteralKeys?: boolean | ((address: string) => boolean);
  /** Paths of which every step is written; a path written as text: `yaml_body/spec`. */
  readonly paths?: readonly string[];
  readonly words?: readonly string[];
}

export function sourceWith({
  literals = [],
  hasLiteralKeys = true,
  words = [],
  paths = [],
}: WrittenSource = {}): PlanOrigins {
  const place = { file: 'stacks/mail/main.tf', range: { line: 7, column: 3, endLine: 7, endColumn: 9 } };
  const isLiteral = (value: unknown): boolean => literals === '*' || literals.some((literal) => literal === value);
  return {
    literal: (_address, _path, value) => (isLiteral(value) ? place : undefined),
    hasPath: (_address, path) => paths.includes(path.join('/')),
    places: () => [place],
    hasLiteralKeys: (address) => (typeof hasLiteralKeys === 'boolean' ? hasLiteralKeys : hasLiteralKeys(address)),
    isWritten: (text) => words.includes(text) || (literals !== '*' && literals.some((literal) => literal === text)),
  };
}

export function optionsWith(source: WrittenSource = {}, base: WrittenSource = source): MaskOptions {
  return { origins: sourceWith(source), baseOrigins: sourceWith(base), redact, digestKey: 'a key of the tests' };
}

/** What an agent sees of a plan with these changes. */
export function shown(
  changes: readonly WrittenChange[],
  source: WrittenSource = {},
  more: Readonly<Record<string, unknown>> = {},
): ReturnType<typeof maskPlan> {
  return maskPlan(readPlan(planJson(changes, more)), optionsWith(source));
}

/** Every way the tests look for a secret in a text. */
export function waysToWrite(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const aligned = [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .slice(before + 2, -4),
  );
  return [
    secret,
    ...aligned.filter((text) => text.length >= 8),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('hex'),
  ];
}
