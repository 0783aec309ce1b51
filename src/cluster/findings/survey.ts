import { CastellanError } from '../../kit/index.ts';
import type { Kind } from '../kind.ts';
import type { ObjectRef } from '../owner.ts';
import { servedKind } from '../read-kinds.ts';
import type { ClusterObject, ClusterReader } from '../reader.ts';
import { mergeShapes, type Shape } from '../shape.ts';
import type { ClusterView } from '../view.ts';
import { createView } from '../view.ts';
import { countedShapes } from './counted.ts';
import type { Finding, Rule, Severity } from './rule.ts';

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
  readonly unread: readonly Unread[];
  /** Rules that failed on what they saw: a defect of theirs, which must not hide what the others found. */
  readonly broken: readonly string[];
}

export interface FoundBy extends Finding {
  readonly rule: string;
  readonly root: ObjectRef;
}

export interface Unread {
  readonly kindId: string;
  /** Our words: an error's code and message. */
  readonly why: string;
  /** Rules that were not run for want of it. */
  readonly rules: readonly string[];
}

export interface SurveyOptions {
  readonly rules: readonly Rule[];
  readonly signal: AbortSignal;
  readonly now: Date;
}

/** Kinds whose metadata tells who owns what, and where. */
const alwaysRead: Readonly<Record<string, Shape>> = { 'replicasets.apps': {}, 'jobs.batch': {}, namespaces: {} };

/** Lists asked for at once. A request's deadline runs while it waits for a connection, and there are four. */
const listsAtOnce = 4;

export const severityOrder: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, notice: 2 };

/** Throws when nothing at all could be read, and when the signal fires. */
export async function takeSurvey(reader: ClusterReader, { rules, signal, now }: SurveyOptions): Promise<Survey> {
  const { read, failed } = await readAll(reader, shapesFor(rules), signal);
  const view = createView(read, now);
  const able = rules.filter(({ needs }) => !Object.keys(needs).some((id) => failed.has(id)));
  const ran = able.map((rule) => ({ rule, findings: runRule(rule, view) }));
  return {
    at: now,
    view,
    findings: ran.flatMap(({ findings = [] }) => findings).sort(worstFirst),
    unread: unreadOf(failed, rules),
    broken: ran.filter(({ findings }) => findings === undefined).map(({ rule }) => rule.id),
  };
}

function runRule(rule: Rule, view: ClusterView): readonly FoundBy[] | undefined {
  try {
    return [...rule.find(view)].map((found) => ({ ...found, rule: rule.id, root: view.rootOf(found.object) }));
  } catch {
    // Whoever can write any object must not be able to end the look at all of them; the answer names the rule.
    return undefined;
  }
}

function shapesFor(rules: readonly Rule[]): ReadonlyMap<string, Shape> {
  const shapes = new Map<string, Shape>();
  const wanted = [alwaysRead, countedShapes, ...rules.flatMap(({ needs, wants = {} }) => [needs, wants])];
  for (const [id, shape] of wanted.flatMap((one) => Object.entries(one))) {
    shapes.set(id, mergeShapes(shapes.get(id) ?? {}, shape));
  }
  return shapes;
}

interface Read {
  /** `undefined` for a kind the API server does not serve: that is measured, and not a failure. */
  readonly read: ReadonlyMap<string, readonly ClusterObject[] | undefined>;
  readonly failed: ReadonlyMap<string, CastellanError>;
}

async function readAll(reader: ClusterReader, shapes: ReadonlyMap<string, Shape>, signal: AbortSignal): Promise<Read> {
  const read = new Map<string, readonly ClusterObject[] | undefined>();
  const failed = new Map<string, CastellanError>();
  const served: { readonly id: string; readonly kind: Kind; readonly shape: Shape }[] = [];
  // One after the other: the first asks the server what it serves, and the others find the answer kept.
  for (const [id, shape] of shapes) {
    const kind = await servedKind(reader, id, signal);
    if (kind === undefined) read.set(id, undefined);
    else served.push({ id, kind, shape });
  }
  const left = served.values();
  const work = async (): Promise<void> => {
    for (const { id, kind, shape } of left) {
      try {
        read.set(id, (await reader.list(kind, { shape, signal })).objects);
      } catch (error) {
        if (signal.aborted || !(error instanceof CastellanError)) throw error;
        failed.set(id, error);
      }
    }
  };
  await Promise.all(Array.from({ length: listsAtOnce }, work));
  const [failure] = failed.values();
  if (failure !== undefined && failed.size === served.length) throw failure;
  return { read, failed };
}

function unreadOf(failed: ReadonlyMap<string, CastellanError>, rules: readonly Rule[]): readonly Unread[] {
  return [...failed]
    .map(([id, { code, message }]) => ({
      kindId: id,
      why: `${code}: ${message}`,
      rules: rules.filter(({ needs }) => Object.hasOwn(needs, id)).map((rule) => rule.id),
    }))
    .sort((a, b) => (a.kindId < b.kindId ? -1 : 1));
}

/** Among equals the order of the rules stays: those that tell why come before those that tell that. */
function worstFirst(a: FoundBy, b: FoundBy): number {
  return severityOrder[a.severity] - severityOrder[b.severity];
}
