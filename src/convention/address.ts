/** How an address is shown. Instance keys may be made of a secret: whoever prints an address decides which are. */
export type AddressPrinter = (address: string) => string;

/** `module.a["x"].kubectl_manifest.b[0]` without its keys. */
export function withoutKeys(address: string): string {
  return address.replace(/\[(?:"(?:[^"\\]|\\.)*"|[^\]"]*)\]/g, '');
}
