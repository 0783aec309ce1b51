import { z } from 'zod';
import { EndpointFailure } from './failure.ts';
import type { EmbeddingOptions } from './port.ts';

/**
 * How each kind of endpoint is asked for vectors and what it answers. `cut`: a text that is too long may be cut off by the
 * endpoint; it is asked without first, so that what was cut is known.
 */
export interface Dialect {
  readonly path: string;
  /** Whether it can be told to cut. */
  readonly cuts: boolean;
  body(texts: readonly string[], cut: boolean): object;
  /** One vector a text, in the order of the texts. Errors: `EndpointFailure`, `wrong`. */
  read(reply: unknown): readonly (readonly number[])[];
}

export type Named = Pick<EmbeddingOptions, 'provider' | 'model' | 'dimensions'>;

const vector = z.array(z.number()).min(1).max(16_000);
const openaiReply = z.object({ data: z.array(z.object({ index: z.int().nonnegative(), embedding: vector })) });
const ollamaReply = z.object({ embeddings: z.array(vector) });
const teiReply = z.array(vector);

export function dialectOf({ provider, model, dimensions }: Named): Dialect {
  const shorter = dimensions === undefined ? {} : { dimensions };
  switch (provider) {
    case 'openai':
      return {
        path: '/v1/embeddings',
        cuts: false,
        body: (texts) => ({ model, input: texts, encoding_format: 'float', ...shorter }),
        read: (reply) => inOrder(proven(openaiReply, reply).data),
      };
    case 'ollama':
      return {
        path: '/api/embed',
        cuts: true,
        body: (texts, cut) => ({ model, input: texts, truncate: cut, ...shorter }),
        read: (reply) => proven(ollamaReply, reply).embeddings,
      };
    case 'tei':
      return {
        path: '/embed',
        cuts: true,
        body: (texts, cut) => ({ inputs: texts, truncate: cut, normalize: true, ...shorter }),
        read: (reply) => proven(teiReply, reply),
      };
  }
}

/** Errors: `EndpointFailure`. What did not fit is not quoted. */
export function proven<Shape extends z.ZodType>(shape: Shape, reply: unknown): z.output<Shape> {
  const parsed = shape.safeParse(reply);
  if (!parsed.success) throw new EndpointFailure('wrong', 'its answer is not of the shape it should have');
  return parsed.data;
}

function inOrder(data: readonly { readonly index: number; readonly embedding: readonly number[] }[]) {
  const sorted = data.toSorted((a, b) => a.index - b.index);
  if (sorted.some(({ index }, position) => index !== position)) {
    throw new EndpointFailure('wrong', 'its answer does not say which vector is whose');
  }
  return sorted.map(({ embedding }) => embedding);
}
