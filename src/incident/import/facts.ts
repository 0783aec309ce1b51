import { parseDocument } from 'yaml';
import { type Block, plain } from './blocks.ts';
import { type Label, labelOf } from './vocabulary.ts';

/**
 * What a document says of itself beside its prose: front matter, tables of a name and a value, bold labels (`**Severity**: …`),
 * plain ones (`Severity: …`). The first that is said of a thing holds; front matter is said first.
 */
export type Facts = ReadonlyMap<Label, readonly string[]>;

const longestMatter = 16_384;
const mostValues = 50;

export interface FrontMatter {
  readonly facts: ReadonlyMap<Label, readonly string[]>;
  /** The rest of the text, and the line it begins in. */
  readonly text: string;
  readonly line: number;
  readonly flaw: string | undefined;
}

export function takeFrontMatter(text: string): FrontMatter {
  const none = { facts: new Map<Label, readonly string[]>(), text, line: 1, flaw: undefined };
  const [, first = ''] = /^(?:\uFEFF)?(---[ \t]*\n)/.exec(text.slice(0, 100)) ?? [];
  if (first === '') return none;
  const end = /\n(?:---|\.\.\.)[ \t]*(?:\n|$)/.exec(text.slice(0, longestMatter));
  if (end === null) return { ...none, flaw: `its front matter has no end within ${longestMatter} characters` };
  const matter = text.slice(text.indexOf('\n') + 1, Math.max(end.index, text.indexOf('\n') + 1));
  const after = end.index + end[0].length;
  const line = text.slice(0, after).split('\n').length;
  const read = readYaml(matter);
  const rest = { text: text.slice(after), line };
  if ('why' in read) return { facts: none.facts, ...rest, flaw: `its front matter is no YAML: ${read.why}` };
  return { facts: factsIn(read.value), ...rest, flaw: undefined };
}

const longestYaml = 262_144;
/** Of brackets that are open at once: what reads YAML goes as deep as it is nested. */
const deepestYaml = 40;

/** Of plain values only: no tags, few aliases, nothing deep. `line`: where it is wrong. */
export function readYaml(text: string): { readonly value: unknown } | { readonly why: string; readonly line: number } {
  if (text.length > longestYaml) return { why: `it is longer than ${longestYaml} characters`, line: 1 };
  if (isDeep(text)) return { why: `it is nested deeper than ${deepestYaml}`, line: 1 };
  try {
    const document = parseDocument(text, {
      schema: 'core',
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
      merge: false,
    });
    const [error] = document.errors;
    if (error !== undefined)
      return { why: `it cannot be parsed (${error.code})`, line: text.slice(0, error.pos[0]).split('\n').length };
    return { value: document.toJS({ maxAliasCount: 20 }) };
  } catch {
    // Aliases of aliases, or a stack that gave way: the caller lists the file.
    return { why: 'it expands to too much', line: 1 };
  }
}

function isDeep(text: string): boolean {
  let open = 0;
  for (const character of text) {
    if (character === '[' || character === '{') open += 1;
    else if (character === ']' || character === '}') open = Math.max(0, open - 1);
    if (open > deepestYaml) return true;
  }
  return /^(?:[ \t]*[-?:][ \t]+){30}/m.test(text) || /^ {200}/m.test(text);
}

/** Labels by their names; values as texts. Keys of an object's prototype are no labels, so nothing is read from one. */
export function factsIn(value: unknown): ReadonlyMap<Label, readonly string[]> {
  const facts = new Map<Label, readonly string[]>();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return facts;
  for (const [key, own] of Object.entries(value)) {
    const label = labelOf(key.replaceAll(/[_-]/g, ' '));
    const texts = textsOf(own);
    if (label !== undefined && texts.length > 0 && !facts.has(label)) facts.set(label, texts);
  }
  return facts;
}

function textsOf(value: unknown): readonly string[] {
  if (Array.isArray(value))
    return value.slice(0, mostValues).flatMap((one: unknown) => (Array.isArray(one) ? [] : textsOf(one)));
  if (typeof value === 'string') return value.trim() === '' ? [] : [value.trim()];
  if (value instanceof Date) return [value.toISOString()];
  return typeof value === 'number' || typeof value === 'boolean' ? [String(value)] : [];
}

/** Of blocks that are about the document: a table of two columns, lines with a label. */
export function factsOf(blocks: readonly Block[], before: Facts = new Map()): Facts {
  const facts = new Map(before);
  const put = (name: string, value: string): void => {
    const label = labelOf(name);
    if (label !== undefined && plain(value) !== '' && !facts.has(label)) facts.set(label, [value.trim()]);
  };
  for (const block of blocks) {
    if (block.kind === 'table') {
      if (block.header.length === 2) {
        for (const { cells } of [{ cells: block.header }, ...block.rows]) put(cells[0] ?? '', cells[1] ?? '');
      } else if (block.rows.length === 1)
        block.header.forEach((name, index) => {
          put(name, block.rows[0]?.cells[index] ?? '');
        });
    } else if (block.kind === 'paragraph' || block.kind === 'item') {
      for (const line of block.text.split('\n').slice(0, 40)) {
        const [, name, value] =
          /^[ \t>]*(?:\*\*|__)?([A-Za-z][A-Za-z _()-]{0,40}?)(?:\*\*|__)?[:：](?:\*\*|__)?[ \t]*(\S.{0,600})$/.exec(
            line,
          ) ?? [];
        if (name !== undefined && value !== undefined) put(name, value);
      }
    } else if (block.kind === 'heading') {
      const [, name, value] = /^([A-Za-z][A-Za-z ]{0,30}):[ \t]*(\S.{0,300})$/.exec(plain(block.text)) ?? [];
      if (name !== undefined && value !== undefined) put(name, value);
    }
  }
  return facts;
}

/** `web, api (both replicas) and db` → web, api, db. */
export function namesIn(texts: readonly string[] | undefined): readonly string[] {
  const names = (texts ?? [])
    .flatMap((text) => plain(text.replace(/\([^()]{0,300}\)/g, ' ')).split(/[,;·•|\n]| and | & | \/ /))
    .map((name) => name.replace(/^[-\s]+|[.\s]+$/g, '').trim())
    .filter((name) => name !== '' && name.length <= 80 && !/^(none|n\/?a|unknown|all|-|–|—)$/i.test(name));
  return [...new Set(names)].slice(0, mostValues);
}
