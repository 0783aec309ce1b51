import { doesSomething } from './digest.ts';
import {
  isObject,
  member,
  objectAt,
  objectsAt,
  optionalFlagAt,
  optionalStringAt,
  type PlanObject,
  parsePlanText,
  stringAt,
  unreadable,
} from './plan-json.ts';
import { readChange, readDeferred, readFlags, readInvocation, readOutput } from './read-change.ts';
import { readConfiguration } from './read-configuration.ts';
import type { PlannedChange, PlannedCheck, PlanReading } from './reading.ts';
import { createSecretCollector, type SecretCollector } from './secrets.ts';

/**
 * Reads what `terraform show -json` or `tofu show -json` says of a saved plan: formats 1.x, and 0.x as older engines wrote them.
 * Keys it does not know are passed over; a shape, an action or a mark it does not know is `plan-unreadable`.
 */
export function readPlan(json: string): PlanReading {
  const plan = parsePlanText(json);
  const formatVersion = stringAt(plan, 'format_version');
  if (!/^[01]\.\d{1,4}(?:\.\d{1,4})?$/.test(formatVersion)) throw unreadable('its format is not 0.x or 1.x');
  const configuration = readConfiguration(objectAt(plan, 'configuration'));
  const changes = readChanges(plan, 'resource_changes');
  const drift = readChanges(plan, 'resource_drift');
  const outputs = Object.entries(objectAt(plan, 'output_changes')).map(([name, change]) => {
    if (!isObject(change)) throw unreadable('an output change is not an object');
    return readOutput(name, change);
  });
  const deferred = [
    ...objectsAt(plan, 'deferred_changes').map(readDeferred),
    ...objectsAt(plan, 'deferred_action_invocations').map((one) => ({
      address: stringAt(objectAt(one, 'action_invocation'), 'address'),
      reason: optionalStringAt(one, 'reason') ?? 'unknown',
    })),
  ];
  const invocations = objectsAt(plan, 'action_invocations');
  const said = readFlags(plan);
  // OpenTofu and older engines do not say these two. What is not said is taken from what there is to do.
  const complete = said.complete ?? (!said.errored && deferred.length === 0);
  const does =
    invocations.length > 0 || outputs.some(({ action }) => action !== 'no-op') || changes.some(doesSomething);
  const collector = createSecretCollector();
  for (const value of configuration.sensitive) collector.whole(value);
  collectSecrets(plan, collector);
  for (const change of [...changes, ...drift]) collectFromChange(change, collector);
  for (const output of outputs)
    if (output.sensitive) for (const value of [output.before, output.after]) collector.whole(value);
  return {
    formatVersion,
    engineVersion: optionalStringAt(plan, 'terraform_version') ?? '',
    applyable: !said.errored && (said.applyable ?? does),
    complete,
    errored: said.errored,
    changes,
    drift,
    outputs,
    checks: objectsAt(plan, 'checks').flatMap(readCheck),
    deferred,
    actionInvocations: invocations.map(readInvocation),
    priorCount: countResources(objectAt(objectAt(objectAt(plan, 'prior_state'), 'values'), 'root_module')),
    plannedCount: countResources(objectAt(objectAt(plan, 'planned_values'), 'root_module')),
    secrets: collector.secrets,
    veiled: collector.veiled,
    references: configuration.references,
    provisioners: configuration.provisioners,
    executes: [...configuration.executes, ...invocations],
  };
}

function readChanges(plan: PlanObject, key: string): readonly PlannedChange[] {
  const changes = objectsAt(plan, key).map(readChange);
  const seen = new Set<string>();
  for (const { address, deposed } of changes) {
    const identity = JSON.stringify([address, deposed ?? null]);
    if (seen.has(identity)) throw unreadable('it has two changes of one resource');
    seen.add(identity);
  }
  return changes;
}

const statuses = ['pass', 'fail', 'error', 'unknown'] as const;

function readCheck(check: PlanObject): readonly PlannedCheck[] {
  const one = (part: PlanObject): PlannedCheck => {
    const status = stringAt(part, 'status');
    return {
      address: stringAt(objectAt(part, 'address'), 'to_display'),
      // A status that is new is not one that passed.
      status: statuses.find((known) => known === status) ?? 'unknown',
      problems: objectsAt(part, 'problems').map((problem) => optionalStringAt(problem, 'message') ?? ''),
    };
  };
  const instances = objectsAt(check, 'instances');
  return instances.length === 0 ? [one(check)] : instances.map(one);
}

/** Wherever the format repeats values: the state before, what is planned, variables, actions. */
function collectSecrets(plan: PlanObject, collector: SecretCollector): void {
  const declared = objectAt(objectAt(objectAt(plan, 'configuration'), 'root_module'), 'variables');
  for (const [name, variable] of Object.entries(objectAt(plan, 'variables'))) {
    const declaration = member(declared, name);
    const value = member(variable, 'value') ?? null;
    // An ephemeral variable is not told from an ordinary one, and one that is not declared is not known to be harmless.
    if (isObject(declaration) && !optionalFlagAt(declaration, 'sensitive')) collector.maybe(value);
    else collector.whole(value);
  }
  const prior = objectAt(objectAt(plan, 'prior_state'), 'values');
  for (const values of [prior, objectAt(plan, 'planned_values')]) {
    for (const module of everyModule(objectAt(values, 'root_module'))) {
      for (const resource of objectsAt(module, 'resources'))
        collector.marked(member(resource, 'values'), member(resource, 'sensitive_values'));
    }
    for (const output of Object.values(objectAt(values, 'outputs'))) {
      if (isObject(output) && optionalFlagAt(output, 'sensitive')) collector.whole(member(output, 'value') ?? null);
    }
  }
  const deferred = objectsAt(plan, 'deferred_changes').map((one) =>
    objectAt(objectAt(one, 'resource_change'), 'change'),
  );
  for (const change of deferred) {
    collector.marked(member(change, 'before'), member(change, 'before_sensitive'));
    collector.marked(member(change, 'after'), member(change, 'after_sensitive'));
  }
  const waiting = objectsAt(plan, 'deferred_action_invocations').map((one) => objectAt(one, 'action_invocation'));
  for (const invocation of [...objectsAt(plan, 'action_invocations'), ...waiting])
    collector.marked(member(invocation, 'config_values'), member(invocation, 'config_sensitive'));
}

function collectFromChange(change: PlannedChange, collector: SecretCollector): void {
  collector.marked(change.before, change.beforeSensitive);
  collector.marked(change.after, change.afterSensitive);
}

function* everyModule(module: PlanObject): Iterable<PlanObject> {
  yield module;
  for (const child of objectsAt(module, 'child_modules')) yield* everyModule(child);
}

/** Managed ones: what data sources read is no part of what a stack owns. */
function countResources(root: PlanObject): number {
  let count = 0;
  for (const module of everyModule(root))
    count += objectsAt(module, 'resources').filter((resource) => member(resource, 'mode') === 'managed').length;
  return count;
}
