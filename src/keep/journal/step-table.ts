import type { Database } from '../../store/database.ts';

export interface AppliedStep {
  readonly step: string;
  readonly at: Date;
}

/** How far each apply came; a step is written down before it is begun. */
export interface StepTable {
  /** The same step twice is none: an apply is never begun again. */
  begin(change: string, attempt: number, step: string, at: Date): Promise<void>;
  of(change: string, attempt: number): Promise<readonly AppliedStep[]>;
}

export function openStepTable(database: Database): StepTable {
  return {
    begin: async (change, attempt, step, at) => {
      await database.query('insert into castellan.apply_step (change, attempt, step, at) values ($1, $2, $3, $4)', [
        change,
        attempt,
        step,
        at,
      ]);
    },
    of: (change, attempt) =>
      database.query<AppliedStep>(
        'select step, at from castellan.apply_step where change = $1 and attempt = $2 order by at',
        [change, attempt],
      ),
  };
}
