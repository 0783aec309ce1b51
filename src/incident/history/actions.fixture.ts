import type { Action } from '../action.ts';
import type { ActionFilter, IncidentRecord } from '../record/port.ts';

type Actions = Pick<IncidentRecord, 'actions' | 'putActions'>;

/** The record's actions of imported reports, in memory: as its contract has them. */
export class ActionShelf implements Actions {
  readonly #actions: Action[] = [];
  /** How often something was written. */
  writes = 0;

  async actions({ report, incident, limit, skip }: ActionFilter) {
    const own = this.#actions.filter(
      (one) => (report === undefined || one.report === report) && (incident === undefined || one.incident === incident),
    );
    return { actions: own.slice(skip, skip + limit), total: own.length };
  }

  putActions: IncidentRecord['putActions'] = async (of, drafts, { now }) => {
    this.writes += 1;
    const report = 'report' in of ? of.report : undefined;
    const incident = 'incident' in of ? of.incident : undefined;
    for (const draft of drafts) {
      const at = this.#actions.findIndex(
        (one) => one.title === draft.title && one.report === report && one.incident === incident,
      );
      const before = this.#actions[at];
      const id =
        before?.id ??
        `act_${String(this.#actions.length)
          .padStart(8, 'a')
          .replaceAll(/[0189]/g, 'b')}`;
      const action: Action = {
        ...draft,
        id,
        incident,
        report,
        createdAt: before?.createdAt ?? now,
        updatedAt: now,
        verified: before?.verified,
        change: undefined,
      };
      if (at >= 0) this.#actions[at] = action;
      else this.#actions.push(action);
    }
    return this.#actions.filter((one) => one.report === report && one.incident === incident);
  };

  /** Somebody said so. */
  settle(title: string, what: Partial<Action>): void {
    const at = this.#actions.findIndex((one) => one.title === title);
    const action = this.#actions[at];
    if (action === undefined) throw new Error(`there is no action ${title}`);
    this.#actions[at] = { ...action, ...what };
  }
}
