import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { someDocuments } from '../../change/document/documents.fixture.ts';
import type { DocumentKind, DocumentOf, Signature } from '../../change/document/documents.ts';
import { ownersFor } from '../config/ownership.ts';
import { KeepScratch } from '../config/scratch.fixture.ts';
import type { Decision, DecisionTable } from '../journal/decision-table.ts';
import { openApprovers } from './approvers.ts';
import { createSoftApprover, type SoftApprover } from './authenticator.fixture.ts';
import { loadKeepId } from './keep-id.ts';
import type { Approvers, RelyingParty, TakenDocuments } from './port.ts';

export const consoleRp: RelyingParty = { origin: 'http://castellan.localhost:8790', id: 'castellan.localhost' };

/** The rows of the journal, in memory: whoever has the database can do anything to them. */
class MemoryDecisions implements DecisionTable {
  rows: Decision[] = [];

  async add(decision: Decision): Promise<void> {
    this.rows.push(decision);
  }

  async ofKind(kind: DocumentKind): Promise<readonly Decision[]> {
    return this.rows.filter((row) => row.kind === kind);
  }

  async latest(limit: number): Promise<readonly Decision[]> {
    return this.rows.toReversed().slice(0, limit);
  }
}

/** A keep's folders with alice for root's approver, who has both passkeys in software. */
export class ApproverBench implements Disposable {
  readonly scratch = new KeepScratch();
  readonly file = this.scratch.write('etc/keep.yaml', '', 0o644);
  readonly stateDirectory = join(this.scratch.folder, 'state');
  readonly spentFile = join(this.stateDirectory, 'spent');
  readonly decisions = new MemoryDecisions();
  readonly alice = createSoftApprover(consoleRp, 'alice');
  readonly keepId: string;
  /** What the keep's clock says. */
  clock = Date.parse('2026-03-01T10:00:00.000Z');

  constructor() {
    mkdirSync(this.stateDirectory, { mode: 0o700 });
    this.keepId = loadKeepId(this.stateDirectory);
    this.writeRootFile(this.alice);
  }

  readonly now = (): Date => new Date(this.clock);

  writeRootFile(...approvers: readonly SoftApprover[]): string {
    const list = approvers.map(({ name, approver: { approval, login, since } }) => ({
      name,
      since: since.toISOString(),
      approval,
      login,
    }));
    return this.scratch.write('etc/approvers.json', JSON.stringify({ v: 1, approvers: list }), 0o644);
  }

  /** As at a start of the keep. */
  open(): Promise<Approvers & TakenDocuments> {
    return openApprovers({
      config: { file: this.file, stateDirectory: this.stateDirectory },
      owners: ownersFor(true),
      rp: consoleRp,
      keepId: this.keepId,
      decisions: this.decisions,
      now: this.now,
    });
  }

  /** A document as this keep would draft it now. */
  document<Kind extends DocumentKind>(
    kind: Kind,
    change: Partial<DocumentOf<Kind>> = {},
    by: SoftApprover = this.alice,
  ): DocumentOf<Kind> {
    return {
      ...someDocuments[kind],
      keep: this.keepId,
      nonce: randomBytes(32).toString('base64url'),
      issuedAt: this.now().toISOString(),
      expiresAt: new Date(this.clock + 300_000).toISOString(),
      approver: { name: by.name, credential: by.approval.passkey.id },
      ...change,
    };
  }

  /** Accepts it and writes the row, as whoever takes decisions does. */
  async take(approvers: Approvers, kind: DocumentKind, signature: Signature): Promise<Decision> {
    const { document } = await approvers.accept(signature, kind);
    const decision = { nonce: document.nonce, kind, subject: 'x', at: this.now(), signature };
    await this.decisions.add(decision);
    await approvers.reload();
    return decision;
  }

  enrolment(bob: SoftApprover, by: SoftApprover = this.alice): Signature {
    const { name, approval, login } = bob.approver;
    return by.approval.signDocument(this.document('enrol', { name, approval, login }, by));
  }

  revocation(name: string, by: SoftApprover = this.alice): Signature {
    return by.approval.signDocument(this.document('revoke', { name }, by));
  }

  /** What stands in the file of what was spent. */
  spentLines(): readonly string[] {
    return readFileSync(this.spentFile, 'utf8').split('\n').slice(0, -1);
  }

  [Symbol.dispose](): void {
    this.scratch[Symbol.dispose]();
  }
}
