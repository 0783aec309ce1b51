/**
 * What is looked for in everything that was said: pieces of every way a value can be written, so that one that was cut, or is spread
 * over frames, is found too.
 */
export interface Needle {
  /** For the message of a test that fails; never the value. */
  readonly where: string;
  readonly value: string;
}

/** The longest piece that may stay unfound is shorter than this and the stride together. */
const pieceLength = 12;
const stride = 4;

export interface Haystack {
  add(where: string, text: string): void;
  readonly texts: readonly { readonly where: string; readonly text: string }[];
}

export function createHaystack(): Haystack {
  const texts: { where: string; text: string }[] = [];
  return { add: (where, text) => texts.push({ where, text }), texts };
}

/** Which needles stand in which texts, each pair once. */
export function residuesIn(
  texts: readonly { readonly where: string; readonly text: string }[],
  needles: readonly Needle[],
): readonly string[] {
  const pieces = new Map<string, string>();
  for (const { where, value } of needles) {
    for (const [encoding, written] of waysToWrite(value)) {
      const last = Math.max(0, written.length - pieceLength);
      for (let start = 0; start <= last; start += stride)
        pieces.set(written.slice(start, start + pieceLength), `${where}, ${encoding}`);
      if (written.length >= pieceLength) pieces.set(written.slice(last), `${where}, ${encoding}`);
    }
  }
  const found = new Set<string>();
  for (const { where, text } of texts) {
    for (let at = 0; at + pieceLength <= text.length; at += 1) {
      const needle = pieces.get(text.slice(at, at + pieceLength));
      if (needle !== undefined) found.add(`${where}: ${needle}`);
    }
  }
  return [...found];
}

function waysToWrite(value: string): readonly (readonly [encoding: string, written: string])[] {
  const hex = Buffer.from(value).toString('hex');
  const escaped = JSON.stringify(value).slice(1, -1);
  return [
    ['as it is', value],
    ['in JSON', escaped],
    ['in JSON in JSON', JSON.stringify(escaped).slice(1, -1)],
    ['in a URL', encodeURIComponent(value)],
    ['in a form', new URLSearchParams({ a: value }).toString().slice(2)],
    ['in hex', hex],
    ['in capital hex', hex.toUpperCase()],
    ...([0, 1, 2] as const).flatMap((offset) => {
      const written = inBase64At(value, offset);
      return [
        [`in base64 at ${offset}`, written],
        [`in base64url at ${offset}`, written.replaceAll('+', '-').replaceAll('/', '_')],
      ] as const;
    }),
  ];
}

/** The letters that are the value's alone, whatever stands around it. */
function inBase64At(value: string, offset: 0 | 1 | 2): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]);
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString('base64');
  return offset === 0 ? whole : whole.slice(4);
}
