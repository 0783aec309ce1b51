import { randomInt } from 'node:crypto';

/** Names are drawn anew for every lab, so that nothing can be written to expect them. */
const first =
  `amber ashen birch brass bronze cedar chalk cinder cobalt copper coral crimson dusky ember fallow fern flint
  frost garnet gilded hazel heather indigo ivory jade juniper lichen linen maple mellow mossy ochre olive opal pewter
  plum quartz russet saffron sage sable scarlet sienna slate sorrel tawny teal thistle umber velvet walnut willow`.split(
    /\s+/,
  );
const second = `anvil apron atlas awning badger bakery barley barrel basin beacon bellows bobbin bramble buckle cabin
  candle canoe carafe cistern clover comet crate dovecot drum easel falcon fiddle flagon gable goblet granary hamper
  harbor heron hinge kettle kiln ladder ladle lantern larder loom mallet meadow mortar otter paddle pantry parlor pebble
  pennant pigeon quill raft ribbon saddle satchel shutter sickle spindle sparrow stirrup thimble tinker trellis trowel
  trough turret vessel wagon wicker windlass`.split(/\s+/);

/** Makes names that never repeat: two invented words, a different first pair every time. */
export function nameMaker(taken: readonly string[] = []): () => string {
  const used = new Set(taken);
  return () => {
    for (;;) {
      const name = `${pick(first)}-${pick(second)}`;
      if (used.has(name)) continue;
      used.add(name);
      return name;
    }
  };
}

function pick(words: readonly string[]): string {
  const word = words[randomInt(words.length)];
  if (word === undefined) throw new Error('a word list is empty');
  return word;
}
