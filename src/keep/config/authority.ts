import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Owners, proveOwnership } from './ownership.ts';
import type { KeepConfig } from './valid.ts';

/**
 * What root said, in files beside keep.yaml that only root can have written. It is all the authority there is until humans
 * sign with passkeys.
 *
 *  adopted            commits to trust, one a line, the last one counts
 *  consents/<sha256>  the proposal of that digest may be parsed and planned
 *  thaw               ends a freeze that began before the file was last written
 *
 * None of it counts where an agent may be the very user that the keep trusts: under the seat belt, or when the keep is root.
 */
export interface Authority {
  /** Why none of it counts here; undefined when it does. */
  readonly refusal: string | undefined;
  /** The folder the files lie in. */
  readonly folder: string;
  /** Oldest first; what is no commit id is left out. */
  adopted(): AuthorityAnswer<readonly string[]>;
  hasConsent(digest: string): AuthorityAnswer<boolean>;
  thawedAt(): AuthorityAnswer<Date | undefined>;
}

export interface AuthorityAnswer<Value> {
  readonly value: Value;
  /** Why a file that is there was not listened to. */
  readonly problem: string | undefined;
}

export interface AuthorityOptions {
  readonly seatBelt: boolean;
  /** The keep's own user. */
  readonly user: number | undefined;
  /** Whose files count: root's. */
  readonly owners?: Owners;
}

export function openAuthority({ file }: Pick<KeepConfig, 'file'>, options: AuthorityOptions): Authority {
  const { seatBelt, user, owners = { uids: [0] } } = options;
  const folder = dirname(file);
  const refusal = seatBelt
    ? 'the keep runs under --seat-belt, where an agent may be the user that would say it'
    : user === 0 || user === undefined
      ? 'the keep runs as root, where an agent may be the user that would say it'
      : undefined;

  const look = <Value>(
    name: string,
    absent: Value,
    read: (path: string, written: Date) => Value,
  ): AuthorityAnswer<Value> => {
    const path = join(folder, name);
    const proof = proveOwnership(path, owners);
    if (proof.flaw !== undefined) {
      return { value: absent, problem: proof.missing ? undefined : `${path} does not count: it ${proof.flaw}` };
    }
    if (refusal !== undefined) return { value: absent, problem: `${path} does not count: ${refusal}` };
    if (!proof.stats.isFile()) return { value: absent, problem: `${path} does not count: it is not a file` };
    return { value: read(proof.path, proof.stats.mtime), problem: undefined };
  };

  return {
    refusal,
    folder,
    adopted: () => look('adopted', [], (path) => commitsIn(readFileSync(path, 'utf8'))),
    hasConsent: (digest) =>
      /^[0-9a-f]{64}$/.test(digest)
        ? look(join('consents', digest), false, () => true)
        : { value: false, problem: undefined },
    thawedAt: () => look<Date | undefined>('thaw', undefined, (_, written) => written),
  };
}

function commitsIn(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s/)[0] ?? '')
    .filter((word) => /^[0-9a-f]{40}$/.test(word));
}
