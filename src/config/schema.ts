import { z } from 'zod';
import { rawSchema, type Slice } from './raw.ts';

/** The JSON Schema of castellan.yaml as it is typed, for editors and for docs/config.md. */
export function configJsonSchema(slices: readonly Slice[]): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(rawSchema(slices), { io: 'input', unrepresentable: 'any' });
  return { $schema, title: 'castellan.yaml', ...schema };
}
