import { floatingTag } from '../../cluster/images.ts';
import { parseQuantity } from '../../cluster/quantity.ts';
import { allOf, anyOf, isAbsent, type Node, not, same, type Truth, textOf } from '../../convention/node/node.ts';
import { type Path, search } from '../../convention/node/path.ts';
import type { Comparison, Operator } from './rule.ts';

/** What the plan knows beside the one change: the registries its resources had images of before. */
export interface Known {
  readonly registries: ReadonlySet<string>;
}

interface Side {
  readonly before: Node | undefined;
  readonly after: Node | undefined;
}

/** Whether a comparison holds anywhere at a path; unknown when that hangs on what is known after an apply only. */
export function compare(
  { before, after }: Side,
  { is, becomes, matches }: Comparison,
  path: Path,
  known: Known,
): Truth {
  const old = search(before, path);
  const made = search(after, path);
  if (old.found.length === 0 && made.found.length === 0 && !made.blind) return 'no';
  const pairs = new Map<string, Side>();
  for (const { at, node } of old.found) pairs.set(at, { before: node, after: undefined });
  for (const { at, node } of made.found) pairs.set(at, { before: pairs.get(at)?.before, after: node });
  const holds = (side: Side): Truth => {
    if (is !== undefined) return operations[is](side, known);
    const says = (node: Node | undefined): Truth => {
      if (node?.kind === 'unknown') return 'unknown';
      const text = textOf(node);
      return text !== undefined && (matches?.test(text) ?? text === String(becomes)) ? 'yes' : 'no';
    };
    return allOf([says(side.after), not(says(side.before))]);
  };
  const seen = anyOf([...pairs.values()].map(holds));
  return made.blind && seen === 'no' && hangsOnUnseen(is, pairs.size > 0 && old.found.length > 0) ? 'unknown' : seen;
}

/** What is not seen may hold anything new; what was there before can be missed only if something was. */
function hangsOnUnseen(is: Operator | undefined, wasThere: boolean): boolean {
  return is === 'removed' || is === 'decreased' || is === 'older-image' ? wasThere : true;
}

const operations: Readonly<Record<Operator, (side: Side, known: Known) => Truth>> = {
  changed: ({ before, after }) => not(same(before, after)),
  added: ({ before, after }) => (isAbsent(before) ? isSet(after) : 'no'),
  removed: ({ before, after }) => (isAbsent(before) ? 'no' : not(isSet(after))),
  decreased({ before, after }) {
    const old = parseQuantity(textOf(before));
    if (old === undefined) return 'no';
    if (after?.kind === 'unknown') return 'unknown';
    const made = parseQuantity(textOf(after));
    // What is no longer said, or is no quantity, may be anything.
    return made === undefined ? (isAbsent(after) ? 'no' : 'unknown') : made < old ? 'yes' : 'no';
  },
  widened({ before, after }) {
    if (after?.kind === 'unknown') return 'unknown';
    const old = membersOf(before);
    return anyOf(
      [...membersOf(after)].map((member) => (member === undefined ? 'unknown' : old.has(member) ? 'no' : 'yes')),
    );
  },
  'from-new-registry': ({ after }, { registries }) => imageIs(after, (image) => !registries.has(registryOf(image))),
  'floating-image': ({ before, after }) =>
    allOf([imageIs(after, (image) => floatingTag(image) !== undefined), not(same(before, after))]),
  'older-image': ({ before, after }) => {
    const was = textOf(before) ?? '';
    const old = was.length > longestImage ? undefined : versionOf(was);
    if (old === undefined) return 'no';
    return imageIs(after, (image) => isOlder(versionOf(image), old));
  },
};

function isSet(node: Node | undefined): Truth {
  return node?.kind === 'unknown' ? 'unknown' : isAbsent(node) ? 'no' : 'yes';
}

/** The scalars of a list, or the one in its place; undefined for one that is not known. */
function membersOf(node: Node | undefined): ReadonlySet<string | undefined> {
  const items = node?.kind === 'list' ? node.items : node === undefined || isAbsent(node) ? [] : [node];
  return new Set([
    ...items
      .filter((item) => !isAbsent(item))
      .map((item) => (item.kind === 'unknown' ? undefined : (textOf(item) ?? JSON.stringify(plain(item))))),
    ...(node?.kind === 'list' && node.open ? [undefined] : []),
  ]);
}

function plain(node: Node): unknown {
  if (node.kind === 'list') return node.items.map(plain);
  if (node.kind === 'map') return [...node.entries].map(([key, child]) => [key, plain(child)]);
  return node.kind === 'scalar' ? node.value : undefined;
}

const longestImage = 500;

function imageIs(node: Node | undefined, test: (image: string) => boolean): Truth {
  if (node?.kind === 'unknown') return 'unknown';
  const image = textOf(node);
  // No registry takes such a name, and looking at one takes the square of its length.
  if (image !== undefined && image.length > longestImage) return 'unknown';
  return image !== undefined && image !== '' && test(image) ? 'yes' : 'no';
}

/** `registry.example.net/tools`: the host, and the first folder where several publishers share it. */
export function registryOf(image: string): string {
  const name = image.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
  const parts = name.split('/');
  const [first = ''] = parts;
  const isHost = parts.length > 1 && (/[.:]/.test(first) || first === 'localhost');
  return isHost ? first : `docker.io/${parts.length > 1 ? first : 'library'}`;
}

interface Version {
  readonly numbers: readonly number[];
  /** What follows the numbers: versions of two variants are not compared. */
  readonly variant: string;
  readonly repository: string;
}

function versionOf(image: string | undefined): Version | undefined {
  const [, repository = '', digits, variant = ''] =
    /^(.*):v?(\d+(?:\.\d+)*)(-[a-z][\w.-]*)?(?:@.*)?$/i.exec(image ?? '') ?? [];
  return digits === undefined ? undefined : { numbers: digits.split('.').map(Number), variant, repository };
}

function isOlder(made: Version | undefined, old: Version): boolean {
  if (made === undefined || made.variant !== old.variant || made.repository !== old.repository) return false;
  const length = Math.max(made.numbers.length, old.numbers.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (made.numbers[index] ?? 0) - (old.numbers[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
