import { createHash } from 'node:crypto';
import type { Deployment } from './kube-objects.ts';

/** What a container printed, as it is pushed: nanoseconds since 1970 and the line. */
export type PrintedLine = readonly [time: string, line: string];

/** A pod that ended before the lab began: only its lines are left. */
export interface PastPod {
  readonly pod: string;
  readonly stdout: readonly PrintedLine[];
  readonly stderr: readonly PrintedLine[];
}

const minute = 60_000;
/** Long enough ago that the last hour, which is what most ask for, shows nothing of it. */
const ended = 90 * minute;
const spacing = 10_000;

/** The pod each deployment had before its present ones. How it ended is chosen by the deployment's identity. */
export function pastPod({ metadata: { name, uid } }: Deployment, now: Date): PastPod {
  const digest = createHash('sha256').update(uid).digest();
  const story = stories[(digest[0] ?? 0) % stories.length] ?? refused;
  const { lines, last } = story();
  const end = now.getTime() - ended;
  const stamp = (milliseconds: number, line: string): PrintedLine => [`${milliseconds}000000`, line];
  return {
    pod: `${name}-${letters(digest.subarray(1, 11))}-${letters(digest.subarray(11, 16))}`,
    stdout: lines.map((line, index) => stamp(end - (lines.length - index) * spacing, line)),
    stderr: [stamp(end, last)],
  };
}

/** The alphabet Kubernetes draws the ends of names from. */
function letters(bytes: Uint8Array): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  return [...bytes].map((byte) => alphabet[byte % alphabet.length]).join('');
}

interface Story {
  readonly lines: readonly string[];
  /** What it printed to stderr before it ended. */
  readonly last: string;
}

const stories: readonly (() => Story)[] = [refused, exhausted, drained];

function refused(): Story {
  const lines = Array.from(
    { length: 30 },
    (_, index) => `level=warn msg="database refused the connection" host=db.example.net:5432 attempt=${index + 1}`,
  );
  return { lines, last: 'level=fatal msg="no database after 30 attempts" host=db.example.net:5432' };
}

function exhausted(): Story {
  const lines = Array.from({ length: 40 }, (_, index) => `cache holds ${(index + 1) * 12} MiB of 512 MiB`);
  return { lines, last: 'FATAL allocation of 64 MiB failed: out of memory' };
}

function drained(): Story {
  const lines = Array.from({ length: 50 }, (_, index) =>
    JSON.stringify({
      level: index % 10 === 9 ? 'error' : 'info',
      path: `/items/${index}`,
      status: index % 10 === 9 ? 503 : 200,
      took: `${(index * 7) % 90}ms`,
    }),
  );
  return { lines, last: JSON.stringify({ level: 'info', msg: 'SIGTERM: the last requests are answered' }) };
}
