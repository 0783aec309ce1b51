import type { FieldStep } from '../../src/change/wire/edit.ts';
import type { ObjectOrigin } from '../../src/change/wire/stacks.ts';
import { fieldSteps, fieldValues } from '../../src/cluster/index.ts';
import type { JsonObject } from '../../src/kit/index.ts';

/**
 * How a field of an object is called.
 *
 *  source  as the source has it: `yaml_body.spec.template.spec.containers[0].image`
 *  plain   without what a provider puts around it: `spec.template.spec.containers[0].image`
 *  named   items of lists by their names: `spec.template.spec.containers[web].image`
 *  live    with the place the item has in the cluster, which may be another one than in the source
 *  short   the end of any of these: `image`, `limits.memory`, `env.LOG_LEVEL`
 */
export interface FieldNames {
  readonly source: string;
  readonly named: string;
  /** Undefined: the live object has no item of that name. */
  readonly live: string | undefined;
}

/** What a plan calls `yaml_body.spec.replicas` is `spec.replicas` in the cluster. */
export function plainField(field: string): string {
  return field.replace(/^(?:yaml_body|manifest)(?:\[0\])?\./, '');
}

/** Of every field that the source writes, or leaves alone. `body` is the live object, where it was seen. */
export function fieldNames(origin: ObjectOrigin, body: JsonObject | undefined): readonly FieldNames[] {
  const items = itemNames(origin);
  return [...new Set([...origin.fields.map(({ field }) => field), ...origin.ignored])].map((source) => ({
    source,
    named: namedField(plainField(source), items),
    live: liveField(plainField(source), items, body),
  }));
}

/** Those that somebody means: by the whole name before by its end, by a field itself before by what it lies in. */
export function fieldsMeant(names: readonly FieldNames[], asked: string): readonly FieldNames[] {
  const wanted = normal(asked);
  const ways: readonly ((way: string) => boolean)[] = [
    (way) => way === wanted,
    (way) => way.endsWith(`.${wanted}`),
    (way) => `.${way}`.includes(`.${wanted}.`) || `.${way}`.includes(`.${wanted}[`),
  ];
  for (const fits of ways) {
    const found = names.filter((one) => waysToSay(one).some(fits));
    if (found.length > 0) return found;
  }
  return [];
}

/** A whole name for a field that the source does not have; undefined where it could be several. */
export function absentField(names: readonly FieldNames[], asked: string): string | undefined {
  const wanted = normal(asked);
  if (/^(?:spec|metadata|data|values)\.[^.]/.test(wanted)) return wanted;
  if (wanted === 'replicas') return 'spec.replicas';
  const containers = [...new Set(names.flatMap(({ named }) => /^.*?\bcontainers\[[^\]]+\]/.exec(named)?.[0] ?? []))];
  const [container, ...others] = containers;
  if (container === undefined || others.length > 0) return undefined;
  const variable = /^env(?:\.|\[)([A-Za-z_][\w.-]{0,250})\]?(?:\.value)?$/.exec(wanted)?.[1];
  if (variable !== undefined) return `${container}.env[${variable}].value`;
  return /^(?:resources|livenessProbe|readinessProbe)\./.test(wanted) ? `${container}.${wanted}` : undefined;
}

/** What lies below these is a name of somebody's own, dots and all. */
const keyed = new Set(['labels', 'annotations', 'matchLabels', 'nodeSelector', 'data', 'limits', 'requests']);

/** The steps of a named field. */
export function stepsOf(named: string): readonly FieldStep[] {
  const steps: FieldStep[] = [];
  let rest = named;
  while (rest !== '') {
    const item = /^\[([^\]]*)\]\.?(.*)$/s.exec(rest);
    if (item !== null) {
      const [, name = '', behind = ''] = item;
      steps.push(/^\d{1,4}$/.test(name) ? Number(name) : { name });
      rest = behind;
      continue;
    }
    const [, key = rest, behind = ''] = /^([^.[]+)\.?(.*)$/s.exec(rest) ?? [];
    steps.push(key);
    rest = behind;
    if (keyed.has(key) && rest !== '' && !rest.startsWith('[')) return [...steps, rest];
  }
  return steps;
}

/** `{.spec.replicas}`, `spec.containers.0.image`, `metadata.labels["app"]`: as written here. */
function normal(asked: string): string {
  return asked
    .trim()
    .replace(/^\{(.*)\}$/s, '$1')
    .replace(/\[["']([^\]]*)["']\]/g, '.$1')
    .replace(/\.(\d{1,4})(?=\.|$)/g, '[$1]')
    .replace(/^\.+/, '')
    .replace(/^(?:yaml_body|manifest)\./, '');
}

function waysToSay({ source, named }: FieldNames): readonly string[] {
  const both = [...new Set([plainField(source), named])];
  const dotted = named.replace(/\[([^\]]*)\]/g, '.$1');
  // The value of a variable is what somebody means by its name.
  const variables = /\benv\[[^\]]+\]\.value$/.test(named)
    ? [named, dotted].map((way) => way.replace(/\.value$/, ''))
    : [];
  return [...both, dotted, ...variables];
}

/** `spec.template.spec.containers[0]` → `web` */
function itemNames({ fields }: ObjectOrigin): ReadonlyMap<string, string> {
  return new Map(
    fields.flatMap(({ field, literal }) => {
      const item = /^(.*\[\d+\])\.name$/s.exec(plainField(field))?.[1];
      return item === undefined || literal === undefined || !/^[\w.-]{1,253}$/.test(literal) ? [] : [[item, literal]];
    }),
  );
}

/** Every item in a field, with what stands before it. */
const itemStep = /\[(\d+)\]/g;

function namedField(field: string, items: ReadonlyMap<string, string>): string {
  return field.replace(itemStep, (step, _index, at: number) => {
    const name = items.get(field.slice(0, at + step.length));
    return name === undefined ? step : `[${name}]`;
  });
}

function liveField(
  field: string,
  items: ReadonlyMap<string, string>,
  body: JsonObject | undefined,
): string | undefined {
  if (body === undefined) return field;
  let live = '';
  let done = 0;
  for (const step of field.matchAll(itemStep)) {
    const end = step.index + step[0].length;
    const name = items.get(field.slice(0, end));
    live += field.slice(done, step.index);
    const place = name === undefined ? Number(step[1]) : placeOfItem(body, live, name);
    if (place === undefined) return undefined;
    live += `[${place}]`;
    done = end;
  }
  return live + field.slice(done);
}

function placeOfItem(body: JsonObject, list: string, name: string): number | undefined {
  const items = fieldValues(body, fieldSteps(list));
  const place = items.findIndex(
    (item) => item !== null && typeof item === 'object' && 'name' in item && item['name'] === name,
  );
  return place === -1 ? undefined : place;
}
