import type { Claim, Narrative } from './narrative.ts';

/** A claim, and where in the narrative it stands: `cause.steps[2].claim`. */
export interface PlacedClaim {
  readonly path: string;
  readonly claim: Claim;
}

/** Every claim of a narrative, in the order of the report. */
export function claimsOf({ summary, impact, cause, detection, resolution }: Narrative): readonly PlacedClaim[] {
  const listed = (path: string, claims: readonly Claim[]) =>
    claims.map((claim, index) => ({ path: `${path}[${index}]`, claim }));
  return [
    ...listed('summary', summary),
    ...listed('impact.users', impact.users),
    ...listed('impact.services', impact.services),
    { path: 'impact.dataLoss', claim: impact.dataLoss },
    ...cause.steps.map(({ claim }, index) => ({ path: `cause.steps[${index}].claim`, claim })),
    ...listed('cause.ruledOut', cause.ruledOut),
    ...listed('cause.contributing', cause.contributing),
    { path: 'detection.how', claim: detection.how },
    { path: 'detection.gap', claim: detection.gap },
    ...listed('resolution.steps', resolution.steps),
  ];
}

/** Every sentence somebody wrote, with its place; `quote`s and drafts are others' words and are not among them. */
export function sentencesOf(narrative: Narrative): readonly { readonly path: string; readonly text: string }[] {
  const listed = (path: string, texts: readonly string[]) =>
    texts.map((text, index) => ({ path: `${path}[${index}]`, text }));
  const { title, severityOverride, recurrence, actions, lessons, clockNotes, correction } = narrative;
  return [
    { path: 'title', text: title },
    ...listed('authors', narrative.authors),
    ...listed('services', narrative.services),
    ...listed('namespaces', narrative.namespaces),
    ...(severityOverride === undefined ? [] : [{ path: 'severityOverride.reason', text: severityOverride.reason }]),
    ...claimsOf(narrative).map(({ path, claim }) => ({ path: `${path}.text`, text: claim.text })),
    { path: 'recurrence.text', text: recurrence.text },
    ...actions.map((action, index) => ({ path: `actions[${index}].title`, text: action.title })),
    ...listed('lessons.well', lessons.well),
    ...listed('lessons.poorly', lessons.poorly),
    ...listed('lessons.lucky', lessons.lucky),
    ...listed('clockNotes', clockNotes),
    ...(correction === undefined ? [] : [{ path: 'correction.reason', text: correction.reason }]),
  ];
}

/** Ids of every evidence a narrative cites. */
export function citedIn(narrative: Narrative): readonly string[] {
  return [...new Set(claimsOf(narrative).flatMap(({ claim }) => claim.evidence))].sort();
}

/** Paths of the infra repository that a narrative names: what `ReportInput.repository.lines` has to be asked for. */
export function pathsIn({ actions }: Narrative): readonly string[] {
  const named = actions.flatMap(({ path, verify }) => [path, 'path' in verify ? verify.path : undefined]);
  return [...new Set(named.flatMap((path) => (path === undefined ? [] : [path])))].sort();
}
