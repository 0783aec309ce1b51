import type { KeepState } from '../../change/wire/protocol.ts';
import type { SecretReference } from '../../change/wire/secret.ts';
import type { StackView } from '../../change/wire/stacks.ts';
import type { Commit } from '../../iac/repository.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import type { StoreLog } from '../../store/log.ts';
import type { Enrolments } from '../approvers/enrolments.ts';
import type { Approvers, RelyingParty } from '../approvers/port.ts';
import type { Changes } from '../changes/port.ts';
import type { KeepConfig } from '../config/valid.ts';
import type { Decisions } from '../decisions/port.ts';
import type { Journal } from '../journal/journal.ts';
import type { Requests, SecretWork } from '../requests/port.ts';
import type { Runs } from '../runs/runs.ts';
import type { AuditPage } from './api.ts';

export interface SecretNow {
  readonly keys: readonly string[];
  readonly version: number;
  readonly changedAt?: Date | undefined;
}

/** The rooms of the keep that the console opens a window to. */
export interface ConsoleOptions {
  readonly config: {
    readonly console: KeepConfig['console'];
    readonly approval: Pick<KeepConfig['approval'], 'twoPeople'>;
  };
  readonly relyingParty: RelyingParty;
  readonly build: { readonly version: string };
  /** The built page: `dist/web`. */
  readonly assets: string;
  readonly approvers: Pick<Approvers, 'list' | 'problems' | 'verifyLogin'>;
  readonly enrolments: Pick<Enrolments, 'find' | 'complete'>;
  readonly decisions: Decisions;
  readonly changes: Pick<Changes, 'status' | 'latest' | 'documentsOf' | 'reject' | 'revert'>;
  readonly runs: Pick<Runs, 'latest'>;
  readonly journal: {
    readonly changes: Pick<Journal['changes'], 'ofSet'>;
    readonly leases: Pick<Journal['leases'], 'all'>;
    readonly steps: Pick<Journal['steps'], 'of'>;
  };
  readonly requests: Pick<Requests, 'status' | 'latest' | 'reject'> & SecretWork;
  /**
   * Of a secret as it is now, from its metadata alone: names of its keys, the number of its newest version (0, and no keys, where
   * that is deleted), when it was written. Errors: those of Vault; `vault-not-found` says there is none.
   */
  secretOf(of: Pick<SecretReference, 'mount' | 'path'>): Promise<SecretNow>;
  state(): Promise<KeepState>;
  stacks(): Promise<readonly StackView[]>;
  /** The newest rows of the keep's own audit, and whether its chain holds. */
  audit(limit: number): Promise<AuditPage>;
  /** Commits on the branch that nobody adopted, newest first. */
  ahead(): Promise<readonly Pick<Commit, 'id' | 'author' | 'at' | 'subject'>[]>;
  readonly foreign: { seen(stack: string, at: Date, by: string): Promise<void> };
  readonly redactor: Pick<Redactor, 'text'>;
  readonly log: StoreLog;
  readonly now?: () => Date;
  /** With slow clients. */
  readonly patience?: { readonly headMs: number; readonly wholeMs: number };
}
