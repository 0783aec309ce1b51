import {
  isList,
  isObject,
  member,
  objectAt,
  optionalFlagAt,
  optionalStringAt,
  type PlanObject,
  stringAt,
  stringsAt,
  unreadable,
} from './plan-json.ts';
import type { PlanAction, PlannedChange, PlannedOutput, PlanValue } from './reading.ts';

/** What the engine writes for each action; some are two steps, in the order they are done. */
const actionNames = new Map<string, { readonly action: PlanAction; readonly createFirst: boolean }>([
  ['no-op', { action: 'no-op', createFirst: false }],
  ['create', { action: 'create', createFirst: false }],
  ['read', { action: 'read', createFirst: false }],
  ['update', { action: 'update', createFirst: false }],
  ['delete', { action: 'delete', createFirst: false }],
  ['delete,create', { action: 'replace', createFirst: false }],
  ['create,delete', { action: 'replace', createFirst: true }],
  ['forget', { action: 'forget', createFirst: false }],
  ['create,forget', { action: 'create-then-forget', createFirst: true }],
  ['forget,create', { action: 'create-then-forget', createFirst: false }],
]);

function actionOf(change: PlanObject): { readonly action: PlanAction; readonly createFirst: boolean } {
  const found = actionNames.get(stringsAt(change, 'actions').join(','));
  if (found === undefined) throw unreadable('a change has actions that are not known');
  return found;
}

export function readChange(resource: PlanObject): PlannedChange {
  const change = objectAt(resource, 'change');
  const mode = stringAt(resource, 'mode');
  if (mode !== 'managed' && mode !== 'data') throw unreadable('a resource is neither managed nor data');
  const importing = member(change, 'importing') ?? null;
  if (importing !== null && !isObject(importing)) throw unreadable('importing is not an object');
  return {
    address: stringAt(resource, 'address'),
    moduleAddress: optionalStringAt(resource, 'module_address') ?? '',
    mode,
    type: stringAt(resource, 'type'),
    name: stringAt(resource, 'name'),
    index: indexOf(resource),
    provider: optionalStringAt(resource, 'provider_name') ?? '',
    ...actionOf(change),
    reason: optionalStringAt(resource, 'action_reason'),
    previousAddress: optionalStringAt(resource, 'previous_address'),
    deposed: optionalStringAt(resource, 'deposed'),
    importing: importing !== null,
    ...(importing === null ? {} : { imported: importing }),
    before: member(change, 'before') ?? null,
    after: member(change, 'after') ?? null,
    beforeSensitive: marksAt(change, 'before_sensitive'),
    afterSensitive: marksAt(change, 'after_sensitive'),
    afterUnknown: marksAt(change, 'after_unknown'),
    replacePaths: replacePathsOf(change),
  };
}

function indexOf(resource: PlanObject): string | number | undefined {
  const index = member(resource, 'index') ?? undefined;
  if (index === undefined || typeof index === 'string' || typeof index === 'number') return index;
  throw unreadable('the index of a resource is neither text nor number');
}

/** Marks have the shape of the value, with `true` for all that lies below. Anything else marks everything. */
function marksAt(change: PlanObject, key: string): PlanValue {
  const marks = member(change, key) ?? false;
  if (typeof marks === 'boolean' || isObject(marks) || isList(marks)) return marks;
  throw unreadable(`${key} is no mark`);
}

function replacePathsOf(change: PlanObject): readonly (readonly (string | number)[])[] {
  const paths = member(change, 'replace_paths') ?? [];
  if (!isList(paths)) throw unreadable('replace_paths is not a list');
  return paths.map((path) => {
    if (!isList(path)) throw unreadable('a replace path is not a list');
    return path.map((step) => {
      if (typeof step === 'string' || typeof step === 'number') return step;
      throw unreadable('a step of a replace path is neither text nor number');
    });
  });
}

export function readOutput(name: string, change: PlanObject): PlannedOutput {
  const marked = (key: string): boolean => {
    const marks = marksAt(change, key);
    return marks === true || (marks !== false && holdsTrue(marks));
  };
  return {
    name,
    action: actionOf(change).action,
    before: member(change, 'before') ?? null,
    after: member(change, 'after') ?? null,
    sensitive: marked('before_sensitive') || marked('after_sensitive'),
    unknown: marked('after_unknown'),
  };
}

/** One marked or unknown part makes the whole output so. */
function holdsTrue(marks: PlanValue): boolean {
  if (marks === true) return true;
  if (isList(marks)) return marks.some(holdsTrue);
  return isObject(marks) && Object.values(marks).some(holdsTrue);
}

export function readDeferred(deferred: PlanObject): { readonly address: string; readonly reason: string } {
  const resource = objectAt(deferred, 'resource_change');
  return { address: stringAt(resource, 'address'), reason: optionalStringAt(deferred, 'reason') ?? 'unknown' };
}

export function readInvocation(invocation: PlanObject): {
  readonly address: string;
  readonly type: string;
  readonly trigger: string;
} {
  const trigger = objectAt(invocation, 'lifecycle_action_trigger');
  return {
    address: stringAt(invocation, 'address'),
    type: optionalStringAt(invocation, 'type') ?? '',
    trigger:
      optionalStringAt(trigger, 'action_trigger_event') ??
      (member(invocation, 'invoke_action_trigger') === undefined ? 'unknown' : 'invoked'),
  };
}

/** `errored` and the like; undefined where the format did not have it yet. */
export function readFlags(plan: PlanObject): {
  readonly applyable: boolean | undefined;
  readonly complete: boolean | undefined;
  readonly errored: boolean;
} {
  return {
    applyable: optionalFlagAt(plan, 'applyable'),
    complete: optionalFlagAt(plan, 'complete'),
    errored: optionalFlagAt(plan, 'errored') ?? false,
  };
}
