import { partsOf } from '../hcl/walk.ts';
import type { SourcePlace } from '../origin/port.ts';
import type { Symbolic } from '../origin/symbol.ts';
import { removeItem, removeLines } from './layout.ts';
import { attributeAround, blocksAround, itemWithKey } from './nodes.ts';
import { isPoint, type Site, spliceAt } from './site.ts';
import { type Splice, sameRange, stretchOf } from './text.ts';

/** Edits after which what lies at the end of this chain is gone. */
export function removals(site: Site, chain: readonly Symbolic[]): readonly Splice[] {
  const [parent, gone] = chain.slice(-2);
  if (parent === undefined || gone === undefined || isPoint(gone.place)) return [];
  if (parent.is === 'object') {
    const entry = [...parent.entries.values()].find(({ value }) => value === gone);
    return entry === undefined ? [] : [...itemAt(site, entry.key), ...attributeAt(site, entry.key)];
  }
  const name = gone.is === 'object' ? gone.entries.get('name')?.value : undefined;
  return [
    ...(name === undefined ? [] : itemAt(site, name.place)),
    ...listItemAt(site, gone.place),
    ...blockAt(site, gone.place),
  ];
}

function itemAt(site: Site, key: SourcePlace): readonly Splice[] {
  const file = site.file(key.file);
  const item = file === undefined ? undefined : itemWithKey(file, key.range);
  return item === undefined ? [] : spliceAt(key.file, removeItem(site.text(key.file), item.object, item.index));
}

function listItemAt(site: Site, place: SourcePlace): readonly Splice[] {
  const file = site.file(place.file);
  const around = file === undefined ? undefined : attributeAround(file, place.range);
  const splices: Splice[] = [];
  for (const part of around === undefined ? [] : partsOf(around.attribute.value)) {
    const index = part.kind === 'tuple' ? part.items.findIndex((item) => sameRange(item.range, place.range)) : -1;
    if (part.kind === 'tuple' && index >= 0)
      splices.push(...spliceAt(place.file, removeItem(site.text(place.file), part, index)));
  }
  return splices;
}

/** An attribute of a resource; what a module is given is left to its own default only by whoever wrote the call. */
function attributeAt(site: Site, key: SourcePlace): readonly Splice[] {
  const file = site.file(key.file);
  const around = file === undefined ? undefined : attributeAround(file, key.range);
  if (around?.blocks[0]?.type !== 'resource' || !sameRange(around.attribute.range, key.range)) return [];
  return linesOf(site, key);
}

function blockAt(site: Site, place: SourcePlace): readonly Splice[] {
  const file = site.file(place.file);
  const block = file === undefined ? undefined : blocksAround(file, place.range).at(-1);
  return block !== undefined && sameRange(block.range, place.range) ? linesOf(site, place) : [];
}

function linesOf(site: Site, place: SourcePlace): readonly Splice[] {
  const stretch = stretchOf(site.text(place.file), place.range);
  return stretch === undefined ? [] : spliceAt(place.file, removeLines(site.text(place.file), ...stretch));
}
