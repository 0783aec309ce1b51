import type { OperatorProgress } from '../operator-session.ts';
import type { MemoryContext } from './context.ts';

/** How far it is, where somebody watches. */
export function progressOn({ terminal }: Pick<MemoryContext, 'terminal'>) {
  return ({ message, done, total }: OperatorProgress): void => {
    if (!terminal.interactive) return;
    const far = done === undefined ? '' : total === undefined ? ` ${done}` : ` ${done}/${total}`;
    terminal.err(`… ${message}${far}`);
  };
}
