import type { EditOutcome, EditSources, PrepareEdit } from '../../../src/iac/edit/port.ts';
import { declaredIn } from '../../../src/iac/origin/declared.ts';
import type { OriginSources } from '../../../src/iac/origin/origins.ts';
import type { Symbolic } from '../../../src/iac/origin/symbol.ts';
import type { Corpus, CorpusEntry } from './corpus.fixture.ts';
import { readDeniedCommand } from './read.ts';
import { shellWords } from './shell-words.fixture.ts';
import { applied } from './unified-diff.fixture.ts';

/**
 * What came of a command, held against what is expected of it. Whether a patch is right is found out by applying it and working the
 * source out again; what the edit says of itself is not asked.
 *
 *  correct  the patch that was expected, and nothing else of any object of any stack is another
 *  right    there is no patch, for the reason that was expected
 *  missed   there is no patch where one was expected, or for another reason
 *  WRONG    a patch that is not the one that was expected
 */
export interface Judged {
  readonly command: string;
  readonly expects: 'patch' | 'none' | 'look';
  readonly is: 'correct' | 'right' | 'missed' | 'WRONG';
  /** What was found, in a line. */
  readonly found: string;
}

export async function judge(entry: CorpusEntry, corpus: Corpus, prepare: PrepareEdit): Promise<Judged> {
  const { command, stdin, expect } = entry;
  const judged = (is: Judged['is'], found: string): Judged => ({ command, expects: expect.is, is, found });
  const read = readDeniedCommand({ argv: shellWords(command), stdin });
  if (read.is === 'none') {
    const isRight = expect.is === 'none' && expect.by === 'words' && read.why.includes(expect.why);
    return judged(isRight ? 'right' : 'missed', `words: ${read.why}`);
  }
  const { kind, name, namespace } = read;
  if (read.is === 'look') {
    const isRight =
      expect.is === 'look' &&
      JSON.stringify([kind, name, namespace ?? null]) ===
        JSON.stringify([expect.object.kind, expect.object.name, expect.object.namespace]);
    return judged(isRight ? 'right' : 'missed', `look: ${kind} ${namespace ?? ''}/${name}`);
  }
  const wishes = read.wishes.map(({ path, value }) => ({ path, value }));
  const outcome = await prepare(corpus.sources, { kind, name, namespace }, wishes);
  if (outcome.is === 'refused') {
    const isRight = expect.is === 'none' && expect.by === 'source' && expect.why.includes(outcome.why);
    return judged(isRight ? 'right' : 'missed', refusalText(outcome));
  }
  if (expect.is !== 'patch') return judged('WRONG', `a patch: ${outcome.patch}`);
  const wrong = await wrongIn(outcome.patch, expect, corpus);
  return wrong === undefined ? judged('correct', outcome.patch) : judged('WRONG', `${wrong}\n${outcome.patch}`);
}

function refusalText({ why, field, others }: Extract<EditOutcome, { is: 'refused' }>): string {
  return [`source: ${why}`, field, ...others].filter((part) => part !== undefined).join(' · ');
}

type Expected = Extract<CorpusEntry['expect'], { is: 'patch' }>;

/** Undefined: the patch is right. */
async function wrongIn(patch: string, expected: Expected, corpus: Corpus): Promise<string | undefined> {
  const { files, added } = applied(patch, corpus.sources.text);
  if ([...files.keys()].join() !== expected.file) return `it changes ${[...files.keys()].join()}`;
  const plain = (line: string): string => line.trim().replaceAll(/\s+/g, ' ');
  if (added.map(plain).join('\n') !== expected.lines.map(plain).join('\n')) return `its lines are ${added.join('\n')}`;
  const [before, after] = [fieldsOf(corpus.sources), fieldsOf(await corpus.withFiles(files))];
  const differing = new Set([...before.keys(), ...after.keys()]);
  const { kind, name, namespace } = expected.object;
  const wanted = new Map<string, unknown>(
    Object.entries({ ...expected.fields, ...expected.also }).flatMap(([field, value]) =>
      withItem(field, value).map(([one, said]) => [`${kind} ${namespace}/${name} ${one}`, said] as const),
    ),
  );
  for (const key of differing) {
    const [was, is] = [before.get(key), after.get(key)];
    if (was === is) continue;
    const said = key.replace(/^\S+ /, '');
    if (!wanted.has(said)) return `it also changes ${key}: ${was} → ${is}`;
    const value = wanted.get(said);
    if (is !== (value === null ? undefined : String(value))) return `${key} is ${is}`;
  }
  for (const [said, value] of wanted) {
    const key = [...differing].find((one) => one.endsWith(` ${said}`));
    if (value !== null && (key === undefined || after.get(key) !== String(value))) return `${said} is not ${value}`;
  }
  return undefined;
}

/** A variable comes and goes with its name. */
function withItem(field: string, value: string | number | boolean | null): readonly (readonly [string, unknown])[] {
  const [, item, name, end] = /^(.*\.env\[([^\]]+)\])\.(value|name)$/.exec(field) ?? [];
  if (item === undefined) return [[field, value]];
  if (value === null)
    return [
      [`${item}.value`, null],
      [`${item}.name`, null],
    ];
  return end === 'value'
    ? [
        [field, value],
        [`${item}.name`, name],
      ]
    : [[field, value]];
}

/** Every field of every object: `stack kind namespace/name field`. Two objects of one name in one stack are told by their address. */
function fieldsOf({ stacks }: EditSources): ReadonlyMap<string, string> {
  return new Map([...stacks].flatMap(([stack, sources]) => [...fieldsOfStack(stack, sources)]));
}

const known = new WeakMap<OriginSources, ReadonlyMap<string, string>>();

function fieldsOfStack(stack: string, sources: OriginSources): ReadonlyMap<string, string> {
  const before = known.get(sources);
  if (before !== undefined) return before;
  const found = new Map<string, string>();
  for (const { kind, namespace, name, address, body } of declaredIn(sources)) {
    const object = `${stack}:${address} ${kind} ${namespace ?? 'null'}/${name}`;
    for (const [field, value] of leaves(body, '')) found.set(`${object} ${field}`, value);
  }
  known.set(sources, found);
  return found;
}

const named: readonly string[] = ['containers', 'initContainers', 'env'];

function* leaves(symbol: Symbolic, path: string): Generator<readonly [string, string]> {
  if (symbol.is === 'document') yield* leaves(symbol.content, path);
  else if (symbol.is === 'literal') yield [path, String(symbol.value)];
  else if (symbol.is === 'computed') yield [path, '«computed»'];
  else if (symbol.is === 'object') {
    if (symbol.entries.size === 0) yield [path, '{}'];
    for (const [key, { value }] of symbol.entries) yield* leaves(value, path === '' ? key : `${path}.${key}`);
  } else {
    if (symbol.items.length === 0) yield [path, '[]'];
    for (const [index, item] of symbol.items.entries()) yield* leaves(item, `${path}[${itemKey(item, path, index)}]`);
  }
}

function itemKey(item: Symbolic, path: string, index: number): string | number {
  const name = item.is === 'object' ? item.entries.get('name')?.value : undefined;
  const isNamed = named.includes(path.split('.').at(-1) ?? '') && name?.is === 'literal';
  return isNamed ? String(name.value) : index;
}
