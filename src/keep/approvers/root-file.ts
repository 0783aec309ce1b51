import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type Owners, proveOwnership } from '../config/ownership.ts';
import { parseJson } from './json-text.ts';
import { approverName, flawOfPair, isSame, passkeyShape } from './passkey.ts';
import type { Approver } from './port.ts';

/** As it stands in `approvers.json`. */
const rootApprover = z.strictObject({
  name: approverName,
  since: z.iso.datetime(),
  approval: passkeyShape,
  login: passkeyShape,
});
export type RootApprover = z.output<typeof rootApprover>;

export const rootApproversFile = z.strictObject({ v: z.literal(1), approvers: z.array(rootApprover).max(100) });

export function rootFileBeside(keepFile: string): string {
  return join(dirname(keepFile), 'approvers.json');
}

export interface RootApprovers {
  readonly approvers: readonly Approver[];
  /** Why the file that is there was not listened to: then nobody in it is an approver. */
  readonly problem: string | undefined;
}

/** Who root says may sign. A file that anybody but root (under the seat belt: the keep's user) could have written says nothing. */
export function readRootApprovers(keepFile: string, owners: Owners): RootApprovers {
  const path = rootFileBeside(keepFile);
  const nobody = (why: string): RootApprovers => ({ approvers: [], problem: `${path} does not count: it ${why}` });
  const proof = proveOwnership(path, owners);
  if (proof.flaw !== undefined) return proof.missing ? { approvers: [], problem: undefined } : nobody(proof.flaw);
  if (!proof.stats.isFile()) return nobody('is not a file');
  const parsed = rootApproversFile.safeParse(parseJson(readFileSync(proof.path, 'utf8')));
  if (!parsed.success) return nobody('is not what `castellan enrol` writes');
  const { approvers } = parsed.data;
  const flaw = flawOfList(approvers);
  if (flaw !== undefined) return nobody(flaw);
  return {
    approvers: approvers.map((one) => ({ ...one, since: new Date(one.since), by: 'root' })),
    problem: undefined,
  };
}

/** The rest of a sentence that begins with the list. */
export function flawOfList(approvers: readonly RootApprover[]): string | undefined {
  for (const [index, approver] of approvers.entries()) {
    const pair = flawOfPair(approver);
    if (pair !== undefined) return `names ${approver.name}: ${pair}`;
    const taken = conflictWith(approver, approvers.slice(0, index));
    if (taken !== undefined) return `names ${approver.name}: ${taken}`;
  }
  return undefined;
}

/** Why somebody cannot be an approver beside others. Two of one name could not be told apart in what they signed, and two of one passkey not at all. */
export function conflictWith(
  { name, approval, login }: Pick<Approver, 'name' | 'approval' | 'login'>,
  others: readonly Pick<Approver, 'name' | 'approval' | 'login'>[],
): string | undefined {
  if (!approverName.safeParse(name).success) return 'the name is not made of letters and digits';
  if (others.some((other) => foldName(other.name) === foldName(name))) return 'there is an approver of that name';
  const passkeys = others.flatMap((other) => [other.approval, other.login]);
  const taken = passkeys.some((other) => isSame(other, approval) || isSame(other, login));
  return taken ? 'a passkey of it is an approver’s already' : undefined;
}

/** `Alice` and `alice` look like one to whoever reads who signed. */
function foldName(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}
