import type { LentDatabase } from '../../store/port.ts';
import { assertStorable } from './limits.ts';
import { matches } from './match.ts';
import type { Knowledge, KnownMatch } from './port.ts';
import { readIssues, readRunbookHeads, readRunbooks, replaceOrigin } from './rows.ts';

/** Over the daemon's database; asks it anew each time, so that what one daemon brought in holds for all. */
export function openKnowledge({ database: lent }: { readonly database: LentDatabase }): Knowledge {
  return {
    async about(subjects, now) {
      if (subjects.length === 0) return [];
      const database = await lent.whenOpen();
      const [issues, heads] = [await readIssues(database), await readRunbookHeads(database)];
      const found = matches({ issues, runbooks: heads }, subjects, now);
      // Texts are long, and few of them are asked for.
      const wanted = new Set(found.flatMap(({ runbooks }) => runbooks));
      const runbooks = await readRunbooks(database, [...wanted]);
      return found.map(
        ({ subject, issue, expired, runbooks: fitting }): KnownMatch => ({
          subject,
          ...(issue === undefined ? {} : { issue }),
          ...(expired === undefined ? {} : { expired }),
          runbooks: fitting.flatMap(({ origin, name }) =>
            runbooks.filter((runbook) => runbook.origin === origin && runbook.name === name),
          ),
        }),
      );
    },
    issues: async () => readIssues(await lent.whenOpen()),
    runbooks: async () => readRunbooks(await lent.whenOpen(), 'all'),
    async replace(origin, found) {
      const storable = assertStorable(origin, found);
      const database = await lent.whenOpen();
      await database.transaction((transaction) => replaceOrigin(transaction, storable));
    },
  };
}
