import { globSync } from 'node:fs';
import { join } from 'node:path';
import { fixtureNow } from '../../src/cluster/findings/manifest.fixture.ts';
import { kindOf, type RuleFixture } from '../../src/cluster/findings/rule.fixture.ts';
import type { JsonObject, JsonValue } from '../../src/kit/index.ts';
import { openRecordedApi, type RecordedApi, type RecordedObject } from '../../test/recorded/api.ts';

const rules = join(import.meta.dirname, '../../src/cluster/findings/rules');

/** What every rule must find something in, each case with namespaces and nodes of its own. */
const cases: readonly (readonly JsonObject[])[] = (
  await Promise.all(
    globSync('*/*.fixture.ts', { cwd: rules })
      .sort()
      .map(async (file) => (await import(join(rules, file))) as { readonly fixture: RuleFixture }),
  )
).flatMap(({ fixture }) => fixture.red.map(({ objects }) => objects));

/**
 * The recorded API with everything in it that can be wrong: the objects of every rule's red cases, of kinds that are
 * recorded and of kinds that are not. Whatever a tool can say about a cluster, it says about this one.
 */
export async function openCrowdedApi(): Promise<RecordedApi> {
  const api = await openRecordedApi();
  const since = api.at.getTime() - fixtureNow.getTime();
  const there = new Set<string>();
  for (const [index, objects] of cases.entries()) {
    const own = new Map(objects.flatMap(ownNames).map((name) => [name, `${name}-${index}`]));
    for (const manifest of objects) {
      const object = changed(manifest, (text) => own.get(text) ?? later(text, since)) as JsonObject;
      const place = JSON.stringify([object['apiVersion'], object['kind'], nameOf(object), namespaceOf(object)]);
      if (!there.has(place)) collectionOf(api, manifest).push(object as unknown as RecordedObject);
      there.add(place);
    }
  }
  for (const { metadata } of api.resources.flatMap((resource) => api.objects(resource))) {
    metadata['managedFields'] = editedBy(new Date(api.at.getTime() - 3_600_000));
  }
  return api;
}

/** A person's edit, and what a server knows of it beside. */
function editedBy(time: Date): readonly JsonObject[] {
  const fieldsV1 = { 'f:spec': { 'f:replicas': {} } };
  return [
    { manager: 'kubectl-edit', operation: 'Update', time: time.toISOString(), fieldsType: 'FieldsV1', fieldsV1 },
    { manager: 'gardener', operation: 'Update', time: time.toISOString(), fieldsType: 'FieldsV1', fieldsV1 },
  ];
}

/** Any change of the texts in a value; keys stay. */
export function changed(value: JsonValue, change: (text: string, path: readonly string[]) => string): JsonValue {
  const walk = (here: JsonValue, path: readonly string[]): JsonValue => {
    if (typeof here === 'string') return change(here, path);
    if (here === null || typeof here !== 'object') return here;
    if (Array.isArray(here)) return here.map((item: JsonValue) => walk(item, path));
    return Object.fromEntries(Object.entries(here).map(([key, item]) => [key, walk(item, [...path, key])]));
  };
  return walk(value, []);
}

function nameOf(manifest: JsonObject): string {
  return String((manifest['metadata'] as JsonObject)['name']);
}

function namespaceOf(manifest: JsonObject): string | undefined {
  const namespace = (manifest['metadata'] as JsonObject)['namespace'];
  return typeof namespace === 'string' ? namespace : undefined;
}

/** Namespaces, and names of what is in none. Some mean what they are called. */
function ownNames(manifest: JsonObject): readonly string[] {
  const name = namespaceOf(manifest) ?? nameOf(manifest);
  return /^(?:default|kube-.*|system:.*|cluster-admin|.*\..*)$/.test(name) ? [] : [name];
}

function later(text: string, milliseconds: number): string {
  if (!/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)) return text;
  return new Date(Date.parse(text) + milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}

function collectionOf(api: RecordedApi, manifest: JsonObject): RecordedObject[] {
  const { resource, group, version, kind } = kindOf(manifest);
  try {
    return api.objects(resource);
  } catch {
    api.install({ group, version: version ?? 'v1', kind, resource, namespaced: namespaceOf(manifest) !== undefined });
    return api.objects(resource);
  }
}
