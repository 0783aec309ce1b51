import type { JsonObject, JsonValue } from '../../kit/index.ts';

/** Short ways to write the manifests of a rule's fixture. */

export const fixtureNow = new Date('2026-03-01T12:00:00Z');

/** A time before the fixture's now; a negative count is after it. */
export function ago(count: number, unit: 'minutes' | 'hours' | 'days'): string {
  const minutes = { minutes: 1, hours: 60, days: 24 * 60 }[unit];
  return new Date(fixtureNow.getTime() - count * minutes * 60_000).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** `make('apps/v1 Deployment', 'shop/web', { spec })`; `metadata` in the body is added to the name. */
export function make(type: string, place: string, body: JsonObject = {}): JsonObject {
  const [apiVersion = '', kind = ''] = type.split(' ');
  const [name = '', namespace] = place.split('/').reverse();
  const { metadata, ...rest } = body;
  return {
    apiVersion,
    kind,
    ...rest,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      creationTimestamp: ago(30, 'days'),
      ...(metadata as JsonObject | undefined),
    },
  };
}

/** A pod that runs and is ready, with the label `app`; `body` replaces parts of it. */
export function pod(place: string, app: string, body: JsonObject = {}): JsonObject {
  return make('v1 Pod', place, {
    spec: { containers: [{ name: 'main', ports: [{ name: 'http', containerPort: 8080 }] }] },
    status: { phase: 'Running', conditions: [condition('Ready', 'True')] },
    ...body,
    metadata: { labels: { app }, ...(body['metadata'] as JsonObject | undefined) },
  });
}

/** A Deployment whose pods have the label `app`. */
export function deployment(place: string, app: string, spec: JsonObject = {}): JsonObject {
  const { template, ...rest } = spec;
  return make('apps/v1 Deployment', place, {
    spec: {
      replicas: 1,
      selector: { matchLabels: { app } },
      ...rest,
      template: { metadata: { labels: { app } }, ...(template as JsonObject | undefined) },
    },
  });
}

export function condition(type: string, status: string, more: JsonObject = {}): JsonObject {
  return { type, status, lastTransitionTime: ago(2, 'hours'), ...more };
}

export const namespaces = (...names: readonly string[]): readonly JsonObject[] =>
  names.map((name) => make('v1 Namespace', name, { status: { phase: 'Active' } }));

export const owner = (apiVersion: string, kind: string, name: string): JsonValue => [
  { apiVersion, kind, name, controller: true },
];
