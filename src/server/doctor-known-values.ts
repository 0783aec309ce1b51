import { z } from 'zod';
import { keepPort } from '../change/wire/keep-port.ts';
import type { Config } from '../config/index.ts';
import type { ProbeFinding } from '../kit/index.ts';
import type { KnownValues } from '../redaction/known/known-values.ts';
import type { Groups } from './groups.ts';
import { redactionMode } from './known-standing.ts';

/** What a running daemon says of the values it masks; see known-standing.ts. */
const daemonKnows = z.object({
  known_values: z.object({
    state: z.enum(['missing', 'current', 'stale', 'broken']),
    why: z.string().optional(),
    generation: z.string().optional(),
    coverage: z.object({ values: z.number(), skipped: z.number(), unread: z.array(z.unknown()) }).optional(),
  }),
});

/** Nothing where no Vault is configured. What the keep has for the daemon is told by the group that looks at Vault. */
export function knownValuesFindings(config: Config, daemonSays: unknown): readonly ProbeFinding[] {
  const mode = redactionMode(config.groups);
  if (mode === undefined) return [];
  const check = 'known values';
  const told = daemonKnows.safeParse(daemonSays);
  if (!told.success) {
    const until = mode === 'required' ? 'refuses calls until then' : 'answers until then, and says so';
    return [{ check, status: 'pass', detail: `no daemon runs; the next one asks the keep for them, and ${until}` }];
  }
  const { state, why, generation, coverage } = told.data.known_values;
  const loaded =
    coverage === undefined
      ? 'none loaded'
      : `${coverage.values} loaded (generation ${generation ?? 'unknown'}), ${coverage.skipped} never looked for, ${coverage.unread.length} paths unread`;
  if (state === 'current') return [{ check, status: 'pass', detail: `the daemon masks them: ${loaded}` }];
  const refuses = mode === 'required' && (state === 'missing' || state === 'broken');
  const means = refuses ? 'the daemon refuses calls' : 'the daemon answers, and says what it does not mask';
  return [
    {
      check,
      status: 'fail',
      detail: `${state}${why === undefined ? '' : ` (${why})`}: ${means}; ${loaded}`,
      next: 'see that keep and fingerprinter run (`castellan redaction status`), or set `vault.redaction: degraded`',
    },
  ];
}

const learningMs = 5_000;

/** Doctor's own output is masked by what the keep has, as far as it gives it. */
export async function learnKnownValues(groups: Groups, known: KnownValues, signal: AbortSignal): Promise<void> {
  const reach = groups.reach(keepPort);
  if (reach === undefined) return;
  try {
    const keep = await reach();
    const patience = AbortSignal.any([signal, AbortSignal.timeout(learningMs)]);
    const { fingerprints } = await keep.ask({ verb: 'fingerprints', waitMs: 0 }, patience);
    if (fingerprints?.set !== undefined) known.load(fingerprints.set);
  } catch {
    // That the keep or its fingerprinter is away, or gives what cannot be used, is a finding of the groups that ask them.
  }
}
