import type { SeverityLevel } from '../../incident.ts';
import type { RuleHit, Triage } from '../port.ts';
import type { Condition, SeverityRule } from '../rubric.ts';
import type { Sight } from '../sight.ts';
import { certificateEnds, nodePressure, nodesNotReady, volumeUsed } from './hardware.ts';
import { type Look, not } from './look.ts';
import { alertsFiring, findingsFound, hasRecovered, probeFailing } from './signals.ts';
import { podsUnready, serviceEmpty, workloadDegraded, workloadDown, workloadUnready } from './workloads.ts';

export interface Severity {
  readonly level: SeverityLevel;
  readonly rules: readonly RuleHit[];
  readonly wouldRaise: Triage['wouldRaise'];
}

const mostObjects = 20;
const mostRaises = 8;

/** All rules are looked at; the first that holds decides, for the worst stand first. */
export function severityOf(sight: Sight): Severity {
  const looked = sight.rubric.rules.map((rule) => ({ rule, look: lookBy(sight, rule.when) }));
  const rules = looked.filter(({ look }) => look.holds).map(({ rule, look }) => hitOf(rule, look));
  const [first] = rules;
  const level = first?.severity ?? 'none';
  const raises = looked.flatMap(({ rule, look: { holds, needs } }) =>
    !holds && needs !== undefined && isWorse(rule.level, level) ? [{ rule: rule.id, severity: rule.level, needs }] : [],
  );
  return { level: floorOf(sight, level), rules, wouldRaise: raises.slice(0, mostRaises) };
}

/** What could not be looked at is never well: without a reason to worry and with a gap, nobody knows. */
function floorOf({ snapshot: { unread, nodes, probes } }: Sight, level: SeverityLevel): SeverityLevel {
  const isWhole =
    unread.length === 0 && nodes.every(({ ready }) => ready !== null) && probes.every(({ ok }) => ok !== null);
  return !isWhole && (level === 'none' || level === 'SEV4') ? 'unknown' : level;
}

function lookBy(sight: Sight, when: Condition): Look {
  const looks = [
    when['workload-down'] && workloadDown(sight, when['workload-down']),
    when['workload-degraded'] && workloadDegraded(sight, when['workload-degraded']),
    when['workload-unready'] && workloadUnready(sight, when['workload-unready']),
    when['service-empty'] && serviceEmpty(sight, when['service-empty']),
    when['pods-unready'] && podsUnready(sight, when['pods-unready']),
    when['nodes-not-ready'] && nodesNotReady(sight, when['nodes-not-ready']),
    when['node-pressure'] && nodePressure(sight, when['node-pressure']),
    when['volume-used'] && volumeUsed(sight, when['volume-used']),
    when['certificate-ends'] && certificateEnds(sight, when['certificate-ends']),
    when['probe-failing'] && probeFailing(sight, when['probe-failing']),
    when.alerts && alertsFiring(sight, when.alerts),
    when.findings && findingsFound(sight, when.findings),
    when.recovered && hasRecovered(sight, when.recovered),
  ];
  return looks.find((look) => look !== undefined) ?? not();
}

function hitOf({ id, level, sentence }: SeverityRule, { why, objects }: Look): RuleHit {
  return { rule: id, severity: level, why: `${sentence}: ${why}`, objects: objects.slice(0, mostObjects) };
}

function isWorse(one: SeverityLevel, than: SeverityLevel): boolean {
  return than === 'none' || than === 'unknown' || one < than;
}
