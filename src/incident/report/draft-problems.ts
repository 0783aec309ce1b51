import { parseAllDocuments } from 'yaml';
import { parseHcl } from '../../iac/hcl/parse.ts';
import { CastellanError } from '../../kit/index.ts';
import type { Narrative } from './narrative.ts';
import type { ReportInput } from './port.ts';

type Draft = Parameters<ReportInput['problemIn']>[0];

/**
 * What is wrong with the drafts of a narrative: `ReportInput.problemIn`, which cannot wait, so HCL is read before. `promql` is
 * asked about PromQL, also inside of rules. A draft that was not read before is a problem.
 */
export async function draftProblems(
  narrative: Narrative,
  promql: (query: string) => string | undefined,
): Promise<ReportInput['problemIn']> {
  const texts = narrative.actions.flatMap(({ draft }) => (draft?.language === 'hcl' ? [draft.text] : []));
  const read = new Map<string, string | undefined>();
  for (const text of new Set(texts)) read.set(text, await hclProblem(text));
  return ({ language, text }: Draft) => {
    if (language === 'promql') return promql(text);
    if (language === 'yaml') return yamlProblem(text);
    return read.has(text) ? read.get(text) : 'this draft was not read';
  };
}

function yamlProblem(text: string): string | undefined {
  if (text.trim() === '') return 'it is empty';
  const documents = parseAllDocuments(text, { prettyErrors: false });
  if (!Array.isArray(documents)) return 'it is empty';
  return documents.flatMap(({ errors }) => errors)[0]?.message;
}

/** A form that is valid, and not read here, is no problem of the draft. */
async function hclProblem(text: string): Promise<string | undefined> {
  try {
    const { body } = await parseHcl('draft.tf', text);
    return body.attributes.length + body.blocks.length === 0 ? 'it is empty' : undefined;
  } catch (error) {
    if (!(error instanceof CastellanError) || error.code === 'hcl-reader-failed') throw error;
    return error.code === 'hcl-unsupported' ? undefined : error.message;
  }
}
