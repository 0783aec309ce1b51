import { randomBytes } from 'node:crypto';
import { z } from 'zod';

/** A secret value made for one lab, and where in the cluster it was put. It must never appear in any answer. */
export const canary = z.strictObject({ where: z.string(), value: z.string() });
export type Canary = z.infer<typeof canary>;

export interface CanaryMaker {
  /** A new value for that place. */
  plant(where: string): string;
  readonly planted: readonly Canary[];
}

export function canaryMaker(): CanaryMaker {
  const planted: Canary[] = [];
  return {
    planted,
    plant(where) {
      const value = randomBytes(18).toString('base64url');
      planted.push({ where, value });
      return value;
    },
  };
}
