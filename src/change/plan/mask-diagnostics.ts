import type { Redact } from '../../kit/index.ts';
import { hasKeys, withHiddenKeys } from './address.ts';
import { failures, type HeadingKind, headingKind, plainWords } from './engine-words.ts';
import type { PlanOrigins } from './origin.ts';
import { createOutgoing, type Outgoing } from './outgoing.ts';

/**
 * What an agent is told of an engine's errors. Their text may quote any value, in words a proposal can choose, so it is not
 * searched for secrets and let through: only what is known to be harmless is shown.
 *
 *  heading   shown when it is one of the engine's own
 *  source    text below a heading about the configuration: plain words, and words that stand in the source
 *  value     text below any other heading: its first plain words, up to the first that is not one
 *  message   an `error_message`: not shown, it stands in the source at the place that is told
 *  others    providers, Terragrunt: what it comes down to, of a short list
 */
export interface Diagnostic {
  readonly summary: string;
  readonly detail: string;
  readonly file?: string;
  readonly line?: number;
  readonly address?: string;
}

export interface DiagnosticMaskOptions {
  /** Of the plan, when there was one all the same; those the keep holds itself too. */
  readonly secrets: ReadonlySet<string>;
  readonly veiled?: ReadonlySet<string> | undefined;
  readonly origins: PlanOrigins;
  readonly baseOrigins?: PlanOrigins;
  readonly redact: Redact;
}

const mostDiagnostics = 50;
const longestLine = 400;

export function maskDiagnostics(
  diagnostics: readonly Diagnostic[],
  options: DiagnosticMaskOptions,
): { readonly lines: string[] } {
  const outgoing = createOutgoing(options);
  const lines = new Set<string>();
  for (const diagnostic of diagnostics.slice(0, mostDiagnostics)) {
    lines.add(cutLine(outgoing(lineOf(diagnostic, options, outgoing))));
  }
  const left = diagnostics.length - mostDiagnostics;
  if (left > 0) lines.add('and more errors, which are not shown');
  return { lines: [...lines] };
}

function lineOf(diagnostic: Diagnostic, { origins, baseOrigins }: DiagnosticMaskOptions, outgoing: Outgoing): string {
  const kind = headingKind(diagnostic.summary);
  const isWritten = (text: string): boolean => origins.isWritten(text) || (baseOrigins?.isWritten(text) ?? false);
  const said =
    kind === undefined
      ? `an error of a provider or a tool: ${comesDownTo(`${diagnostic.summary}\n${diagnostic.detail}`)}`
      : `${diagnostic.summary}${separated(detailText(kind, diagnostic.detail, isWritten))}`;
  const where = [placeText(diagnostic), addressText(diagnostic.address, origins)].filter((part) => part !== undefined);
  return where.length === 0 ? said : `${said} (${where.map(outgoing).join(', ')})`;
}

function separated(text: string): string {
  return text === '' ? '' : `: ${text}`;
}

function comesDownTo(text: string): string {
  return failures.find(([pattern]) => pattern.test(text))?.[1] ?? '«…»';
}

function detailText(kind: HeadingKind, detail: string, isWritten: (text: string) => boolean): string {
  switch (kind) {
    case 'source':
      return sourceText(detail, isWritten);
    case 'value':
      return firstWords(detail);
    case 'message':
      return '«the message in the source»';
  }
}

const longestDetail = 2_000;
const shortestWritten = 3;
const tokens = /[\p{L}\p{N}_.-]+|\s+|[^\p{L}\p{N}\s]/gu;
const hidden = '«…»';

/** Runs of what may not be shown are one mark; of what stands behind it only what ends a sentence or a quotation is kept. */
function sourceText(detail: string, isWritten: (text: string) => boolean): string {
  let text = '';
  let between = '';
  let wasHidden = false;
  for (const [token] of detail.slice(0, longestDetail).matchAll(tokens)) {
    const bare = token.replace(/^[.-]+|[.-]+$/g, '');
    if (!/[\p{L}\p{N}]/u.test(token)) between += wasHidden && !/^["'.,:;\s]+$/.test(token) ? '' : token;
    else if (plainWords.has(bare.toLowerCase()) || (bare.length >= shortestWritten && isWritten(bare))) {
      text += between + token;
      between = '';
      wasHidden = false;
    } else {
      if (!wasHidden) text += between + hidden;
      between = '';
      wasHidden = true;
    }
  }
  return (text + between).replace(/\s+/g, ' ').trim();
}

const mostWords = 20;

function firstWords(detail: string): string {
  const shown: string[] = [];
  for (const word of detail.trim().split(/\s+/).slice(0, mostWords)) {
    const bare = word.replace(/[.,:;]$/, '');
    if (!plainWords.has(bare.toLowerCase())) return [...shown, hidden].join(' ');
    shown.push(word);
  }
  return [...shown, hidden].join(' ');
}

/** Files of the repository, as the engine names them. */
function placeText({ file, line }: Diagnostic): string | undefined {
  if (file === undefined || !/^[\w./-]{1,200}$/.test(file)) return undefined;
  return line === undefined ? file : `${file}:${line}`;
}

const plainAddress = /^[A-Za-z][\w.[\]"\\«»-]{0,300}$/;

function addressText(address: string | undefined, origins: PlanOrigins): string | undefined {
  if (address === undefined) return undefined;
  const shown = hasKeys(address) && !origins.hasLiteralKeys(address) ? withHiddenKeys(address) : address;
  return plainAddress.test(withHiddenKeys(address)) ? shown : undefined;
}

function cutLine(text: string): string {
  const points = [...text];
  return points.length <= longestLine ? text : `${points.slice(0, longestLine - 1).join('')}…`;
}
