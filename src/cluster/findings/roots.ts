import { at, textAt } from '../fields.ts';
import { type ObjectRef, refText } from '../owner.ts';
import { templatesFor } from '../pod/template.ts';
import { podSelectorOf } from '../service/service.ts';
import { nameText } from '../words.ts';
import type { Severity } from './rule.ts';
import { type FoundBy, type Survey, severityOrder } from './survey.ts';

/**
 * Findings by the object to act on.
 *
 *  root      the owner at the top: a Deployment, a CronJob, a node
 *  symptom   a root that is only wrong because another is: workloads on a node that is down, the Service of pods that crash
 */
export interface Root {
  readonly ref: ObjectRef;
  readonly severity: Severity;
  /** Its own, worst first. */
  readonly findings: readonly FoundBy[];
  readonly symptoms: readonly Root[];
}

/** So many workloads on a node that is down are no coincidence. */
const fewestOnNode = 3;

/** Worst first, and among equals nodes first. */
export function rootsOf(survey: Survey): readonly Root[] {
  const groups = new Map<string, FoundBy[]>();
  for (const finding of survey.findings) {
    const key = refText(finding.root);
    const there = groups.get(key);
    if (there === undefined) groups.set(key, [finding]);
    else there.push(finding);
  }
  const causes = causesOf(groups, survey);
  const rootOf = (key: string, findings: readonly FoundBy[]): readonly Root[] => {
    const [worst] = findings;
    if (worst === undefined) return [];
    const symptoms = [...groups].filter(([symptom]) => causes.get(symptom) === key);
    return [
      {
        ref: worst.root,
        severity: worst.severity,
        findings,
        symptoms: symptoms.flatMap(([symptom, own]) => rootOf(symptom, own)),
      },
    ];
  };
  return [...groups]
    .filter(([key]) => !causes.has(key))
    .flatMap(([key, findings]) => rootOf(key, findings))
    .sort((a, b) => (orderKey(a) < orderKey(b) ? -1 : 1));
}

/** Sorts roots as text: worst first, nodes first, then by name. It stands in cursors, so it is no longer than names are. */
export function orderKey({ severity, ref }: Root): string {
  return `${severityOrder[severity]} ${ref.kind === 'Node' ? 0 : 1} ${ref.namespace}/${nameText(ref.name)} ${nameText(ref.kind)}`;
}

type Groups = ReadonlyMap<string, readonly FoundBy[]>;

/** Which root is whose symptom. No cause is a symptom itself, so there are no circles. */
function causesOf(groups: Groups, survey: Survey): ReadonlyMap<string, string> {
  const causes = new Map<string, string>();
  for (const { object, rule } of survey.findings) {
    if (rule !== 'node-not-ready') continue;
    const hit = [...groups].filter(([, findings]) => isDueToNode(findings, object.name)).map(([key]) => key);
    if (hit.length >= fewestOnNode) for (const key of hit) causes.set(key, refText(object));
  }
  for (const [key, findings] of groups) {
    const cause = quotaCause(findings, groups) ?? serviceCause(findings, groups, survey);
    if (cause !== undefined) causes.set(key, causes.get(cause) ?? cause);
  }
  return causes;
}

/** What a workload shows whatever keeps its pods from running. */
const consequences = new Set(['replicas-unavailable', 'rollout-stuck']);

/** Its failing pods are all on that node, and the rest follows from them. */
function isDueToNode(findings: readonly FoundBy[], node: string): boolean {
  const ofPods = findings.filter(({ object }) => object.kind === 'Pod');
  return (
    ofPods.length > 0 &&
    ofPods.every(({ object }) => textAt(at(object.body, 'spec'), 'nodeName') === node) &&
    findings.every(({ object, rule }) => object.kind === 'Pod' || consequences.has(rule))
  );
}

/** The quota that refuses the pods of a workload with which nothing else is wrong. */
function quotaCause(findings: readonly FoundBy[], groups: Groups): string | undefined {
  const refusal = findings.find(({ rule }) => rule === 'pods-not-created');
  const others = findings.filter((finding) => finding !== refusal);
  if (refusal === undefined || !others.every(({ rule }) => consequences.has(rule))) return undefined;
  const quota = [...groups.values()]
    .flat()
    .find(
      ({ rule, object }) =>
        rule === 'quota-pressure' &&
        object.namespace === refusal.object.namespace &&
        refusal.detail?.test((said) => said.includes(`quota: ${object.name},`)) === true,
    );
  return quota === undefined ? undefined : refText(quota.root);
}

/** The workload a Service without endpoints waits for, when something is wrong with it. */
function serviceCause(findings: readonly FoundBy[], groups: Groups, { view }: Survey): string | undefined {
  const [first] = findings;
  if (first === undefined || findings.some(({ rule }) => rule !== 'service-without-endpoints')) return undefined;
  const selector = podSelectorOf(first.object);
  if (selector === undefined) return undefined;
  const { namespace } = first.object;
  const behind = [
    ...view.selected('pods', namespace, selector).map((pod) => view.rootOf(pod)),
    ...templatesFor(view, namespace, selector).map(({ owner }) => view.rootOf(owner)),
  ];
  return behind.map(refText).find((key) => groups.get(key)?.some(({ severity }) => severity !== 'notice') === true);
}
