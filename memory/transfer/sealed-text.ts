/**
 * Sealed bytes as text: what age made in age's own armor, which its tool opens as it stands; everything else as base64 in
 * lines.
 */
const begin = '-----BEGIN AGE ENCRYPTED FILE-----';
const end = '-----END AGE ENCRYPTED FILE-----';
const lineLength = 64;

export function armored(cipher: Uint8Array, sealedWith: string): string {
  const base64 = Buffer.from(cipher).toString('base64');
  const lines = base64.match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? [];
  return (isAge(sealedWith) ? [begin, ...lines, end] : lines).join('\n');
}

/** Undefined when it is neither. */
export function unarmored(text: string): Uint8Array | undefined {
  const lines = text.trim().split(/\r?\n/);
  const inner = lines[0] === begin && lines.at(-1) === end ? lines.slice(1, -1) : lines;
  const base64 = inner.join('');
  const isWhole = base64 !== '' && base64.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(base64);
  return isWhole ? Buffer.from(base64, 'base64') : undefined;
}

function isAge(sealedWith: string): boolean {
  return sealedWith === 'age' || sealedWith.startsWith('age:');
}
