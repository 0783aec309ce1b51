import { z } from 'zod';
import { changeId } from '../../change/wire/change.ts';

/**
 * What an agent is handed, when it is asked for as a prompt. One vocabulary: an argument of this name is the same for every agent.
 *
 *  id     names a record of Castellan's, which the agent reads itself; it is told as it stands, since it can hold nothing else
 *  words  somebody's, and are told behind a fence: a symptom may be copied from a page that an attacker wrote
 */
interface PromptArgumentKind {
  readonly is: 'id' | 'words';
  readonly description: string;
  readonly schema: z.ZodString;
}

const words = (most: number) =>
  z
    .string()
    .max(most, `takes at most ${most} characters`)
    .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, 'takes one line of plain text');

export const promptArguments = {
  incident: {
    is: 'id',
    description: 'inc_… of the incident',
    schema: z.string().regex(/^inc_[a-z2-7]{10}$/, 'takes an id like inc_…'),
  },
  change: { is: 'id', description: 'chg_… of the change', schema: changeId },
  patch: {
    is: 'id',
    description: 'patch_… of a prepared edit',
    schema: z.string().regex(/^patch_[a-z2-7]{26}$/, 'takes an id like patch_…'),
  },
  action: {
    is: 'id',
    description: 'act_… of the action item',
    schema: z.string().regex(/^act_[a-z2-7]{8}$/, 'takes an id like act_…'),
  },
  target: { is: 'words', description: 'app, host, deploy/web or stack', schema: words(200) },
  symptom: { is: 'words', description: 'what was seen, in one line', schema: words(500) },
  wish: { is: 'words', description: 'what is to be otherwise, in one line', schema: words(500) },
} as const satisfies Readonly<Record<string, PromptArgumentKind>>;

export type PromptArgumentName = keyof typeof promptArguments;

/** As the frontmatter of an agent has it: `incident`, and `symptom?` where it may be left out. */
export interface PromptArgument {
  readonly name: PromptArgumentName;
  readonly required: boolean;
}

const names = Object.keys(promptArguments);

function isName(name: string): name is PromptArgumentName {
  return names.includes(name);
}

export const promptArgument = z.string().transform((text, context): PromptArgument => {
  const name = text.replace(/\?$/, '');
  if (isName(name)) return { name, required: name === text };
  context.addIssue(`is none of ${names.join(', ')}`);
  return z.NEVER;
});

/** What MCP's prompts/get checks. Clients send an argument that was not filled in as an empty one, or not at all. */
export function schemaOf(args: readonly PromptArgument[]): z.ZodObject {
  return z.strictObject(
    Object.fromEntries(
      args.map(({ name, required }) => {
        const { schema, description } = promptArguments[name];
        const shape = required ? schema.min(1, 'is needed') : z.union([z.literal(''), schema]).optional();
        return [name, shape.describe(description)];
      }),
    ),
  );
}
