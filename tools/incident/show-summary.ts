import { agoText, counted } from '../../src/cluster/index.ts';
import type { Dossier } from '../../src/incident/record/port.ts';
import { type Answer, oneLine, text, Untrusted } from '../../src/kit/index.ts';
import { gapsOf } from './gaps.ts';
import { nextStep } from './next-step.ts';
import type { Asked, Showing } from './show.ts';
import { plainName, plainObject, plainWriter, severityText, stampText, windowText } from './words.ts';

export function summaryAnswer(dossier: Dossier, _: Asked, { ports, now }: Showing): Answer {
  const { incident, triage, leases, reports, actions } = dossier;
  const { title, symptom, services, namespaces, override } = incident;
  const version = reports.at(-1);
  return text({
    asOf: now(),
    coverage: { covered: `${incident.id}, version ${incident.version}`, missing: gapsOf(dossier) },
    headline: `${severityText(incident)} · ${incident.status} · ${incident.id} (#${incident.number})`,
    blocks: [
      Untrusted.byAgent(oneLine(title, 200)),
      Untrusted.byAgent(oneLine(symptom, 1_000)),
      timesText(dossier, now()),
      `window ${windowText(incident.window)} · noticed by: ${incident.detectedBy} · opened by ${plainName(incident.openedBy.agent)}`,
      ...(services.length === 0 ? [] : [`services: ${services.slice(0, 20).map(plainName).join(', ')}`]),
      ...(namespaces.length === 0 ? [] : [`namespaces: ${namespaces.slice(0, 20).map(plainName).join(', ')}`]),
      ...(incident.change === undefined
        ? []
        : [`FIRST SUSPECT: change ${plainName(incident.change)}, whose expectation failed`]),
      ...(incident.mergedInto === undefined ? [] : [`merged into ${plainName(incident.mergedInto)}`]),
      ...(override === undefined
        ? []
        : [`severity overridden by ${plainName(override.by)}:`, Untrusted.byAgent(oneLine(override.reason))]),
      ...(triage === undefined
        ? []
        : [
            `triage ${agoText(triage.at, now())}: ${triage.severity}, suspects ${
              triage.suspects
                .slice(0, 3)
                .map(({ object }) => plainObject(object))
                .join(', ') || 'none'
            }`,
          ]),
      countsText(dossier),
      ...(version === undefined
        ? []
        : [
            `report version ${version.version}, ${version.final ? `final${version.published === undefined ? '' : `, ${plainPlace(version.published)}`}` : `draft with ${counted(version.problems.filter(({ severity }) => severity === 'error').length, 'error')}`}`,
          ]),
      ...(actions.length === 0
        ? []
        : [`actions: ${actions.filter(({ status }) => status === 'landed').length} of ${actions.length} landed`]),
    ],
    notes: [
      ...leases.map(
        ({ stage, holder, until }) =>
          `HELD: ${stage} by ${plainWriter(holder)} until ${stampText(until)}; it ends by itself when its holder died`,
      ),
      `next: ${nextStep(dossier, ports.reporter.recurrenceThreshold)}`,
    ],
  });
}

function plainPlace(place: string): string {
  return /^[\w./@:+-]{1,300}$/.test(place) ? place : '?';
}

function timesText({ incident }: Dossier, now: Date): string {
  const { startedAt, detectedAt, mitigatedAt, resolvedAt } = incident;
  const told = (name: string, at: Date | undefined): string =>
    at === undefined ? `${name} NOT SAID` : `${name} ${stampText(at)} (${agoText(at, now)})`;
  return [
    told('started', startedAt),
    told('detected', detectedAt),
    told('mitigated', mitigatedAt),
    told('resolved', resolvedAt),
  ].join(' · ');
}

function countsText({ evidence, findings, candidates, historyAt }: Dossier): string {
  const failed = evidence.filter(({ status }) => status === 'error').length;
  const supported = findings.filter(({ status }) => status === 'supported').length;
  const open = findings.filter(({ status }) => status === 'open').length;
  const undecided = candidates.filter(({ verdict }) => verdict === undefined).length;
  return [
    `evidence ${evidence.length}${failed === 0 ? '' : ` (${failed} could not be asked)`}`,
    `findings ${findings.length} (${supported} supported, ${open} open)`,
    historyAt === undefined ? 'history NOT ASKED' : `candidates ${candidates.length} (${undecided} without verdict)`,
  ].join(' · ');
}
