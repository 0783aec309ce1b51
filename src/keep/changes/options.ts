import type { ChangeDocument } from '../../change/document/documents.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import type { StoreLog } from '../../store/log.ts';
import type { KeepConfig } from '../config/valid.ts';
import type { Authority } from '../decisions/authority.ts';
import type { Journal } from '../journal/journal.ts';
import type { Landing } from '../landing/port.ts';
import type { Notifier } from '../notify/port.ts';
import type { TrustedRepository } from '../repository/trusted-repository.ts';
import type { PlanningParts } from '../runs/planning.ts';
import type { Slots } from '../runs/slots.ts';
import type { SealedPlans } from '../sealed/port.ts';

/** What changes are made of. */
export interface ChangesOptions extends PlanningParts {
  readonly config: Pick<KeepConfig, 'profiles' | 'edit' | 'conventions' | 'approval' | 'plansPerHour'> & {
    readonly repository: Pick<KeepConfig['repository'], 'url' | 'branch' | 'push'>;
  };
  readonly boundary: ChangeDocument['boundary'];
  /** Stands in every document: what renders and judges. */
  readonly build: string;
  readonly repository: TrustedRepository;
  readonly authority: Pick<Authority, 'hasConsent' | 'refusal' | 'rejectedUntil'>;
  readonly slots: Slots;
  readonly sealed: SealedPlans;
  readonly landing: Pick<Landing, 'commit' | 'moved'>;
  readonly journal: Pick<Journal, 'changes' | 'leases' | 'quota' | 'landed'>;
  readonly notifier: Pick<Notifier, 'tell'>;
  readonly redactor: Pick<Redactor, 'text'>;
  readonly log: StoreLog;
  /** A set is approved: whoever applies goes on with it. Must not throw, and is not waited for. */
  onApproved(set: string): void;
  readonly consentEveryMs?: number;
  readonly lookEveryMs?: number;
}
