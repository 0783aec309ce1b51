export const globbed = /[*?[]/;

/** Undefined when the pattern could take long. */
export function globPattern(glob: string): RegExp | undefined {
  if (glob.length > 100 || (glob.match(/[*[]/g) ?? []).length > 3) return undefined;
  const source = glob
    .replace(/[.+^${}()|\\\]]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.')
    .replace(/\[[^\]\\]*(\\\])?/g, '.');
  return new RegExp(`^${source}$`);
}
