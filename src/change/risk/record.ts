import type { RecordFlag } from './rule.ts';

/**
 * What the keep wrote down of a stack, against what a plan of it was made from. A state that was lost, exchanged or rolled
 * back plans like a new one: everything is created once more, and what is there already is forgotten.
 *
 * The record may be replaced only by a plan that none of these rules denied, or by a human: else whoever loses a state loses
 * it for good by planning twice.
 */
export interface StackRecord {
  readonly lineage: string;
  readonly serial: number;
  /** Resources in the state, as it was before any refresh. */
  readonly resources: number;
}

export interface RecordedAgainst {
  /** Undefined: nothing was ever recorded of the stack. */
  readonly record: StackRecord | undefined;
  /** The state the plan was made from; undefined when there is none. */
  readonly state: StackRecord | undefined;
  /** Resources the plan creates. */
  readonly creates: number;
}

export function isRecorded(flag: RecordFlag, { record, state, creates }: RecordedAgainst): boolean {
  if (record === undefined) return flag === 'unrecorded' && creates > 0 && (state?.resources ?? 0) === 0;
  const lost = record.resources - (state?.resources ?? 0);
  switch (flag) {
    case 'unrecorded':
      return false;
    case 'vanished':
      return record.resources > 0 && (state?.resources ?? 0) === 0;
    case 'lineage-changed':
      return state !== undefined && state.lineage !== record.lineage;
    case 'went-back':
      return state !== undefined && state.lineage === record.lineage && state.serial < record.serial;
    case 'create-storm':
      return lost > 0 && lost * 2 >= record.resources && creates * 2 >= lost;
    case 'lost-resources':
      return lost > 0 && lost * 2 >= record.resources;
    case 'mostly-new':
      return creates >= 5 && creates > record.resources * 4;
  }
}
