import { parseQuantity } from '../cluster/quantity.ts';
import type { Condition } from './condition.ts';
import { isIgnored } from './hcl/ignored.ts';
import { podSpecOf } from './manifest/manifest.ts';
import { allOf, anyOf, type Node, not, type Place, same, type Truth, textOf } from './node/node.ts';
import { parsePath, type Search, set } from './node/path.ts';
import type { Sight } from './sight.ts';

export interface Answer {
  readonly truth: Truth;
  /** Where what decided it stands. */
  readonly place: Place | undefined;
}

export function ask(one: Condition, sight: Sight): Answer {
  const { node } = sight;
  if ('all' in one)
    return decide(
      one.all.map((inner) => ask(inner, sight)),
      allOf,
      node.place,
    );
  if ('any' in one)
    return decide(
      one.any.map((inner) => ask(inner, sight)),
      anyOf,
      node.place,
    );
  if ('not' in one) {
    const { truth, place } = ask(one.not, sight);
    return { truth: not(truth), place };
  }
  if ('exists' in one) return { truth: isThere(look(sight, one.exists)), place: node.place };
  if ('missing' in one) {
    const there = look(sight, one.missing);
    return { truth: not(isThere(there)), place: there.found[0]?.node.place ?? node.place };
  }
  if ('stackIn' in one) return { truth: one.stackIn.includes(sight.stack) ? 'yes' : 'no', place: node.place };
  if ('ignored' in one)
    return { truth: isIgnored(sight.ignored, inKind(sight, one.ignored) ?? '') ? 'yes' : 'no', place: node.place };
  if ('same' in one) {
    const [left, right] = one.same.map((path) => look(sight, path));
    const [first] = left?.found ?? [];
    const blind = left?.blind === true || right?.blind === true;
    const truth = same(first?.node, right?.found[0]?.node);
    return { truth: blind && truth === 'no' ? 'unknown' : truth, place: first?.node.place ?? node.place };
  }
  if ('commentAbove' in one) {
    const place =
      one.commentAbove.at === undefined
        ? node.place
        : (look(sight, one.commentAbove.at).found[0]?.node.place ?? node.place);
    return { truth: sight.commentAt(place, one.commentAbove.pattern), place };
  }
  if ('joined' in one) {
    const { kinds, mentions, at } = one.joined;
    const [mine] = look(sight, mentions).found;
    return { truth: sight.joined(textOf(mine?.node), kinds, at), place: node.place };
  }
  return everywhere(one, sight);
}

type Everywhere = Extract<
  Condition,
  | { readonly equals: unknown }
  | { readonly in: unknown }
  | { readonly matches: unknown }
  | { readonly nowhere: unknown }
  | { readonly quantity: unknown }
>;

/** Of everything at the path; of nothing at all it is not so, unless nothing is what is wanted. */
function everywhere(one: Everywhere, sight: Sight): Answer {
  const [path, test] = testOf(one);
  const { found, blind } = look(sight, path);
  const answers = found.map(({ node }): Answer => {
    const said = textOf(node);
    const truth = said === undefined ? (node.kind === 'scalar' ? 'no' : 'unknown') : test(said);
    return { truth, place: node.place };
  });
  const nothing: Truth = 'nowhere' in one ? 'yes' : 'no';
  if (answers.length === 0) return { truth: blind ? 'unknown' : nothing, place: sight.node.place };
  return decide(
    [...answers, ...(blind ? [{ truth: 'unknown' as const, place: undefined }] : [])],
    allOf,
    sight.node.place,
  );
}

function testOf(one: Everywhere): readonly [string, (said: string) => Truth] {
  const yes = (is: boolean): Truth => (is ? 'yes' : 'no');
  if ('equals' in one) return [one.equals.at, (said) => yes(said === String(one.equals.value))];
  if ('in' in one) return [one.in.at, (said) => yes(one.in.values.includes(said))];
  if ('matches' in one) return [one.matches.at, (said) => fitsPattern(one.matches.pattern, said)];
  if ('nowhere' in one) return [one.nowhere.at, (said) => not(fitsPattern(one.nowhere.pattern, said))];
  const { at, atMost, atLeast } = one.quantity;
  return [
    at,
    (said) => {
      const size = amount(said);
      if (size === undefined) return 'no';
      const [most, least] = [amount(atMost), amount(atLeast)];
      return yes((most === undefined || size <= most) && (least === undefined || size >= least));
    },
  ];
}

/** Patterns may take the square of a text's length: a long one is looked at line by line, and a line nobody writes not at all. */
function fitsPattern(pattern: RegExp, said: string): Truth {
  const lines = said.length <= longestText ? [said] : said.split('\n');
  return anyOf(lines.map((line): Truth => (line.length > longestText ? 'unknown' : pattern.test(line) ? 'yes' : 'no')));
}

const longestText = 4_000;

/** `10%` is ten. */
function amount(said: string | number | undefined): number | undefined {
  return typeof said === 'string' && /^\d+(\.\d+)?%$/.test(said) ? Number(said.slice(0, -1)) : parseQuantity(said);
}

function isThere({ found, blind }: Search): Truth {
  if (found.some(({ node }) => node.kind !== 'unknown' || node.isSet === true)) return 'yes';
  return blind || found.length > 0 ? 'unknown' : 'no';
}

function decide(
  answers: readonly Answer[],
  together: (truths: readonly Truth[]) => Truth,
  place: Place | undefined,
): Answer {
  const truth = together(answers.map((answer) => answer.truth));
  return { truth, place: answers.find((answer) => answer.truth === truth)?.place ?? place };
}

function look(sight: Sight, text: string): Search {
  if (text === '$self') return { found: [{ at: '', node: sight.node }], blind: false };
  const path = inKind(sight, text);
  if (path === undefined) return { found: [], blind: sight.kind === undefined };
  const from: Node = text.startsWith('$object.') || text.startsWith('$pod') ? sight.whole : sight.node;
  return set(from, parsePath(path.replace(/^\$object\./, '')) ?? []);
}

/** Undefined where the kind makes no pods. */
function inKind({ kind }: Sight, text: string): string | undefined {
  if (!text.startsWith('$pod')) return text;
  const spec = kind === undefined ? undefined : podSpecOf(kind);
  return spec === undefined ? undefined : `${spec}${text.slice('$pod'.length)}`;
}
