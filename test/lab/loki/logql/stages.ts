import { parseError } from '../query-error.ts';
import type { Matcher } from '../regexp/match.ts';
import type { Cursor } from './cursor.ts';
import { parseLabelFilter } from './label-filters.ts';
import { regexpOf } from './selector.ts';
import type { FieldPath, Stage } from './syntax.ts';
import type { Token } from './tokens.ts';

const lineFilters: Readonly<Record<string, { keep: boolean; regexp: boolean }>> = {
  '|=': { keep: true, regexp: false },
  '!=': { keep: false, regexp: false },
  '|~': { keep: true, regexp: true },
  '!~': { keep: false, regexp: true },
};

/** What Loki has and the stand-in has not. To answer as if it were not there would be worse than to say so. */
const notHere: ReadonlySet<string> = new Set([
  'line_format',
  'label_format',
  'decolorize',
  'drop',
  'keep',
  'regexp',
  'pattern',
  'unpack',
  'unwrap',
]);

export function parseStages(cursor: Cursor): readonly Stage[] {
  const stages: Stage[] = [];
  for (;;) {
    const { kind, text, position } = cursor.token;
    const filter = kind === 'symbol' ? lineFilters[text] : undefined;
    if (filter !== undefined) stages.push(parseLineFilter(cursor, filter));
    else if (cursor.take('|')) stages.push(parseStage(cursor));
    else if (kind === 'symbol' && (text === '|>' || text === '!>')) throw unsupported(`${text} filters`, position);
    else return stages;
  }
}

function parseLineFilter(cursor: Cursor, { keep, regexp }: { keep: boolean; regexp: boolean }): Stage {
  const { text: op } = cursor.advance();
  const any: Matcher[] = [];
  do {
    const { text } = cursor.expectKind('string', 'STRING', 'ip');
    const where = `${op} ${JSON.stringify(text)}`;
    any.push(regexp ? regexpOf(text, { whole: false }, where) : (line) => line.includes(text));
  } while (cursor.takeWord('or'));
  return { kind: 'line', keep, any };
}

function parseStage(cursor: Cursor): Stage {
  const { kind, text, position } = cursor.token;
  if (kind === 'identifier') {
    if (notHere.has(text)) throw unsupported(`| ${text}`, position);
    if (cursor.takeWord('json')) return { kind: 'json', fields: parseFields(cursor) };
    if (cursor.takeWord('logfmt')) {
      const flags = parseFlags(cursor);
      return {
        kind: 'logfmt',
        strict: flags.has('--strict'),
        keepEmpty: flags.has('--keep-empty'),
        fields: parseFields(cursor),
      };
    }
  }
  return { kind: 'label', filter: parseLabelFilter(cursor) };
}

function parseFlags(cursor: Cursor): ReadonlySet<string> {
  const flags = new Set<string>();
  while (cursor.token.kind === 'flag') {
    const { text } = cursor.token;
    if (text !== '--strict' && text !== '--keep-empty') throw cursor.unexpected();
    flags.add(text);
    cursor.advance();
  }
  return flags;
}

/** `a, b="path.to[0].it"`: none, or a list. */
function parseFields(cursor: Cursor): readonly FieldPath[] {
  const fields: FieldPath[] = [];
  if (cursor.token.kind !== 'identifier') return fields;
  do {
    const label = cursor.expectKind('identifier', 'IDENTIFIER').text;
    if (!cursor.take('=')) {
      fields.push({ label, path: [label] });
      continue;
    }
    const { text, position } = cursor.expectKind('string', 'STRING');
    fields.push({ label, path: parsePath(text, position) });
  } while (cursor.take(','));
  return fields;
}

function parsePath(source: string, position: Token['position']): readonly (string | number)[] {
  const pattern = /\.?([A-Za-z_][A-Za-z0-9_-]*)|\[(\d+)\]|\["([^"\]]*)"\]/y;
  const path: (string | number)[] = [];
  for (let at = 0; at < source.length; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const found = pattern.exec(source);
    if (found === null) throw parseError(`cannot parse expression [${source}]`, position);
    path.push(found[2] === undefined ? (found[1] ?? found[3] ?? '') : Number(found[2]));
  }
  return path;
}

function unsupported(what: string, position: Token['position']) {
  return parseError(`the lab's stand-in for Loki does not know ${what}`, position);
}
