import { CastellanError } from '../../kit/index.ts';

/** Why something could not be read, in our words; what is no error of ours is a fault of the program and goes on. */
export function notRead(error: unknown): string {
  if (error instanceof CastellanError) return `the cluster could not be read (${error.code})`;
  throw error;
}
