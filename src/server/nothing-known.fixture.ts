import type { AnsweringDependencies } from './answering.ts';

/** What answering needs where no Vault is configured. */
export const nothingKnown: Pick<AnsweringDependencies, 'guard' | 'supply'> = {
  guard: { assertNotGuessing: () => undefined, inspect: () => false },
  supply: undefined,
};
