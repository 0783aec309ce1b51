import type { ReportRule } from './rule.ts';
import { frontMatterIsComplete } from './rules/v1-front-matter-is-complete.ts';
import { sectionsAreThere } from './rules/v2-sections-are-there.ts';
import { nothingIsLeftToFillIn } from './rules/v3-nothing-is-left-to-fill-in.ts';
import { timesAreUtcAndPast } from './rules/v4-times-are-utc-and-past.ts';
import { timesAreExact } from './rules/v5-times-are-exact.ts';
import { timesAreInOrder } from './rules/v6-times-are-in-order.ts';
import { durationsAreComputed } from './rules/v7-durations-are-computed.ts';
import { disagreeingClocksAreExplained } from './rules/v8-disagreeing-clocks-are-explained.ts';
import { claimsCiteEvidence } from './rules/v9-claims-cite-evidence.ts';
import { evidenceIsGenuine } from './rules/v10-evidence-is-genuine.ts';
import { wordsStandInEvidence } from './rules/v11-words-stand-in-evidence.ts';
import { eventsLieInEvidenceWindow } from './rules/v12-events-lie-in-evidence-window.ts';
import { reportsAreToldFromObservations } from './rules/v13-reports-are-told-from-observations.ts';
import { absenceIsAnAnswer } from './rules/v14-absence-is-an-answer.ts';
import { causeLeadsToImpact } from './rules/v15-cause-leads-to-impact.ts';
import { othersWereRuledOut } from './rules/v16-others-were-ruled-out.ts';
import { severityIsTheEngines } from './rules/v17-severity-is-the-engines.ts';
import { severityIsNotPlayedDown } from './rules/v18-severity-is-not-played-down.ts';
import { recurrenceFollowsHistory } from './rules/v19-recurrence-follows-history.ts';
import { candidatesAreJudged } from './rules/v20-candidates-are-judged.ts';
import { earlierActionsAreListed } from './rules/v21-earlier-actions-are-listed.ts';
import { openEarlierActionsAreNamed } from './rules/v22-open-earlier-actions-are-named.ts';
import { actionsCanBeFollowed } from './rules/v23-actions-can-be-followed.ts';
import { pathsExist } from './rules/v24-paths-exist.ts';
import { detectionIsImproved } from './rules/v25-detection-is-improved.ts';
import { draftsParse } from './rules/v26-drafts-parse.ts';
import { openItemsAreNotDoubled } from './rules/v27-open-items-are-not-doubled.ts';
import { onlySafeItemsAreAutomatable } from './rules/v28-only-safe-items-are-automatable.ts';
import { noSecretIsTold } from './rules/v29-no-secret-is-told.ts';
import { foreignTextIsLetters } from './rules/v30-foreign-text-is-letters.ts';
import { nobodyIsBlamed } from './rules/v31-nobody-is-blamed.ts';
import { linksAndVersionsHold } from './rules/v32-links-and-versions-hold.ts';

/** V1 to V32, in this order. */
export const reportRules: readonly ReportRule[] = [
  frontMatterIsComplete,
  sectionsAreThere,
  nothingIsLeftToFillIn,
  timesAreUtcAndPast,
  timesAreExact,
  timesAreInOrder,
  durationsAreComputed,
  disagreeingClocksAreExplained,
  claimsCiteEvidence,
  evidenceIsGenuine,
  wordsStandInEvidence,
  eventsLieInEvidenceWindow,
  reportsAreToldFromObservations,
  absenceIsAnAnswer,
  causeLeadsToImpact,
  othersWereRuledOut,
  severityIsTheEngines,
  severityIsNotPlayedDown,
  recurrenceFollowsHistory,
  candidatesAreJudged,
  earlierActionsAreListed,
  openEarlierActionsAreNamed,
  actionsCanBeFollowed,
  pathsExist,
  detectionIsImproved,
  draftsParse,
  openItemsAreNotDoubled,
  onlySafeItemsAreAutomatable,
  noSecretIsTold,
  foreignTextIsLetters,
  nobodyIsBlamed,
  linksAndVersionsHold,
];
