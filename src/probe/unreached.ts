/** The address could not be reached at all: another one of the same name may be. */
export class Unreached extends Error {
  override readonly name = 'Unreached';
}

const codes: ReadonlySet<string> = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EINVAL']);

export function isUnreachable(code: string): boolean {
  return codes.has(code);
}
