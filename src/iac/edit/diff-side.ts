/** The lines of a unified diff as they stand in the file before it, or after it: a name beside the value below it, without signs. */
export function diffSide(patch: string, side: 'before' | 'after'): string {
  const sign = side === 'before' ? '-' : '+';
  return patch
    .split('\n')
    .flatMap((line) => (line.startsWith(' ') || line.startsWith(sign) ? [line.slice(1)] : []))
    .join('\n');
}
