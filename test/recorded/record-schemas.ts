import { z } from 'zod';
import type { Api } from '../lab/api.ts';
import { recordedSchemas } from './kinds.ts';

const document = z.looseObject({ components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }) });

/** Descriptions keep this much: enough to see what a reader makes of them. */
const longestDescription = 160;

/** Left out for their size: a reference to one leads nowhere, as one to a schema nobody knows does. */
const leftOut =
  /VolumeSource$|Affinity|Projection$|EphemeralContainer|Overhead|ManagedFields|Lifecycle|SELinux|Windows|Seccomp|AppArmor/;

/** The schemas of the recorded kinds and of what they are made of, each once, and which document has which. */
export async function recordSchemas(api: Api): Promise<string> {
  const pool: Record<string, unknown> = {};
  const documents: Record<string, string[]> = {};
  for (const [path, kinds] of Object.entries(recordedSchemas)) {
    const { schemas } = document.parse(await api.get(path)).components;
    const names = new Set(Object.keys(schemas).filter((name) => kinds.includes(name.slice(name.lastIndexOf('.') + 1))));
    for (const name of names) {
      pool[name] = shortened(schemas[name]);
      const references = JSON.stringify(schemas[name]).matchAll(/"#\/components\/schemas\/([^"]+)"/g);
      for (const [, referred = ''] of references) if (!leftOut.test(referred)) names.add(referred);
    }
    documents[path] = [...names].sort();
  }
  const entries = Object.entries(pool).sort(([a], [b]) => (a < b ? -1 : 1));
  const written = entries.map(([name, schema]) => `${JSON.stringify(name)}:${JSON.stringify(schema)}`);
  return `{"documents":${JSON.stringify(documents)},\n"pool":{\n${written.join(',\n')}\n}}\n`;
}

function shortened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shortened);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]) => [
      field,
      field === 'description' && typeof inner === 'string' ? inner.slice(0, longestDescription) : shortened(inner),
    ]),
  );
}
