import type { SourcePlace } from '../origin/port.ts';

/** A place of the source that says: this secret of Vault is used here. What is not written down is `?`, and never guessed. */
export interface SecretSourceReference {
  readonly mount: string;
  readonly path: string;
  /** Absent: the whole secret, or keys that cannot be told. */
  readonly key?: string;
  readonly file: string;
  readonly line: number;
  readonly stack?: string;
  /** `vault_kv_secret_v2`, `ExternalSecret`, …; `unresolved` where the secret itself cannot be told. */
  readonly how: string;
}

/** What is not written down. */
export const unknown = '?';

export interface VaultPlace {
  readonly mount: string;
  readonly path: string;
}

/** Engines by name, longest first: a path that is written in one piece begins with one of them. */
export function placeOf(whole: string, mounts: readonly string[]): VaultPlace | undefined {
  const text = trimmed(whole);
  const known = [...mounts].sort((a, b) => b.length - a.length).find((mount) => text.startsWith(`${mount}/`));
  const mount = known ?? text.slice(0, Math.max(0, text.indexOf('/')));
  const path = text.slice(mount.length + 1).replace(/^data\/(?=.)/, '');
  return mount === '' || path === '' ? undefined : { mount, path };
}

export function trimmed(path: string): string {
  return path.replace(/^\/+|\/+$/g, '');
}

export function reference(
  place: VaultPlace | undefined,
  key: string | undefined,
  at: SourcePlace,
  { how, stack }: { readonly how: string; readonly stack: string | undefined },
): SecretSourceReference {
  return {
    mount: place?.mount ?? unknown,
    path: place?.path ?? unknown,
    ...(key === undefined ? {} : { key }),
    file: at.file,
    line: at.range.line,
    ...(stack === undefined ? {} : { stack }),
    how: place === undefined ? 'unresolved' : how,
  };
}
