import { z } from 'zod';
import { extendCategories, standardCategories } from '../../memory/categories.ts';
import { endpointProblem } from '../../memory/embed/endpoint.ts';
import type { EmbeddingOptions } from '../../memory/embed/port.ts';
import type { Categories } from '../../memory/engine.ts';
import { filePath, secretReference } from '../../src/config/fields.ts';
import { readSecret } from '../../src/config/secret-reference.ts';
import { vaultAuth, vaultFile, vaultName, vaultOrigin } from '../../src/vault/config-shapes.ts';

/** What castellan.yaml says below `memory`; all of it may be left out. */
const word = z.string().min(1).max(60);
const endpoint = z
  .string()
  .max(300)
  .refine(
    (url) => endpointProblem(url) === undefined,
    'takes an address without login or query: https, or http to loopback or a private network',
  );

const sensitive = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('age'),
    recipients: z
      .array(z.string().min(1).max(4_000))
      .min(1)
      .max(50)
      .describe('public: age1…; whoever has the key to one can read'),
  }),
  z.strictObject({
    kind: z.literal('transit'),
    address: vaultOrigin.describe('of the active node of Vault, or of what leads to it'),
    plainHttp: z.boolean().default(false).describe('allow http:// beyond loopback: inside a cluster'),
    caFile: vaultFile.optional().describe('PEM of the authority that signed its certificate'),
    namespace: vaultName.optional().describe('of Vault Enterprise or OpenBao'),
    peers: z.array(vaultOrigin).max(20).default([]).describe('nodes a standby may send us to'),
    auth: vaultAuth.describe('a token that may encrypt and nothing else: deploy/vault/castellan-memories.hcl'),
    mount: vaultName.default('transit').describe('of the transit engine'),
    key: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, 'a plain name')
      .default('castellan-memories')
      .describe('its key'),
  }),
]);

const embeddings = z.strictObject({
  provider: z.enum(['openai', 'ollama', 'tei']).describe('how it is spoken to; openai: whatever has /v1/embeddings'),
  url: endpoint.describe('https, or http to loopback or a private network'),
  model: z.string().min(1).max(200).describe('its name there'),
  apiKeyFile: secretReference().optional().describe('a file that holds the key'),
  dimensions: z.int().min(8).max(4_096).optional().describe('shorter vectors, where the model makes them'),
  rerank: z
    .strictObject({
      kind: z.enum(['tei', 'jina']).describe('how it is spoken to; jina: whatever has /v1/rerank'),
      url: endpoint.describe('https, or http to loopback or a private network'),
      model: z.string().min(1).max(200).optional().describe('its name there'),
    })
    .optional()
    .describe('weighs the best hits anew when a recall asks for it'),
});

export const memoryConfig = z.strictObject({
  visibility: z
    .enum(['private', 'public'])
    .default('private')
    .describe('of an entry that does not say; public: everybody this daemon serves'),
  categories: z
    .strictObject({
      extra: z.array(word).max(50).default([]).describe('beside the categories there are'),
      folds: z.record(word, word).default({}).describe('other words for one: { recipe: procedures }'),
      volatile: z
        .array(word)
        .max(50)
        .default([])
        .describe('whose entries grow old, beside incidents, sessions and tasks'),
    })
    .prefault({})
    .describe('what entries are sorted into'),
  sensitive: sensitive.optional().describe('who sensitive entries are encrypted for; without it none is stored'),
  embeddings: embeddings.optional().describe('finds what has the meaning and none of the words'),
  documents: z
    .array(
      z.strictObject({
        name: z
          .string()
          .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'takes a name like runbooks')
          .max(40)
          .describe('of the corpus'),
        path: filePath().describe('a folder; links in it are not followed'),
        glob: z.string().min(1).max(300).optional().describe('which files; unless said all Markdown'),
      }),
    )
    .max(20)
    .refine((folders) => new Set(folders.map(({ name }) => name)).size === folders.length, 'has two of one name')
    .default([])
    .describe('folders of documents that can be found too, looked at every ten minutes'),
  learning: z.boolean().default(false).describe('the hook at the end of an answer keeps what was said to be kept'),
});
export type MemoryConfig = z.output<typeof memoryConfig>;

export function categoriesOf({ categories: { extra, folds, volatile } }: MemoryConfig): Categories {
  const extended = extendCategories(standardCategories, { add: extra, fold: folds });
  return { ...extended, volatile: new Set([...extended.volatile, ...volatile]) };
}

export function embeddingOf({ embeddings: given }: MemoryConfig): EmbeddingOptions | undefined {
  if (given === undefined) return undefined;
  const { provider, url, model, apiKeyFile, dimensions, rerank } = given;
  return {
    provider,
    url,
    model,
    dimensions,
    rerank: rerank === undefined ? undefined : { kind: rerank.kind, url: rerank.url, model: rerank.model },
    apiKey:
      apiKeyFile === undefined ? undefined : () => readSecret(apiKeyFile, 'memory.embeddings.apiKeyFile').reveal(),
  };
}
