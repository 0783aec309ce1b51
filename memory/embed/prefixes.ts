/**
 * What a model was trained to see before a question and before a document; without it, it finds clearly less. By the model's
 * name, wherever it comes from: `nomic-embed-text:latest`, `BAAI/bge-large-en-v1.5`.
 */
export interface Prefixes {
  readonly query: string;
  readonly document: string;
}

const sentence = 'Represent this sentence for searching relevant passages: ';
const task = 'Instruct: Given a question, retrieve notes that answer it\nQuery: ';

/** The first that fits: narrower ones stand first. */
const families: readonly { readonly name: RegExp; readonly prefixes: Prefixes }[] = [
  { name: /nomic-embed/, prefixes: { query: 'search_query: ', document: 'search_document: ' } },
  { name: /e5.*instruct|e5-mistral/, prefixes: { query: task, document: '' } },
  { name: /(^|[/-])e5-/, prefixes: { query: 'query: ', document: 'passage: ' } },
  { name: /qwen3-?embed/, prefixes: { query: task, document: '' } },
  { name: /gte-qwen/, prefixes: { query: task, document: '' } },
  { name: /bge-(small|base|large)-en/, prefixes: { query: sentence, document: '' } },
  { name: /mxbai-embed-large/, prefixes: { query: sentence, document: '' } },
  { name: /arctic-embed.*(v2|2\.0)/, prefixes: { query: 'query: ', document: '' } },
  { name: /arctic-embed/, prefixes: { query: sentence, document: '' } },
  {
    name: /embeddinggemma|embedding-gemma/,
    prefixes: { query: 'task: search result | query: ', document: 'title: none | text: ' },
  },
];

export function prefixesOf(model: string): Prefixes {
  const name = model.toLowerCase();
  return families.find((family) => family.name.test(name))?.prefixes ?? { query: '', document: '' };
}
