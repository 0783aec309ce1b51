import { type ReadStream, readdirSync, readFileSync } from 'node:fs';
import { unavailable } from './programs.ts';

/**
 * What Node opens itself closes by itself when a program is started; what the keep was started with (by a service, a shell)
 * does not, and would be open inside the sandbox. Node cannot close such a descriptor for a child alone, so the null device is
 * laid over each: what is to follow the first `own` entries of a child's `stdio`. `cover` is the null device, open.
 * Errors: `sandbox-unavailable` when the descriptors cannot be told.
 */
export function coversOfInherited(own: number, cover: ReadStream): ('ignore' | ReadStream)[] {
  const covers: ('ignore' | ReadStream)[] = [];
  for (const descriptor of inheritable()) {
    if (descriptor < own) continue;
    while (covers.length < descriptor - own) covers.push('ignore');
    covers[descriptor - own] = cover;
  }
  return covers;
}

const closeOnExec = 0o2_000_000;

function inheritable(): readonly number[] {
  try {
    return readdirSync('/proc/self/fd')
      .map(Number)
      .filter((descriptor) => descriptor > 2 && isInheritable(descriptor));
  } catch (cause) {
    throw unavailable('the keep cannot list its own open files', 'mount /proc where the keep runs', cause);
  }
}

function isInheritable(descriptor: number): boolean {
  let info: string;
  try {
    info = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8');
  } catch (error) {
    // Closed since: the one by which the folder itself was read, for one.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
  const [, flags] = /^flags:\s*([0-7]+)$/m.exec(info) ?? [];
  return flags === undefined || (Number.parseInt(flags, 8) & closeOnExec) === 0;
}
