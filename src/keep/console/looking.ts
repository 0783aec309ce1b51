import { fingerprintOf } from '../approvers/passkey.ts';
import * as api from './api.ts';
import { decidedOf } from './decided.ts';
import type { ConsoleOptions } from './options.ts';
import { overviewOf } from './overview.ts';
import { type Route, withLogin, withoutLogin } from './route.ts';
import { setPageOf } from './set-page.ts';

/** What is shown. */
export function lookingRoutes(options: ConsoleOptions): readonly Route[] {
  const { approvers, relyingParty, build, changes, state, stacks, audit, ahead } = options;
  return [
    withoutLogin('anybody', 'GET /api/hello', undefined, api.hello, async () => ({
      version: build.version,
      boundary: (await state()).boundary,
      rpId: relyingParty.id,
      hasApprovers: approvers.list().length > 0,
    })),
    withLogin('GET /api/overview', undefined, api.overview, ({ approver }) => overviewOf(approver.name, options)),
    withLogin('GET /api/sets/:id', undefined, api.setPage, ({ id, approver }) => setPageOf(id, approver.name, options)),
    withLogin('GET /api/history', undefined, api.history, async ({ limit }) => ({
      changes: [...(await changes.latest(limit))],
      decisions: await decidedOf(limit, options),
    })),
    withLogin('GET /api/audit', undefined, api.auditPage, ({ limit }) => audit(limit)),
    withLogin('GET /api/stacks', undefined, api.stacks, async () => {
      const { foreign } = await state();
      return { stacks: [...(await stacks())], foreign };
    }),
    withLogin('GET /api/approvers', undefined, api.approversPage, async () => ({
      approvers: approvers.list().map((approver) => ({
        name: approver.name,
        since: approver.since.toISOString(),
        by: approver.by,
        fingerprint: fingerprintOf(approver),
      })),
      problems: [...approvers.problems()],
      ahead: (await ahead()).map(({ id, author, at, subject }) => ({
        commit: id,
        author,
        at: at.toISOString(),
        subject,
      })),
    })),
  ];
}
