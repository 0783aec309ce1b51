/**
 * The dense leg. It may be absent, slow, down or bad: recall goes on without it, says so, and never fails for it.
 */
export interface EmbeddingOptions {
  readonly provider: 'openai' | 'ollama' | 'tei';
  readonly url: string;
  readonly model: string;
  /** Authorization: Bearer …; read anew for each connection. */
  readonly apiKey: (() => string) | undefined;
  /** Shorter vectors, where the model can (OpenAI). */
  readonly dimensions: number | undefined;
  readonly rerank:
    | { readonly kind: 'tei' | 'jina'; readonly url: string; readonly model: string | undefined }
    | undefined;
}

export interface Dense {
  /** Starts to embed what has no vector yet, in the background; also switches models. Does nothing when unconfigured. */
  wake(): void;
  /**
   * The nearest of these shelves. Undefined: not now, and why is in `standing`. `allowed`: items that passed the filters,
   * when there are filters.
   */
  nearest(query: string, options: NearestOptions): Promise<readonly Near[] | undefined>;
  /** The share of a fused score, 0 while nothing was measured: an embedder earns its vote on the store's own entries. */
  share(): Promise<number>;
  /** Best first with scores of the endpoint; undefined: none configured, or it did not answer in time. */
  rerank(query: string, texts: readonly string[], signal: AbortSignal): Promise<readonly RankedText[] | undefined>;
  standing(): Promise<DenseStanding>;
  /** Makes all vectors anew, of the configured model. Progress by `standing`. Errors: `embedding-unconfigured`, `embedding-failed`. */
  reembed(progress: (done: number, total: number) => void, signal: AbortSignal): Promise<{ readonly embedded: number }>;
}

export interface NearestOptions {
  readonly shelves: readonly number[];
  readonly allowed?: ReadonlyMap<number, ReadonlySet<number>>;
  readonly limit: number;
  readonly signal: AbortSignal;
}

export interface Near {
  readonly shelf: number;
  readonly item: number;
  /** Cosine, −1 to 1. */
  readonly similarity: number;
}

export interface RankedText {
  readonly index: number;
  readonly score: number;
}

export interface DenseStanding {
  readonly state: 'unconfigured' | 'filling' | 'ready' | 'away' | 'unsupported';
  /** Asked by recall now; a switch shows the old one until the new one has 99 % of the entries. */
  readonly model: string | undefined;
  readonly next: string | undefined;
  readonly dimension: number | undefined;
  readonly embedded: number;
  readonly total: number;
  readonly share: number;
  readonly calibratedOn: number | undefined;
  readonly index: 'exact' | 'hnsw' | 'none';
  /** Why it is away or unsupported. */
  readonly reason: string | undefined;
}
