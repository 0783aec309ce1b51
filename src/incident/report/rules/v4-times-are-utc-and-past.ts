import { sentencesOf } from '../claims.ts';
import { error, type ReportRule, shown } from '../rule.ts';

export const timesAreUtcAndPast: ReportRule = {
  id: 'V4',
  title: 'Every time is UTC, can be read, is not in the future, and is no older than what was looked at.',
  severities: ['error'],
  *check(input) {
    const { incident, evidence } = input.dossier;
    const latest = input.now.getTime() + slackMs;
    const earliest =
      Math.min(incident.window.from.getTime(), ...evidence.map(({ from }) => from.getTime()).filter(Number.isFinite)) -
      lookbackMs;
    const record = {
      startedAt: incident.startedAt,
      detectedAt: incident.detectedAt,
      mitigatedAt: incident.mitigatedAt,
      resolvedAt: incident.resolvedAt,
    };
    const times: readonly (readonly [string, Date | undefined])[] = [
      ...Object.entries(record).map(([name, at]) => [`incident.${name}`, at] as const),
      ...input.timeline
        .filter(({ excluded }) => excluded === undefined)
        .map(({ key, at }) => [`timeline.${key}`, at] as const),
      ...input.narrative.cause.steps.map(
        ({ at }, index) => [`cause.steps[${index}].at`, at === undefined ? undefined : new Date(at)] as const,
      ),
    ];
    for (const [path, at] of times) {
      if (at === undefined) continue;
      const ms = at.getTime();
      if (!Number.isFinite(ms)) yield error(path, 'the time cannot be read', 'give it as 2026-11-20T14:02:10Z');
      else if (ms > latest)
        yield error(path, 'the time is in the future', 'set it right, or leave the row out and say why');
      else if (ms < earliest)
        yield error(
          path,
          'the time is older than anything that was looked at',
          'set it right, or leave the row out and say why',
        );
    }
    for (const { path, text } of sentencesOf(input.narrative)) {
      const found = otherZone.exec(text)?.[0];
      if (found !== undefined) yield error(path, `“${shown(found)}” is not in UTC`, 'write the time in UTC: 14:02 UTC');
    }
  },
};

const slackMs = 60_000;
/** A change may lie dormant for so long. */
const lookbackMs = 14 * 86_400_000;
const otherZone =
  /\b\d{1,2}(?::\d{2}){1,2}(?:\.\d+)?\s*(?:(?:a\.?m|p\.?m)\b|(?:EES?T|CES?T|WES?T|BST|MSK|[ECMP][SD]T|IST|JST|AES?T|AEDT)\b|(?:UTC|GMT)\s*[+-]\s*\d|[+-]\d{2}:?\d{2}\b|local\b)|\blocal time\b|\b\d{1,2}\s*(?:am|pm)\b/i;
