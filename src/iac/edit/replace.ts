import type { HclExpression } from '../hcl/syntax.ts';
import { decodeQuoted } from '../hcl/template.ts';
import { evaluate } from '../origin/evaluate.ts';
import type { Scalar, SourcePlace } from '../origin/port.ts';
import { type Symbolic, scalarOf } from '../origin/symbol.ts';
import { addAttribute, lineAround } from './layout.ts';
import { expressionAt, itemWithKey } from './nodes.ts';
import { hclText, inTypeOf, isReadAs, quotedPiece, yamlText } from './scalar-text.ts';
import { isPoint, type Site, spliceAt } from './site.ts';
import { offsetOf, type Splice, sameRange, stretchOf } from './text.ts';
import { isValuesFile, valueReplaced } from './values-candidates.ts';

type LiteralSymbol = Extract<Symbolic, { is: 'literal' }>;

/** Pieces of one text that are looked into within each other. */
const deepest = 4;

/** Edits after which another value stands where this one is written down; the likeliest first. */
export function replacements(site: Site, leaf: LiteralSymbol, wished: Scalar, depth = 0): readonly Splice[] {
  const { place } = leaf;
  site.work.spend(100);
  if (isValuesFile(place.file)) return valueReplaced(site.text(place.file), leaf, wished);
  if (isPoint(place)) return documentLine(site, leaf, wished);
  const file = site.file(place.file);
  const standing = file === undefined ? undefined : expressionAt(file, place.range);
  if (file === undefined || standing === undefined || itemWithKey(file, place.range) !== undefined) return [];
  const { expression, attribute, blocks } = standing;
  if (expression.kind === 'template') return depth < deepest ? pieces(site, expression, leaf.place, wished, depth) : [];
  if (expression.kind !== 'literal' || expression.text.startsWith('<<')) return [];
  const value = inTypeOf(expression.value, wished);
  const text = value === undefined ? undefined : hclText(value);
  const stretch = stretchOf(site.text(place.file), place.range);
  if (text === undefined || stretch === undefined) return [];
  if (site.text(place.file).slice(...stretch) !== expression.text) return [];
  const isDefault = blocks[0]?.type === 'variable' && sameRange(attribute.value.range, place.range);
  const given = isDefault ? argument(site, place.file, blocks[0]?.labels[0] ?? '', text) : [];
  return [...given, { file: place.file, start: stretch[0], end: stretch[1], text }];
}

/** An argument more for the module that makes the object, in place of a variable's default. */
export function argument(site: Site, file: string, variable: string, value: string): readonly Splice[] {
  const module = site.moduleOf(file);
  const parent = module?.parent === undefined ? undefined : site.stack.instances.get(module.parent.path);
  const call = module?.parent === undefined ? undefined : parent?.instance.source.calls.get(module.parent.call);
  if (call === undefined || call.node.body.attributes.some(({ name }) => name === variable)) return [];
  return spliceAt(call.file, addAttribute(site.text(call.file), call.node, variable, value));
}

/** Of a text made of pieces, the one piece that is to be another. */
function pieces(
  site: Site,
  template: HclExpression & { readonly kind: 'template' },
  { file }: SourcePlace,
  wished: Scalar,
  depth: number,
): readonly Splice[] {
  const scope = site.moduleOf(file)?.instance.scope;
  if (scope === undefined || typeof wished !== 'string') return [];
  const parts = template.parts.map((part) =>
    typeof part === 'string' ? { text: part, symbol: undefined } : known(evaluate(part, { ...scope, file })),
  );
  site.work.spend(100 * parts.length);
  const raws = rawPieces(site, template, file);
  const found: Splice[] = [];
  for (const [index, part] of parts.entries()) {
    const texts = parts.map((one) => one?.text);
    const [before, after] = [texts.slice(0, index), texts.slice(index + 1)];
    if (part === undefined || before.includes(undefined) || after.includes(undefined)) continue;
    const [head, tail] = [before.join(''), after.join('')];
    if (!wished.startsWith(head) || !wished.endsWith(tail) || wished.length < head.length + tail.length) continue;
    const middle = wished.slice(head.length, wished.length - tail.length);
    if (middle === part.text) continue;
    if (part.symbol !== undefined) found.push(...replacements(site, part.symbol, middle, depth + 1));
    const raw = raws[index];
    if (part.symbol === undefined && raw !== undefined) found.push({ file, ...raw, text: quotedPiece(middle) });
  }
  return found;
}

function known(symbol: Symbolic): { readonly text: string; readonly symbol: LiteralSymbol } | undefined {
  const value = scalarOf(symbol);
  if (symbol.is !== 'literal' || value === undefined || value === null) return undefined;
  return { text: String(value), symbol };
}

/** Where the pieces of a quoted text stand that are no expressions. */
function rawPieces(
  site: Site,
  template: HclExpression & { readonly kind: 'template' },
  file: string,
): readonly ({ readonly start: number; readonly end: number } | undefined)[] {
  const text = site.text(file);
  const whole = stretchOf(text, template.range);
  if (whole === undefined || !template.text.startsWith('"')) return [];
  return template.parts.map((part, index) => {
    if (typeof part !== 'string') return undefined;
    const [left, right] = [template.parts[index - 1], template.parts[index + 1]];
    const closes = typeof left === 'object' ? text.indexOf('}', stretchOf(text, left.range)?.[1]) + 1 : whole[0] + 1;
    const opens = typeof right === 'object' ? text.lastIndexOf('${', stretchOf(text, right.range)?.[0]) : whole[1] - 1;
    return opens >= closes && decodeQuoted(text.slice(closes, opens)) === part
      ? { start: closes, end: opens }
      : undefined;
  });
}

const token = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#"'{}[\],][^\n\r,{}[\]]*?)(?=\s*(?:$|[,\]}]|\s#))/;

/** A value within a heredoc, or a file, of YAML. Its column is that of the document, which may stand further right in the file. */
function documentLine(site: Site, { place, value: before }: LiteralSymbol, wished: Scalar): readonly Splice[] {
  const text = site.text(place.file);
  const start = offsetOf(text, { line: place.range.line, column: 1 });
  if (start === undefined) return [];
  const line = lineAround(text, start);
  const found: Splice[] = [];
  for (let shift = 0; shift <= line.indent.length; shift += 1) {
    const at = line.start + place.range.column - 1 + shift;
    const [old] = token.exec(text.slice(at, line.end)) ?? [];
    const isThere =
      old !== undefined && /[\s:\-[{,]$/.test(text.slice(line.start, at)) && isReadAs(unescaped(old), before);
    const value = isThere ? inTypeOf(before, wished) : undefined;
    const now = value === undefined || old === undefined ? undefined : yamlText(value, old);
    if (now !== undefined && old !== undefined)
      found.push({ file: place.file, start: at, end: at + old.length, text: now });
  }
  return found;
}

/** As YAML sees what stands in a heredoc. */
function unescaped(text: string): string {
  return text.replace(/([$%])\1\{/g, '$1{');
}
