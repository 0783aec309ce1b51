import { agoText } from '../../src/cluster/index.ts';
import type { Finding } from '../../src/incident/finding.ts';
import type { Dossier } from '../../src/incident/record/port.ts';
import { type Answer, oneLine, table, text, Untrusted } from '../../src/kit/index.ts';
import { actionLines, candidateBlocks } from './candidate-blocks.ts';
import { gapsOf } from './gaps.ts';
import { type Blocks, pageOf, skippedBy } from './paging.ts';
import type { Asked, Showing } from './show.ts';
import { surroundingBlocks, triageBlocks, triageHeadline, unreadOf } from './triage-words.ts';
import { callText, plainWriter, stampText, told } from './words.ts';

export function findingsAnswer(dossier: Dossier, _: Asked, { now, page, room }: Showing): Answer {
  const order = ['supported', 'open', 'refuted'];
  const findings = dossier.findings.toSorted(
    (a, b) => order.indexOf(a.status) - order.indexOf(b.status) || b.confidence - a.confidence,
  );
  return text({
    asOf: now(),
    coverage: { covered: `findings of ${dossier.incident.id}`, missing: gapsOf(dossier) },
    headline: findings.length === 0 ? 'NONE yet' : `${findings.length} findings`,
    ...pageOf(findings, (finding) => findingBlocks(finding, now()), { page, room }),
  });
}

function findingBlocks(finding: Finding, now: Date): Blocks {
  const { id, status, confidence, evidence, by, at, hypothesis, nextChecks } = finding;
  return [
    `${id} ${status.toUpperCase()} ${confidence} by ${plainWriter(by)} ${agoText(at, now)}, cites ${evidence.join(' ') || 'nothing'}`,
    Untrusted.byAgent(
      [oneLine(hypothesis, 600), ...nextChecks.map((check) => `next: ${oneLine(check, 200)}`)].join('\n'),
    ),
  ];
}

export function triageAnswer({ triage, incident }: Dossier, _: Asked, { now }: Showing): Answer {
  if (triage === undefined) return notYet(now(), 'triage', callText('sev_triage', { incident: incident.id }));
  return text({
    asOf: triage.at,
    coverage: { covered: `as judged ${agoText(triage.at, now())} from ${triage.snapshot}`, missing: unreadOf(triage) },
    headline: triageHeadline(triage, incident),
    blocks: [...triageBlocks(triage, now()), ...surroundingBlocks(triage)],
    narrow: 'budget= up to 24000 shows all',
  });
}

export function historyAnswer(
  { candidates, historyAt, incident }: Dossier,
  _: Asked,
  { now, page, room }: Showing,
): Answer {
  if (historyAt === undefined) return notYet(now(), 'history', callText('sev_history', { incident: incident.id }));
  return text({
    asOf: historyAt,
    coverage: { covered: `history as it was asked ${agoText(historyAt, now())}` },
    headline: candidates.length === 0 ? 'no candidates: nothing is like it' : `${candidates.length} candidates`,
    ...pageOf(candidates, (candidate, index) => candidateBlocks(candidate, index, now()), { page, room }),
  });
}

export function actionsAnswer({ actions, incident }: Dossier, _: Asked, { now, page, room }: Showing): Answer {
  return text({
    asOf: now(),
    coverage: { covered: `action items of ${incident.id}` },
    headline:
      actions.length === 0 ? 'NONE: they come from the report that is published' : `${actions.length} action items`,
    ...pageOf(actions, (action) => actionLines(action, now()), { page, room }),
    notes: actions.length === 0 ? [] : ['verify one: action_update action=act_… run=true'],
  });
}

export function eventsAnswer({ events, incident }: Dossier, { limit }: Asked, { page, now }: Showing): Answer {
  const skip = skippedBy(page);
  const newest = events.toReversed();
  return table({
    asOf: now(),
    coverage: { covered: `the record of ${incident.id}, newest first` },
    headline: `${events.length} events`,
    columns: ['seq', 'at', 'kind', 'by', 'text', 'evidence'],
    // An event's sentence is ours, but may hold a name or a reason that was given.
    rows: newest
      .slice(skip, skip + (limit ?? 100))
      .map(({ seq, at, kind, by, text: said, reason, evidence }) => [
        seq,
        stampText(at),
        kind,
        plainWriter(by),
        told(reason === undefined ? said : `${said}: ${reason}`, 300),
        evidence.join(' '),
      ]),
    total: events.length,
    skipped: skip,
    continueAt: (shown) => page.mint({ skip: shown }),
  });
}

export function notYet(now: Date, what: string, next: string): Answer {
  return text({
    asOf: now,
    coverage: { covered: 'the record', missing: [{ what, why: 'nobody asked for it yet' }] },
    headline: `NO ${what} yet`,
    blocks: [],
    notes: [`next: ${next}`],
  });
}
