import { counted, listed } from '../../../cluster/index.ts';
import type { SnapshotFinding, SnapshotProbe } from '../port.ts';
import { type ConditionOf, matchesPattern } from '../rubric.ts';
import type { Sight } from '../sight.ts';
import { holds, not, type Predicate } from './look.ts';

/** What others measured: probes, alerts and findings. */
const minuteMs = 60_000;

export const probeFailing: Predicate<ConditionOf<'probe-failing'>> = (sight, { path, vantage, minutes, count }) => {
  const asked = sight.probes.filter(
    (probe) =>
      (vantage === undefined || probe.vantage === vantage) &&
      (path === 'any' || sight.leadsToCritical(probe.target) === (path === 'critical')),
  );
  const failing = asked.filter(({ ok }) => ok === false);
  const hit = failing.filter((probe) => forMs(sight, probe) >= minutes * minuteMs);
  // A target seen from two places is one target.
  const targets = [...new Set(hit.map(({ target }) => target))].sort();
  if (targets.length >= count) {
    return holds(`${counted(targets.length, 'target')} not answering: ${listed(targets)}`, targets.map(targetText));
  }
  if (failing.length === 0) return not();
  const more = count - new Set(failing.map(({ target }) => target)).size;
  return not(
    more > 0 ? `${counted(more, 'more target')} not answering` : `it goes on for ${counted(minutes, 'minute')}`,
  );
};

export const alertsFiring: Predicate<ConditionOf<'alerts'>> = (
  { alerts, now },
  { names, severities, minutes, count },
) => {
  const asked = alerts.filter(
    ({ name, severity }) =>
      (names === undefined || names.some((glob) => matchesPattern(name, glob))) &&
      (severities === undefined || severities.some((glob) => matchesPattern(severity ?? '', glob))),
  );
  const hit = asked.filter(({ since }) => now - Date.parse(since) >= minutes * minuteMs);
  const found = [...new Set(hit.map(({ name }) => name))].sort();
  if (hit.length >= count && hit.length > 0) {
    return holds(
      `${listed(found)} firing`,
      found.map((name) => `Alert ${name}`),
    );
  }
  return not(asked.length === 0 ? undefined : `${asked[0]?.name} fires for ${counted(minutes, 'minute')}`);
};

export const findingsFound: Predicate<ConditionOf<'findings'>> = (
  { findings },
  { rules, severities, count, together },
) => {
  const isOf = (finding: SnapshotFinding, globs: readonly string[] | undefined): boolean =>
    globs === undefined || globs.some((glob) => matchesPattern(finding.rule, glob));
  const asked = findings.filter((finding) => isOf(finding, rules) && severities.includes(finding.severity));
  const objects = [...new Set(asked.map(({ object }) => object))].sort();
  if (objects.length === 0) return not();
  if (objects.length < count) return not(`${counted(count - objects.length, 'more object')} of the same kind`);
  const beside =
    together === undefined ||
    findings.some((finding) => finding.severity !== 'notice' && isOf(finding, together) && !isOf(finding, rules));
  if (!beside) return not(`${listed(together ?? [])} found as well`);
  const said = new Set(asked.map(({ object, rule, summary }) => `${object}: ${summary} (${rule})`));
  return holds(listed([...said].sort()), objects);
};

export const hasRecovered: Predicate<ConditionOf<'recovered'>> = ({ recovered, from, snapshot }) => {
  const since = (finding: SnapshotFinding): number =>
    finding.since === null ? Date.parse(snapshot.takenAt) : Date.parse(finding.since);
  const hit = recovered.filter((finding) => finding.severity !== 'notice' && since(finding) >= from);
  const roots = [...new Set(hit.map(({ root }) => root))].sort();
  return roots.length === 0 ? not() : holds(`${listed(roots)}: all of it is ready again`, roots);
};

function forMs({ now }: Sight, { since }: SnapshotProbe): number {
  // Nobody knows since when: since now, and so it does not count as minutes.
  return since === null ? 0 : Math.max(0, now - Date.parse(since));
}

function targetText(target: string): string {
  return `Probe ${target}`;
}
