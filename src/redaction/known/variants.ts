/**
 * How one value is written: as it is, escaped, encoded, quoted. What a value looks like through several of these at once is
 * left to the views the layer reads a text through; these are the ones that are met, and those no view undoes.
 */
export interface Variant {
  readonly text: string;
  readonly base64: boolean;
}

export function variantsOf(value: string): readonly Variant[] {
  const plain = new Set<string>();
  const inside = new Set<string>();
  const json = jsonEscaped(value);
  for (const text of [
    value,
    json,
    jsonEscaped(json),
    // As Go writes JSON, and as those who write only ASCII do.
    json.replace(/[<>&]/g, unicodeEscape),
    json.replace(/[\u0080-\uffff]/g, unicodeEscape),
    json.replaceAll('/', '\\/'),
    value.replaceAll('\n', '\\r\\n'),
    ...percentEncoded(value),
    hexOf(value),
    hexOf(value).toUpperCase(),
    ...entities(value),
    value.replaceAll("'", "'\\''"),
    value.replaceAll("'", "''"),
    value.replace(/[^A-Za-z0-9_/.,:@%+=\n\u0080-\uffff-]/g, '\\$&'),
    value.replace(/["$`\\]/g, '\\$&'),
    value.replaceAll('${', '$${').replaceAll('%{', '%%{'),
  ]) {
    plain.add(text);
  }
  for (const text of [value, json]) {
    for (const encoded of base64Insides(text)) {
      inside.add(encoded);
      inside.add(encoded.replaceAll('+', '-').replaceAll('/', '_'));
    }
  }
  return [
    ...[...plain].map((text) => ({ text, base64: false })),
    ...[...inside].map((text) => ({ text, base64: true })),
  ];
}

/**
 * Base64 of the value behind none, one or two bytes of anything, less what depends on its neighbours: so it is found in
 * the base64 of whatever it stands in.
 */
function base64Insides(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8');
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return encoded.slice(Math.ceil((before * 4) / 3), Math.floor(((before + bytes.byteLength) * 4) / 3));
  });
}

function hexOf(value: string): string {
  return Buffer.from(value, 'utf8').toString('hex');
}

function jsonEscaped(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function percentEncoded(value: string): string[] {
  const component = encodeURIComponent(value.toWellFormed());
  const strict = component.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = new URLSearchParams([['', value.toWellFormed()]]).toString().slice(1);
  const strictForm = strict.replaceAll('%20', '+');
  const user = encodeURI(value.toWellFormed());
  return [component, strict, form, strictForm, user].flatMap((text) => [
    text,
    text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  ]);
}

function entities(value: string): string[] {
  const base = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return [
    base,
    base.replaceAll('"', '&quot;'),
    base.replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
    base.replaceAll('"', '&quot;').replaceAll("'", '&#x27;'),
    base.replaceAll('"', '&#34;').replaceAll("'", '&#39;'),
    base.replaceAll('"', '&quot;').replaceAll("'", '&apos;'),
  ];
}
