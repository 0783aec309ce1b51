import { readFileSync } from 'node:fs';
import { type Owners, proveOwnership } from '../config/ownership.ts';
import type { Registration } from './enrolments.ts';
import { enrolmentRefused } from './errors.ts';
import { parseJson } from './json-text.ts';
import { flawOfList, type RootApprover, rootApproversFile, rootFileBeside } from './root-file.ts';
import { writeWhole } from './write-whole.ts';

export interface WriteApproverOptions {
  /** keep.yaml. */
  readonly file: string;
  /** Whom the keep will believe. */
  readonly owners: Owners;
  readonly now: Date;
}

/**
 * For root's command: adds an approver to `approvers.json` beside keep.yaml, and gives its path. A file that the keep would not
 * listen to is not added to. Errors: `enrolment-refused`.
 */
export function writeApprover(
  { name, approval, login }: Pick<Registration, 'name' | 'approval' | 'login'>,
  { file, owners, now }: WriteApproverOptions,
): string {
  const path = rootFileBeside(file);
  const approvers = [...existing(path, owners), { name, since: now.toISOString(), approval, login }];
  const flaw = flawOfList(approvers);
  if (flaw !== undefined) throw refused(`the list would not count: it ${flaw}`);
  writeWhole(path, `${JSON.stringify(rootApproversFile.parse({ v: 1, approvers }), null, 2)}\n`);
  return path;
}

/** A folder that others could write to is told here too: it is on the way to the file, be that there or not. */
function existing(path: string, owners: Owners): readonly RootApprover[] {
  const proof = proveOwnership(path, owners);
  if (proof.flaw !== undefined) {
    if (proof.missing) return [];
    throw refused(`${path} ${proof.flaw}`);
  }
  const parsed = rootApproversFile.safeParse(parseJson(readFileSync(proof.path, 'utf8')));
  if (!parsed.success) throw refused(`${path} is damaged`);
  return parsed.data.approvers;
}

function refused(reason: string): Error {
  return enrolmentRefused(reason, 'correct the file as root, or take the name and the passkeys of nobody else');
}
