import { CastellanError } from '../kit/index.ts';

/** What a bounding says is wrong with a query; undefined: nothing. */
export function problemOf(bound: () => unknown): string | undefined {
  try {
    bound();
    return undefined;
  } catch (error) {
    if (error instanceof CastellanError) return error.message;
    throw error;
  }
}
