import type { DocumentOf } from '../../change/document/documents.ts';
import type { Approvers, TakenDocuments } from '../approvers/port.ts';
import type { Changes, ConsentParts } from '../changes/port.ts';
import type { KeepConfig } from '../config/valid.ts';
import type { Freeze } from '../freeze/freeze.ts';
import type { ChangeTable } from '../journal/change-table.ts';
import type { DecisionTable } from '../journal/decision-table.ts';
import type { LeaseTable } from '../journal/lease-table.ts';
import type { TrustedRepository } from '../repository/trusted-repository.ts';
import type { SecretBodies } from '../requests/port.ts';
import type { Authority } from './authority.ts';
import type { Drafts } from './drafts.ts';

/** What decisions are about, and what they are carried out by. */
export interface DecisionsOptions {
  readonly keepId: string;
  readonly approval: Pick<KeepConfig['approval'], 'minutes'>;
  readonly approvers: Pick<Approvers & TakenDocuments, 'list' | 'accept' | 'reload' | 'verifyTaken'>;
  readonly authority: Pick<Authority, 'refresh'>;
  readonly changes: Pick<Changes, 'documentsOf' | 'approve' | 'consentOf' | 'consented'>;
  readonly runs: { consentOf(id: string): ConsentParts | undefined };
  readonly repository: {
    readonly git: Pick<TrustedRepository['git'], 'commit' | 'isAncestor' | 'resolve'>;
    base: TrustedRepository['base'];
    adopted: TrustedRepository['adopted'];
    fetch: TrustedRepository['fetch'];
  };
  readonly branch: string;
  readonly journal: {
    readonly changes: Pick<ChangeTable, 'get'>;
    readonly leases: Pick<LeaseTable, 'all' | 'giveBack'>;
  };
  readonly freeze: Pick<Freeze, 'look'>;
  /** What there is to sign about requests for secrets. */
  readonly secrets: SecretBodies;
  /** Shared with the requests, which take the signatures over theirs. */
  readonly drafts: Drafts;
  readonly decisions: DecisionTable;
  /** Where the keep's audit chains end now. */
  auditHeads(): Promise<DocumentOf<'approve'>['audit']>;
  readonly now: () => Date;
}
