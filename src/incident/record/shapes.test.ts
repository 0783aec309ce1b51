import { expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { Action } from '../action.ts';
import type { Evidence, EvidenceRow } from '../evidence.ts';
import type { Incident } from '../incident.ts';
import type { Episode, RuleHit, Suspect, SuspectChange, Triage } from '../triage/port.ts';
import type { actionShape } from './action-table.ts';
import type { candidatesShape, keptShape } from './candidates.ts';
import type { bodyShape } from './evidence-table.ts';
import type { incidentShape } from './incident-table.ts';
import type { CandidateKept, ReportVersion } from './port.ts';
import type { versionShape } from './reports.ts';
import type { triageShape } from './triage-table.ts';

/** Members of a contract that a shape does not name would be dropped without a word when it is kept. */
type Lost<Contract, Shape extends z.ZodType> = Exclude<keyof Contract, keyof z.output<Shape>>;
type Kept = z.output<typeof triageShape>;
type LostOf<Contract, Shape> = Exclude<keyof Contract, keyof Shape>;

it('every member of what the record keeps has a place in its shape', () => {
  expectTypeOf<Lost<Incident, typeof incidentShape>>().toBeNever();
  expectTypeOf<Exclude<Lost<Evidence, typeof bodyShape>, 'id' | 'incident'>>().toBeNever();
  expectTypeOf<LostOf<EvidenceRow, z.output<typeof bodyShape>['rows'][number]>>().toBeNever();
  expectTypeOf<Lost<Triage, typeof triageShape>>().toBeNever();
  expectTypeOf<LostOf<Suspect, Kept['suspects'][number]>>().toBeNever();
  expectTypeOf<LostOf<SuspectChange, Kept['changes'][number]>>().toBeNever();
  expectTypeOf<LostOf<Episode, Kept['episodes'][number]>>().toBeNever();
  expectTypeOf<LostOf<RuleHit, Kept['rules'][number]>>().toBeNever();
  expectTypeOf<Lost<CandidateKept, typeof keptShape>>().toBeNever();
  expectTypeOf<
    Exclude<LostOf<CandidateKept, z.output<typeof candidatesShape>[number]>, 'verdict' | 'reason'>
  >().toBeNever();
  expectTypeOf<Lost<ReportVersion, typeof versionShape>>().toBeNever();
  expectTypeOf<Lost<Action, typeof actionShape>>().toBeNever();
});
