import { ageText, millisecondsSince } from '../fields.ts';
import type { FoundBy } from '../findings/survey.ts';
import { healthOf } from '../health/health-of.ts';
import type { Verdict } from '../health/verdict.ts';
import { managedBy } from '../managed-by.ts';
import { refText } from '../owner.ts';
import { unhealthyConditions } from './parts/conditions.ts';
import { editsSection } from './parts/edits.ts';
import { eventsSection } from './parts/events.ts';
import { findingsAbout, findingsSection } from './parts/findings.ts';
import { logSections } from './parts/log-lines.ts';
import { ownersSection } from './parts/owners.ts';
import { relatedTo } from './parts/related.ts';
import { statusText } from './parts/tally.ts';
import { profileOf } from './profiles.ts';
import type { Section } from './section.ts';
import { type Missing, readSurroundings, type Subject, type Surroundings } from './surroundings.ts';

/** An object told by what it means: how it is, why, and what it hangs together with. */
export interface Description {
  /** `Deployment shop/web: problem, 1/3 ready; 9d old; managed by Terraform; critical: OOMKilled, memory limit 64Mi`. */
  readonly state: string;
  /** The most important first. */
  readonly sections: readonly Section[];
  /** What could not be seen, and why. */
  readonly missing: readonly Missing[];
}

export async function describeObject(subject: Subject): Promise<Description> {
  const profile = profileOf(subject.kind);
  const around = await readSurroundings(subject, profile);
  const found = findingsAbout(around, relatedTo(around));
  const logs = await logSections(around, subject);
  const sections = [
    findingsSection(around, found),
    unhealthyConditions(around, found),
    ...profile.parts.map((part) => part(around)),
    editsSection(around),
    eventsSection(around, found),
    ...logs,
    ownersSection(around),
    ...profile.relations.map((part) => part(around)),
  ];
  return {
    state: stateOf(around, found[0]),
    sections: sections.filter((one) => one !== undefined),
    missing: around.missing,
  };
}

/** How it is by its own status, how old it is, who makes it what it is, and the worst that was found. */
function stateOf(around: Surroundings, worst: FoundBy | undefined): string {
  const { object, now } = around;
  const manager = managerOf(around);
  return [
    `${refText(object)}: ${healthText(healthOf(object).judge(object, now))}`,
    `${ageText(millisecondsSince(object.created, now))} old`,
    ...(manager === undefined ? [] : [`managed by ${manager}`]),
    ...(worst === undefined ? [] : [`${worst.severity}: ${worst.summary}${whoseText(worst, around)}`]),
  ].join('; ');
}

function healthText(verdict: Verdict): string {
  if (verdict.status === 'stateless') return 'reports no status';
  const { status, summary } = verdict;
  return status === 'unknown' || status === summary ? statusText(verdict) : `${status}, ${summary}`;
}

/** `Deployment shop/web (Terraform)`. */
function managerOf({ object, owners }: Surroundings): string | undefined {
  const direct = managedBy(object, owners);
  const top = owners.at(-1)?.found;
  const above = top === undefined || 'why' in top ? undefined : managedBy(top.object, []);
  return direct === undefined || above === undefined ? direct : `${direct} (${above})`;
}

/** Named where it is neither the object itself nor what it made. */
function whoseText({ root, object: found }: FoundBy, { object }: Surroundings): string {
  const self = refText(object);
  return refText(found) === self || refText(root) === self ? '' : ` (${refText(found)})`;
}
