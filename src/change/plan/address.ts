/**
 * Addresses of the engine: `module.app["blue"].kubernetes_secret.db[0]`. Names stand in the source; what stands in brackets is
 * an instance key, which is a value of the plan like any other.
 */
const keys = /\[(?:"(?:[^"\\]|\\.)*"|[^\]"]*)\]/g;

/** The address of the block: without instance keys. */
export function blockAddress(address: string): string {
  return address.replace(keys, '');
}

export function hasKeys(address: string): boolean {
  return address.includes('[');
}

export function withHiddenKeys(address: string): string {
  return address.replace(keys, '["«computed»"]');
}
