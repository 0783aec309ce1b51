import { CastellanError } from '../../kit/index.ts';
import { kindId } from '../kind.ts';
import { type ObjectRef, refText } from '../owner.ts';
import type { ClusterObject, ClusterReader } from '../reader.ts';
import { mergeShapes, type Shape } from '../shape.ts';
import type { ClusterView, Finding, Rule, Severity } from './rule.ts';
import { createView, refOf } from './view.ts';

/**
 * One look at the whole cluster by every rule. What could not be read is said, and rules that needed it are unknown: they
 * found nothing because they did not look.
 */
export interface Survey {
  readonly at: Date;
  readonly view: ClusterView;
  /** Worst first. */
  readonly findings: readonly FoundBy[];
  /** Kinds that could not be read, and why. */
  readonly unread: readonly { readonly kindId: string; readonly why: string; readonly rules: readonly string[] }[];
}

export interface FoundBy extends Finding {
  readonly rule: string;
  readonly root: ObjectRef;
}

export interface SurveyOptions {
  readonly rules: readonly Rule[];
  readonly signal: AbortSignal;
  readonly now: Date;
}

/** Kinds whose metadata tells who owns what. */
const alwaysRead: Readonly<Record<string, Shape>> = { 'replicasets.apps': {}, 'jobs.batch': {}, namespaces: {} };

export const severityOrder: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, notice: 2 };

export async function takeSurvey(reader: ClusterReader, { rules, signal, now }: SurveyOptions): Promise<Survey> {
  const needs = [alwaysRead, ...rules.map((rule) => rule.needs)];
  const shapes = new Map<string, Shape>();
  for (const [id, shape] of needs.flatMap((need) => Object.entries(need))) {
    shapes.set(id, mergeShapes(shapes.get(id) ?? {}, shape));
  }
  const read = new Map<string, readonly ClusterObject[] | undefined>();
  const failed = new Map<string, string>();
  await Promise.all(
    [...shapes].map(async ([id, shape]) => {
      try {
        read.set(id, await objectsOf(reader, id, shape, signal));
      } catch (error) {
        if (!(error instanceof CastellanError)) throw error;
        failed.set(id, `${error.code}: ${error.message}`);
      }
    }),
  );
  const view = createView(read, now);
  const findings = rules
    .filter((rule) => !Object.keys(rule.needs).some((id) => failed.has(id)))
    .flatMap((rule) =>
      [...rule.find(view)].map(
        (finding): FoundBy => ({ ...finding, rule: rule.id, root: view.rootOf(finding.object) }),
      ),
    )
    .sort(worstFirst);
  return {
    at: now,
    view,
    findings,
    unread: [...failed].map(([id, why]) => ({
      kindId: id,
      why,
      rules: rules.filter(({ needs: needed }) => Object.hasOwn(needed, id)).map((rule) => rule.id),
    })),
  };
}

/** `undefined` when the API server serves no such kind: that is measured, and not a failure. */
async function objectsOf(
  reader: ClusterReader,
  id: string,
  shape: Shape,
  signal: AbortSignal,
): Promise<readonly ClusterObject[] | undefined> {
  try {
    const kind = await reader.kind(id, signal);
    // `events.events.k8s.io` and the like: another group's kind of the same plural is not the one meant.
    if (kindId(kind) !== id) return undefined;
    return (await reader.list(kind, { shape, signal })).objects;
  } catch (error) {
    if (error instanceof CastellanError && error.code === 'cluster-kind-unknown') return undefined;
    throw error;
  }
}

function worstFirst(a: FoundBy, b: FoundBy): number {
  const [one, other] = [refText(refOf(a.object)), refText(refOf(b.object))];
  return severityOrder[a.severity] - severityOrder[b.severity] || (one < other ? -1 : one > other ? 1 : 0);
}
