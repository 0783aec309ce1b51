import { join } from 'node:path';
import { z } from 'zod';
import { fingerprinterError } from './errors.ts';
import type { MacKey } from './mac-key.ts';
import { readOwnFile, writeOwnFile } from './own-file.ts';
import type { FingerprinterRequest } from './protocol.ts';

/**
 * Words of the trusted base: what stands there is no secret, unless it is long and random. They come from the keep, once a commit
 * and in chunks, and are kept as MACs: a secret that stands in the repository by mistake is not written down a second time.
 */
export interface Published {
  readonly commit: string | undefined;
  has(mac: string): boolean;
  /** What is in it now and was not before, or the other way round; undefined as long as chunks are missing. */
  take(chunk: Chunk): ReadonlySet<string> | undefined;
}

type Chunk = Extract<FingerprinterRequest, { verb: 'publish' }>;

const file = z.strictObject({
  v: z.literal(1),
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  macs: z.array(z.string().length(22)),
});

export function openPublished(directory: string, macs: MacKey): Published {
  const path = join(directory, 'published.json');
  const stored = file.safeParse(jsonOf(readOwnFile(path)));
  // A file that cannot be read makes nothing public: more is masked, until the keep publishes again.
  let commit = stored.data?.commit;
  let known: ReadonlySet<string> = new Set(stored.data?.macs);
  let arriving: { readonly commit: string; readonly parts: number; readonly chunks: Map<number, string[]> } | undefined;

  return {
    get commit() {
      return commit;
    },
    has: (mac) => known.has(mac),
    take: (chunk) => {
      if (arriving?.commit !== chunk.commit || arriving.parts !== chunk.parts) {
        if (chunk.part !== 1) throw outOfTurn(chunk);
        arriving = { commit: chunk.commit, parts: chunk.parts, chunks: new Map() };
      }
      arriving.chunks.set(
        chunk.part,
        chunk.words.map((word) => macs.of(word)),
      );
      if (arriving.chunks.size < chunk.parts) return undefined;
      const now = new Set([...arriving.chunks.values()].flat());
      arriving = undefined;
      writeOwnFile(path, JSON.stringify({ v: 1, commit: chunk.commit, macs: [...now] }));
      const before = known;
      commit = chunk.commit;
      known = now;
      return new Set([...now].filter((mac) => !before.has(mac)).concat([...before].filter((mac) => !now.has(mac))));
    },
  };
}

function outOfTurn({ part, parts }: Chunk): Error {
  return fingerprinterError('fingerprinter-malformed', {
    message: `part ${part} of ${parts} of the published words came before the first`,
    next: 'publish all parts again, from the first on',
  });
}

function jsonOf(bytes: Buffer | undefined): unknown {
  try {
    return bytes === undefined ? undefined : JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined; // As if there were none.
  }
}
