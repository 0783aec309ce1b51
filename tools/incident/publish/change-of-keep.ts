import { type ChangeView, changeId } from '../../../src/change/wire/change.ts';
import type { KeepClient } from '../../../src/change/wire/keep-port.ts';
import { CastellanError } from '../../../src/kit/index.ts';

/** A change as the keep has it now. Without a view: it has forgotten it. Errors: those of a keep that cannot be asked. */
export async function changeOfKeep(
  id: string,
  keep: KeepClient,
  signal: AbortSignal,
): Promise<{ readonly view: ChangeView | undefined }> {
  if (!changeId.safeParse(id).success) return { view: undefined };
  try {
    const { changes = [] } = await keep.ask({ verb: 'status', of: 'change', id, waitMs: 0 }, signal);
    return { view: changes.find((one) => one.id === id) };
  } catch (error) {
    if (error instanceof CastellanError && error.code === 'change-unknown') return { view: undefined };
    throw error;
  }
}
