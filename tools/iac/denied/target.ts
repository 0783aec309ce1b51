import { parseAllDocuments } from 'yaml';
import { isOn, lastOf, type ReadWords } from './flags.ts';
import { type Kind, kindSaid } from './kinds.ts';
import { refuse } from './no-edit.ts';

/** The one object that a command names. */
export interface Target {
  readonly kind: Kind;
  readonly name: string;
  readonly namespace: string | undefined;
}

export interface NamedObject {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
}

const severalObjects = 'it changes several objects: one at a time, each by its name';

/** `args` are those that name objects: `deploy/x`, or `deploy x`. */
export function targetOf(args: readonly string[], words: ReadWords): Target {
  refuseSelection(words);
  const [first = refuse('it names no object'), second, ...more] = args;
  const pair = first.split('/');
  if (pair.length > 2) refuse('it names an object in a way that is not known here');
  const isPair = pair.length === 2;
  if (isPair ? second !== undefined : more.length > 0) refuse(severalObjects);
  const [type = '', name = second ?? refuse('it names no object, or all of a kind')] = pair;
  if (type.includes(',')) refuse(severalObjects);
  const kind =
    kindSaid(type) ?? refuse('it names a kind of object that is not known here: say field_owner its kind and name');
  return {
    kind,
    name: plainObjectName(name),
    namespace: kind.isNamespaced ? namespaceOf(words) : undefined,
  };
}

/** The one manifest that is given to a command as its input. */
export function manifestOf(stdin: string | undefined, words: ReadWords): NamedObject {
  if (stdin === undefined) refuse('what it would have read is not known here');
  if (stdin.length > mostInput) refuse('what it would have read is longer than 128 KB');
  const documents = parseAllDocuments(stdin, { uniqueKeys: false, logLevel: 'silent', prettyErrors: false });
  const [document, another] = [...documents].filter(({ contents }) => contents !== null);
  if (document === undefined || document.errors.length > 0) refuse('what it would have read is no manifest');
  if (another !== undefined) refuse(severalObjects);
  const said = (...path: string[]): string | undefined => {
    const value = document.getIn(path);
    return typeof value === 'string' ? value : undefined;
  };
  const kind = said('kind') ?? '';
  if (!/^[A-Z]\w{0,99}$/.test(kind) || kind.endsWith('List'))
    refuse('what it would have read is no manifest of one object');
  return {
    kind,
    name: plainObjectName(said('metadata', 'name') ?? ''),
    namespace: namespaceOf(words) ?? plainNamespace(said('metadata', 'namespace')),
  };
}

const mostInput = 131_072;

/** Whether a command takes its objects from its input. */
export function readsInput({ flags }: ReadWords): boolean {
  const files = flags.get('filename') ?? [];
  return files.length === 1 && (files[0] === '-' || files[0] === '/dev/stdin');
}

function refuseSelection(words: ReadWords): void {
  const { flags } = words;
  if (flags.has('filename') || flags.has('kustomize')) refuse('it names its objects in files, which are not read here');
  if (flags.has('selector') || flags.has('field-selector') || isOn(words, 'all') || isOn(words, 'all-namespaces'))
    refuse(severalObjects);
}

export function namespaceOf(words: ReadWords): string | undefined {
  return plainNamespace(lastOf(words, 'namespace'));
}

function plainNamespace(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text)) refuse('its namespace is not a plain name');
  return text;
}

export function plainObjectName(text: string): string {
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9._:-]{0,251}[A-Za-z0-9])?$/.test(text))
    refuse('the name of its object is not a plain one');
  return text;
}
