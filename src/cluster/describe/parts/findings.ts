import { ageText, millisecondsSince } from '../../fields.ts';
import { allRules } from '../../findings/rules.ts';
import { type FoundBy, severityOrder } from '../../findings/survey.ts';
import { type ObjectRef, refText } from '../../owner.ts';
import type { ClusterObject } from '../../reader.ts';
import { quoted, type Section, section } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';

const mostFindings = 12;

/** Why comes before that: the rules' own order. */
const rank = new Map(allRules.map(({ id }, index) => [id, index]));

/**
 * Of everything the rules found in the cluster, what is about this object, what it belongs to, and what it depends on:
 * worst first, causes before what follows from them.
 */
export function findingsAbout(around: Surroundings, related: readonly ObjectRef[]): readonly FoundBy[] {
  const { survey, object } = around;
  if (survey === undefined) return [];
  const root = refText(survey.view.rootOf(object));
  const near = new Set(related.map(refText));
  const isNear = (found: FoundBy): boolean =>
    object.kind === 'Namespace'
      ? found.object.namespace === object.name
      : refText(found.root) === root || near.has(refText(found.object));
  return survey.findings
    .filter(isNear)
    .sort(
      (a, b) =>
        severityOrder[a.severity] - severityOrder[b.severity] ||
        rankOf(a) - rankOf(b) ||
        Number(isAbout(b, object)) - Number(isAbout(a, object)),
    );
}

export function findingsSection(around: Surroundings, found: readonly FoundBy[]): Section | undefined {
  const shown = found.slice(0, mostFindings);
  const rest = found.length - shown.length;
  return section('findings', [
    ...shown.map((finding) => lineOf(finding, around)),
    rest > 0 ? `and ${rest} more` : undefined,
    ...shown.flatMap(({ rule, detail }) => (detail === undefined ? [] : [quoted(rule, detail)])),
  ]);
}

/** `critical container-crashing: CrashLoopBackOff: OOMKilled (Pod shop/web-1, for 2h) → kubectl_logs …` */
function lineOf(
  { severity, rule, summary, object, since, next }: FoundBy,
  { object: subject, now }: Surroundings,
): string {
  const isSubject = isAbout({ object }, subject);
  const where = [
    ...(isSubject ? [] : [refText(object)]),
    ...(since === undefined ? [] : [`for ${ageText(millisecondsSince(since, now))}`]),
  ];
  const about = where.length === 0 ? '' : ` (${where.join(', ')})`;
  return `${severity} ${rule}: ${summary}${about}${isWorthCalling(next) ? ` → ${next}` : ''}`;
}

/** What describing something else near would tell is mostly told here. */
function isWorthCalling(next: string | undefined): boolean {
  return next !== undefined && !next.startsWith('kubectl_describe');
}

function isAbout({ object }: Pick<FoundBy, 'object'>, subject: ClusterObject): boolean {
  return refText(object) === refText(subject);
}

function rankOf({ rule }: FoundBy): number {
  return rank.get(rule) ?? rank.size;
}
