/** A command, or a part of one, that is no edit of fields. What it says is ours alone: no word of the command is in it. */
export class NoEditError extends Error {
  override readonly name = 'NoEditError';
}

export function refuse(why: string): never {
  throw new NoEditError(why);
}
