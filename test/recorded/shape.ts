import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Api } from '../lab/api.ts';
import { faults } from '../lab/sample/app.ts';
import { recordedKinds } from './kinds.ts';

/**
 * What a recording must have in common with a lab to stand for it: the server's version, which kinds it serves and how, the
 * faults, and of every kind which fields its objects have. Names, times and counts may differ: each lab draws its own.
 */
export interface Shape {
  readonly version: string;
  readonly faults: readonly string[];
  /** Digest of the fields, by kind. */
  readonly kinds: Readonly<Record<string, string>>;
}

export const shape = z.strictObject({
  version: z.string(),
  faults: z.array(z.string()),
  kinds: z.record(z.string(), z.string()),
});

const list = z.object({ items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })) });

export async function shapeOf(api: Api): Promise<Shape> {
  const { gitVersion } = z.object({ gitVersion: z.string() }).parse(await api.get('/version'));
  const kinds = await Promise.all(
    Object.entries(recordedKinds).flatMap(([path, resources]) =>
      resources
        .filter((resource) => !unsteady.has(resource))
        .map(async (resource): Promise<readonly [string, string]> => {
          const { items } = list.parse(await api.get(`${path}/${resource}`));
          return [`${path}/${resource}`, digestOf(items.flatMap((item) => fieldsOf(item, [])))];
        }),
    ),
  );
  return { version: gitVersion, faults: [...faults], kinds: Object.fromEntries(kinds) };
}

function digestOf(fields: readonly string[]): string {
  return createHash('sha256')
    .update([...new Set(fields)].sort().join('\n'))
    .digest('hex')
    .slice(0, 16);
}

/** Written anew with every event: which fields it has depends on what just happened. */
const unsteady = new Set(['events']);

/** Maps whose keys are somebody's choice, not the API's. */
const freeKeys = new Set([
  'labels',
  'annotations',
  'matchLabels',
  'data',
  'stringData',
  'nodeSelector',
  'managedFields',
]);
/** Comes and goes with the moment. */
const fleeting = new Set(['deletionTimestamp', 'deletionGracePeriodSeconds', 'finalizers', 'status']);

function fieldsOf(value: unknown, path: readonly string[]): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => fieldsOf(item, [...path, '[]']));
  if (typeof value !== 'object' || value === null) return [path.join('.')];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (fleeting.has(key)) return [];
    return freeKeys.has(key) ? [[...path, key].join('.')] : fieldsOf(inner, [...path, key]);
  });
}
