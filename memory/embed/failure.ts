/**
 * What went wrong with an endpoint, in words of ours: it says nothing of what was sent, of what was answered or of a key.
 *
 *  text   this text cannot be embedded (too long); another can
 *  busy   not now: no connection, too slow, overloaded, a fault of its own; trying again may help
 *  wrong  it does not do what it should: refuses the key, does not know the model, answers in another shape
 */
export class EndpointFailure extends Error {
  readonly kind: 'text' | 'busy' | 'wrong';
  /** What it asked to be waited. */
  readonly waitMs: number | undefined;

  constructor(kind: EndpointFailure['kind'], message: string, options: { waitMs?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.waitMs = options.waitMs;
  }
}
