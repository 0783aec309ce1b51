import type { KeepClient } from '../../src/change/wire/keep-port.ts';
import type { FingerprintsReply } from '../../src/change/wire/secret.ts';
import type { Reach } from '../../src/kit/index.ts';
import type { Check } from './check.ts';
import { attempt, dateOf, plainName, whenText } from './words.ts';

/** How much of what Vault holds redaction knows. The set itself is the daemon's; here only what it covers is looked at. */
export interface KnownValues {
  checks(now: Date, signal: AbortSignal): Promise<readonly Check[]>;
}

const staleMs = 10 * 60_000;
const what = 'known values';

export function knownValuesOf(keep: Reach<KeepClient> | undefined): KnownValues {
  // With the generation named, the keep leaves the set out of its reply.
  let have: string | undefined;
  return {
    async checks(now, signal) {
      if (keep === undefined) {
        return [
          {
            state: 'PROBLEM',
            what,
            detail: 'DEGRADED: no keep is configured, so nothing knows the values; patterns alone redact',
          },
        ];
      }
      const asked = { verb: 'fingerprints', waitMs: 0, ...(have === undefined ? {} : { have }) } as const;
      const { value, why } = await attempt(async () => (await keep()).ask(asked, signal), signal);
      if (value?.fingerprints === undefined) {
        return [{ state: 'unknown', what, detail: `the keep does not tell (${why ?? 'it said nothing of them'})` }];
      }
      have = value.fingerprints.generation ?? value.fingerprints.set?.generation ?? have;
      return [stateCheck(value.fingerprints), ...coverageChecks(value.fingerprints, now)];
    },
  };
}

function stateCheck({ state, why }: FingerprintsReply): Check {
  const because = why === undefined ? '' : ` (${why.replace(/[^\w .,:;'()/-]/g, '?').slice(0, 200)})`;
  switch (state) {
    case 'ready':
      return { state: 'ok', what, detail: 'the fingerprinter runs' };
    case 'none':
      return {
        state: 'PROBLEM',
        what,
        detail: `DEGRADED: this keep has no fingerprinter; patterns alone redact${because}`,
      };
    case 'starting':
      return { state: 'unknown', what, detail: `the fingerprinter has not read Vault yet${because}` };
    case 'away':
      return {
        state: 'PROBLEM',
        what,
        detail: `DEGRADED: the fingerprinter does not answer; what changed since is not known${because}`,
      };
  }
}

function coverageChecks({ coverage, state }: FingerprintsReply, now: Date): readonly Check[] {
  if (coverage === undefined) {
    return state === 'ready' ? [{ state: 'unknown', what, detail: 'what they cover is not told' }] : [];
  }
  const { at, secrets, values, byClass, skipped, unread, inRepository, mounts } = coverage;
  const read = dateOf(at);
  const old = read === undefined || now.getTime() - read.getTime() > staleMs;
  const check = (bad: boolean, detail: string): readonly Check[] => (bad ? [{ state: 'PROBLEM', what, detail }] : []);
  return [
    {
      state: old ? 'unknown' : 'ok',
      what,
      detail: `read ${whenText(read, now)}: ${values} values of ${secrets} secrets in ${mounts.length} mounts (${byClass.a} looked for everywhere, ${byClass.b} in what others write, ${byClass.c} beside their name, ${byClass.public} public); a secret that never was in Vault is known by patterns alone`,
    },
    ...check(
      unread.length > 0,
      `NOT COVERED, could not be read: ${some(unread.map(({ path, why }) => `${plainName(path)} (${plainName(why.replace(/\s+/g, '-'))})`))}`,
    ),
    ...check(inRepository.length > 0, `LEAKED into the repository, rotate them: ${some(inRepository.map(plainName))}`),
    ...(skipped.count === 0
      ? []
      : [
          {
            state: 'unknown' as const,
            what,
            detail: `${skipped.count} values are never looked for (too short, or words everybody uses): ${some(skipped.some.map(plainName))}`,
          },
        ]),
  ];
}

function some(names: readonly string[]): string {
  return `${names.slice(0, 8).join(', ')}${names.length > 8 ? ` and ${names.length - 8} more` : ''}`;
}
