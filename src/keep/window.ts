import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { KeepState } from '../change/wire/protocol.ts';
import type { StackView } from '../change/wire/stacks.ts';
import type { StoreLog } from '../store/log.ts';
import type { KeepConfig } from './config/valid.ts';
import type { AuditPage } from './console/api.ts';
import { type Console, openConsole } from './console/console.ts';
import type { ConsoleOptions } from './console/options.ts';
import type { Journal } from './journal/journal.ts';
import type { TrustedRepository } from './repository/trusted-repository.ts';
import type { Secrets } from './secrets.ts';
import type { People, Signing } from './signing.ts';

export interface WindowOptions extends Pick<ConsoleOptions, 'foreign' | 'runs' | 'redactor' | 'now'> {
  readonly config: KeepConfig;
  readonly build: { readonly version: string };
  readonly people: People;
  readonly signing: Signing;
  readonly secrets: Pick<Secrets, 'requests' | 'secretOf'>;
  readonly journal: Journal;
  readonly repository: TrustedRepository;
  readonly log: StoreLog;
  state(): Promise<KeepState>;
  stacks(): Promise<readonly StackView[]>;
}

/** The console over the rooms of this keep. Errors: `console-not-listening`. */
export function openWindow(options: WindowOptions): Promise<Console> {
  const { config, people, signing, secrets, journal, repository, ...rest } = options;
  return openConsole({
    ...rest,
    config,
    relyingParty: people.relyingParty,
    assets: builtPage(),
    approvers: people.approvers,
    enrolments: people.enrolments,
    decisions: signing.decisions,
    changes: signing.changes,
    requests: secrets.requests,
    secretOf: secrets.secretOf,
    journal,
    audit: (limit) => auditPageOf(journal, limit),
    ahead: () => commitsAhead(repository, config.repository.branch, journal),
  });
}

/** Of a package it lies beside the code; of a clone where `npm run build:web` puts it. */
function builtPage(): string {
  const places = [new URL('../../web/', import.meta.url), new URL('../../dist/web/', import.meta.url)];
  const place = places.find(
    (folder) => existsSync(new URL('index.html', folder)) && existsSync(new URL('assets', folder)),
  );
  return fileURLToPath(place ?? new URL('../../dist/web/', import.meta.url));
}

const mostAhead = 50;

/** Of others: what this keep landed needs nobody's adoption. */
async function commitsAhead({ git, base }: TrustedRepository, branch: string, { landed }: Pick<Journal, 'landed'>) {
  const own = new Set((await landed.all()).map(({ id }) => id));
  const commits = await git.commitsBetween((await base()).id, await git.resolve(branch), mostAhead);
  return commits.filter(({ id }) => !own.has(id));
}

const call = z.object({
  kind: z.literal('call'),
  at: z.string(),
  principal: z.string(),
  tool: z.string(),
  correlation: z.string().optional(),
  outcome: z.string(),
});

/** Calls only: what else a chain holds says nothing of who did what. */
async function auditPageOf(journal: Pick<Journal, 'auditRows' | 'verifyAudit'>, limit: number): Promise<AuditPage> {
  const rows = await journal.auditRows.latest(limit);
  const { problems } = await journal.verifyAudit();
  return {
    rows: rows.flatMap(({ seq, entry }) => {
      const read = call.safeParse(entry).data;
      if (read === undefined) return [];
      const { at, principal, tool, correlation = '', outcome } = read;
      return [{ at, who: principal, what: tool, about: correlation, outcome, seq }];
    }),
    verified: problems.length === 0 ? 'pass' : 'fail',
  };
}
