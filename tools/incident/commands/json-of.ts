import { z } from 'zod';
import type { JsonObject } from '../../../src/kit/index.ts';

const json = z.record(z.string(), z.json());

/** A record of ours as JSON: times as ISO 8601, what is undefined left out. */
export function jsonOf(value: object): JsonObject {
  return json.parse(JSON.parse(JSON.stringify(value)));
}
