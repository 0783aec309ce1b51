import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SealedWork } from './port.ts';

/**
 * What stands inside an encrypted file: how long the line that follows is (four bytes), a line of JSON that says of which change
 * it is and what the parts are, then the parts, one after the other. Encryption proves that this keep wrote it; the line, that it
 * was written for this change.
 */
export const longestSealed = 1_024 * 1_024 * 1_024;
const longestHead = 4_096;

const part = z.strictObject({ bytes: z.int().min(0).max(longestSealed), sha256: z.string().length(64) });
const head = z.strictObject({ v: z.literal(1), change: z.string(), plan: part, workdir: part });

/** The parts of the file, in order: never joined, for they are large. */
export function wrap(change: string, { plan, workdir }: SealedWork): readonly Buffer[] {
  const said = { v: 1, change, plan: partOf(plan), workdir: partOf(workdir) } satisfies z.input<typeof head>;
  const line = Buffer.from(JSON.stringify(said));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(line.length);
  return [length, line, plan, workdir];
}

/** Throws a plain error that says what is wrong and quotes nothing. */
export function unwrap(change: string, bytes: Buffer): SealedWork {
  const length = bytes.length < 4 ? 0 : bytes.readUInt32BE(0);
  if (length === 0 || length > longestHead || bytes.length < 4 + length)
    throw new Error('it does not say what it holds');
  const said = head.parse(JSON.parse(bytes.toString('utf8', 4, 4 + length)));
  if (said.change !== change) throw new Error('it was sealed for another change');
  const planAt = 4 + length;
  const workdirAt = planAt + said.plan.bytes;
  const work = { plan: bytes.subarray(planAt, workdirAt), workdir: bytes.subarray(workdirAt) };
  for (const name of ['plan', 'workdir'] as const) {
    const { bytes: size, sha256 } = partOf(work[name]);
    if (size !== said[name].bytes || sha256 !== said[name].sha256) throw new Error(`its ${name} is another one`);
  }
  return work;
}

function partOf(bytes: Buffer): z.output<typeof part> {
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}
