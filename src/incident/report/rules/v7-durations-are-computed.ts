import { claimsOf, sentencesOf } from '../claims.ts';
import { durationsIn, figuresOf, readDuration, recordDurations, sameDuration, writeDuration } from '../duration.ts';
import { clockMs, passed } from '../ground.ts';
import { momentPattern, momentsNamed } from '../moments.ts';
import { type Breach, error, type ReportRule, shown } from '../rule.ts';

export const durationsAreComputed: ReportRule = {
  id: 'V7',
  title: 'Stated durations are those that the times give, to a tenth.',
  severities: ['error'],
  *check(input) {
    const { impact, detection, resolution } = input.narrative;
    const { outage, lasted, toDetect } = figuresOf(input.dossier.incident);
    yield* held('impact.duration', impact.duration, [outage, lasted]);
    yield* held('detection.timeToDetect', detection.timeToDetect, [toDetect]);
    yield* held('resolution.timeToResolve', resolution.timeToResolve, [lasted]);
    for (const { path, text } of sentencesOf(input.narrative)) {
      const named = momentsNamed(text).flatMap(({ clock, day }) => (clock === undefined ? [] : [{ clock, day }]));
      const [from, to] = named;
      const bare = text.replace(momentPattern, ' ');
      const [duration] = durationsIn(bare);
      if (from === undefined || to === undefined || named.length !== 2 || duration === undefined) continue;
      const days =
        from.day === undefined || to.day === undefined ? undefined : Date.parse(to.day) - Date.parse(from.day);
      const span =
        days === undefined
          ? passed(clockMs(from.clock), clockMs(to.clock))
          : days + clockMs(to.clock) - clockMs(from.clock);
      if (/→|–|—|\bto\b|\buntil\b|\btill\b|->|-/.test(bare) && !sameDuration(span, duration.ms))
        yield error(
          path,
          `from ${from.clock} to ${to.clock} is ${writeDuration(span)}, not ${duration.text}`,
          `write ${writeDuration(span)}`,
        );
    }
    for (const { path, claim } of claimsOf(input.narrative)) {
      const [, text] = lasting.exec(claim.text) ?? [];
      const [stated] = text === undefined ? [] : durationsIn(text);
      const spans = recordDurations(input.dossier.incident);
      if (stated !== undefined && spans.length > 0 && !spans.some((span) => sameDuration(span, stated.ms)))
        yield error(
          `${path}.text`,
          `${stated.text} lies between no two times of the record`,
          `write one of ${[...new Set(spans.map(writeDuration))].join(', ')}`,
        );
    }
  },
};

const lasting =
  /\b(?:lasted|outage of|was down for|were down for|unavailable for|detected after|noticed after|resolved after|mitigated after)\s+(.{1,40})/i;

function* held(path: string, stated: string | undefined, computed: readonly (number | undefined)[]): Iterable<Breach> {
  if (stated === undefined) return;
  const ms = readDuration(stated);
  const known = computed.filter((span) => span !== undefined);
  const fix = known.length === 0 ? 'leave it out' : `write ${known.map(writeDuration).join(' or ')}, or leave it out`;
  if (ms === undefined) yield error(path, `“${shown(stated)}” is no duration`, fix);
  else if (!known.some((span) => sameDuration(span, ms)))
    yield error(path, `${stated} is not what the record's times give`, fix);
}
