import { withoutKeys } from '../../convention/address.ts';
import { allOf, anyOf, type Truth } from '../../convention/node/node.ts';
import { parsePath } from '../../convention/node/path.ts';
import { fits } from '../../convention/pattern.ts';
import type { PlanReading, PlanValue } from '../plan/reading.ts';
import { compare, type Known, registryOf } from './compare.ts';
import type { ChangeCondition, Comparison } from './rule.ts';
import { type KindName, pathIn, type Subject } from './subject.ts';

/** What is looked up once for a whole plan. */
export interface PlanFacts extends Known {
  readonly secrets: readonly string[];
  /** Addresses without instance keys. */
  readonly executing: ReadonlySet<string>;
}

export function factsOf(plan: PlanReading): PlanFacts {
  return {
    registries: new Set(plan.changes.flatMap(({ before }) => imagesIn(before)).map(registryOf)),
    secrets: [...plan.secrets].filter((secret) => secret.length >= 6),
    executing: new Set(plan.provisioners.map(({ address }) => withoutKeys(address))),
  };
}

/** Whether a condition holds of a change. */
export function holds(condition: ChangeCondition, subject: Subject, facts: PlanFacts): Truth {
  const { actions, paths, was, namespaces, is } = condition;
  const { action } = subject.change;
  if (actions !== undefined && !actions.includes(action)) return 'no';
  if (paths !== undefined && actions === undefined && subject.after === undefined) return 'no';
  if (is !== undefined && !isSo[is](subject, facts)) return 'no';
  // What can be told at a glance goes first: most rules are about something else.
  const target = isTarget(condition, subject);
  const place = namespaces === undefined ? 'yes' : isIn(namespaces, subject);
  if (target === 'no' || place === 'no') return 'no';
  return allOf([
    target,
    place,
    paths === undefined ? 'yes' : anyOf(paths.map((one) => compareAt(one, subject, facts))),
    // What is there is compared as if it were new.
    was === undefined ? 'yes' : anyOf(was.map((one) => compareAt(one, asIfNew(subject), facts))),
  ]);
}

function asIfNew(subject: Subject): Subject {
  return { ...subject, before: undefined, after: subject.before };
}

function isTarget({ types, kinds }: ChangeCondition, { change, kinds: ofSubject }: Subject): Truth {
  if (types === undefined && kinds === undefined) return 'yes';
  const byKind = ofSubject.map((kind): Truth => (kind === undefined ? 'unknown' : isKind(kind, kinds ?? [])));
  return anyOf([fits(change.type, types ?? []) ? 'yes' : 'no', ...(kinds === undefined ? [] : byKind)]);
}

/** Unknown where the kind fits and nobody knows of which group it is. */
export function isKind({ kind, group }: KindName, patterns: readonly string[]): Truth {
  return anyOf(
    patterns.map((pattern): Truth => {
      const [name = '', ...rest] = pattern.split('.');
      if (!fits(kind, [name])) return 'no';
      if (rest.length === 0) return 'yes';
      return group === undefined ? 'unknown' : fits(group, [rest.join('.')]) ? 'yes' : 'no';
    }),
  );
}

function isIn(namespaces: readonly string[], { kind, kinds, name, namespace }: Subject): Truth {
  if (kinds.length === 0) return 'no';
  const own = kind === 'Namespace' ? name : namespace;
  return own === undefined ? 'unknown' : fits(own, namespaces) ? 'yes' : 'no';
}

function compareAt(comparison: Comparison, subject: Subject, facts: PlanFacts): Truth {
  const text = pathIn(subject, comparison.at.text);
  // What cannot be read may make pods.
  if (text === undefined) return subject.kinds.includes(undefined) ? 'unknown' : 'no';
  const path = text === comparison.at.text ? comparison.at.steps : (parsePath(text) ?? []);
  return compare(subject, comparison, path, facts);
}

const isSo: Readonly<Record<NonNullable<ChangeCondition['is']>, (subject: Subject, facts: PlanFacts) => boolean>> = {
  imported: ({ change }) => change.importing,
  moved: ({ change }) => change.previousAddress !== undefined,
  executing: ({ change }, { executing }) =>
    !['no-op', 'read', 'update', 'forget'].includes(change.action) && executing.has(withoutKeys(change.address)),
  revealing: ({ change }, { secrets }) => {
    const shown = plainTexts(change.after, change.afterSensitive);
    const before = new Set(plainTexts(change.before, change.beforeSensitive));
    return shown.some((text) => !before.has(text) && secrets.some((secret) => text.includes(secret)));
  },
};

/** Texts that no mark of sensitivity covers. */
function plainTexts(value: PlanValue, marks: PlanValue | undefined): readonly string[] {
  if (marks === true) return [];
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  const inside: Readonly<Record<string, PlanValue>> =
    Array.isArray(marks) || isRecord(marks) ? Object.fromEntries(Object.entries(marks)) : {};
  return Object.entries(value).flatMap(([key, child]) =>
    plainTexts(child, Object.hasOwn(inside, key) ? inside[key] : undefined),
  );
}

function isRecord(value: PlanValue | undefined): value is { readonly [key: string]: PlanValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whatever stands under a key `image`, in attributes and in YAML. */
function imagesIn(value: PlanValue): readonly string[] {
  if (typeof value === 'string') {
    return [...value.matchAll(/(?<![\w-])"?image"?\s*:\s*["']?([\w.\-/:@]+)/g)].map(([, image = '']) => image);
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === 'image' && typeof child === 'string' ? [child] : imagesIn(child),
  );
}
