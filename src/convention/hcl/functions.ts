import { list, map, type Node, type Place, scalar, textOf, unknown } from '../node/node.ts';

/** What a function of Terraform makes of what it was given; unknown for those that do more than put together. */
export function callFunction(name: string, given: readonly Node[] | undefined, place: Place): Node {
  const [first, second, third] = given ?? [];
  if (given === undefined || first === undefined) return unknown(place);
  switch (name) {
    // The encoded text is read as what it encodes: rules look at that.
    case 'yamlencode':
    case 'jsonencode':
    case 'yamldecode':
    case 'jsondecode':
    case 'tostring':
    case 'tonumber':
    case 'tobool':
    case 'tolist':
    case 'tomap':
    case 'toset':
    case 'sensitive':
    case 'nonsensitive':
      return isText(first) && name.endsWith('decode') ? unknown(place) : first;
    case 'merge':
      return merged(given, place);
    case 'concat':
      return joined(given, place);
    case 'compact':
    case 'distinct':
    case 'flatten':
      return list([], { open: true, place });
    case 'coalesce':
      return firstGiven(given, place);
    case 'try':
      return first.kind === 'unknown' ? unknown(place) : first;
    case 'lookup': {
      const key = textOf(second);
      if (first.kind !== 'map' || key === undefined) return unknown(place);
      return first.entries.get(key) ?? (first.open ? unknown(place) : (third ?? unknown(place)));
    }
    case 'length':
      if (first.kind === 'list' && !first.open) return scalar(first.items.length, place);
      if (first.kind === 'map' && !first.open) return scalar(first.entries.size, place);
      return unknown(place);
    default:
      return unknown(place);
  }
}

function isText(node: Node): boolean {
  return node.kind === 'scalar';
}

/** Later ones go before earlier ones; one that is not known may have gone before anything. */
function merged(maps: readonly Node[], place: Place): Node {
  const entries = new Map<string, Node>();
  let open = false;
  for (const one of maps) {
    if (one.kind === 'scalar' && one.value === null) continue;
    if (one.kind !== 'map' || one.open) {
      open = true;
      for (const key of entries.keys()) entries.set(key, unknown(place));
    }
    if (one.kind === 'map') for (const [key, node] of one.entries) entries.set(key, node);
  }
  return map(entries, { open, place });
}

function joined(lists: readonly Node[], place: Place): Node {
  const open = lists.some((one) => one.kind !== 'list' || one.open);
  return list(
    lists.flatMap((one) => (one.kind === 'list' ? one.items : [])),
    { open, place },
  );
}

function firstGiven(given: readonly Node[], place: Place): Node {
  for (const one of given) {
    if (one.kind === 'unknown') return unknown(place);
    if (one.kind !== 'scalar' || (one.value !== null && one.value !== '')) return one;
  }
  return unknown(place);
}
