import type { JsonObject } from '../../kit/json.ts';
import { jsonOf, partsOf } from './answer-text.ts';
import { idIn, idsIn, linksIn, Misuse, type Options, type Parsed } from './arguments.ts';
import { type MemoryContext, readInput } from './context.ts';
import type { ReachedDaemon, ToolAnswer } from './reach-daemon.ts';

/**
 * The commands that agents have as tools: each is the same call with the same answer, so that what a person sees and what an
 * agent sees cannot part. Each gives its exit code.
 */
type Run = (parsed: Parsed, context: MemoryContext, daemon: ReachedDaemon) => Promise<number>;

const visibilities = ['private', 'shared', 'public'] as const;
const orders = ['newest', 'oldest', 'importance'] as const;
const largestBudget = 24_000;
/** What one call takes. */
const mostIds = 50;

export const toolCommands: Readonly<Record<string, Run>> = {
  recall: async ({ words: [query = ''], options, json }, context, daemon) => {
    const input = {
      query: await textFrom(query, context),
      ...defined({
        ...filters(options),
        expanded: options.text('expanded'),
        as_of: options.moment('as-of'),
        in: joined(options.list('in')),
        limit: options.number('limit', [1, 50]),
        rerank: options.flag('rerank') || undefined,
        budget: options.number('budget', [1_000, largestBudget]),
      }),
    };
    return told(await daemon.tool('memory_recall', input), json, context);
  },

  store: async ({ words: [text = ''], options, json }, context, daemon) => {
    const input = {
      content: await wholeText(text, context),
      ...parts(options),
      ...defined({ session: options.text('session'), links: joined(linksIn(options.texts('link'))) }),
    };
    return told(await daemon.tool('memory_store', input), json, context);
  },

  update: async ({ words: [id = ''], options, json }, context, daemon) => {
    const content = options.text('content');
    if (options.has('from') && !options.has('until')) {
      throw new Misuse('--from needs --until beside it: a date, or open');
    }
    const changes = {
      ...parts(options),
      ...(content === undefined ? {} : { content: await wholeText(content, context) }),
    };
    if (Object.keys(changes).filter((name) => name !== 'force').length === 0) {
      throw new Misuse('nothing was given to change; `memory-tool update --help` says what can be');
    }
    return told(await daemon.tool('memory_store', { id: idIn(id), ...changes }), json, context);
  },

  link: async ({ words: [id = '', ...targets], options, json }, context, daemon) => {
    const links = [...linksIn(targets), ...linksIn(options.texts('remove')).map((link) => `-${link}`)];
    if (links.length === 0) throw new Misuse('no link was given: memory-tool link 31 supersedes:12');
    return told(await daemon.tool('memory_store', { id: idIn(id), links: links.join(',') }), json, context);
  },

  list: async ({ options, json }, context, daemon) => {
    const input = defined({
      ...filters(options),
      source: options.text('source'),
      visibility: options.one('visibility', visibilities),
      mine: options.flag('mine') || undefined,
      deleted: options.flag('deleted') || undefined,
      order: options.one('order', orders),
      cursor: options.text('cursor'),
      budget: options.number('budget', [1_000, largestBudget]),
    });
    return told(await daemon.tool('memory_list', input), json, context);
  },

  delete: async ({ words, json }, context, daemon) => {
    let code = 0;
    for (const ids of inParts(idsIn(words), mostIds)) {
      code = Math.max(code, told(await daemon.tool('memory_delete', { ids }), json, context));
    }
    return code;
  },
};

/** One call an entry: the longest entry fits, and no other takes its room. */
export async function getEntries(
  { words, json }: Parsed,
  context: MemoryContext,
  daemon: ReachedDaemon,
): Promise<number> {
  let code = 0;
  for (const id of idsIn(words)) {
    const answer = await daemon.tool('memory_list', { ids: [id], budget: largestBudget });
    const found = answer.isError || partsOf(answer.text).entries.length > 0;
    code = Math.max(code, told(answer, json, context), found ? 0 : 1);
  }
  return code;
}

function told(answer: ToolAnswer, json: boolean, { terminal }: MemoryContext): number {
  if (answer.isError) terminal.err(answer.text);
  else terminal.out(json ? JSON.stringify(answer.structured ?? jsonOf(answer.text)) : answer.text);
  return answer.isError ? 1 : 0;
}

function filters(options: Options): Readonly<Record<string, Given>> {
  return {
    category: options.text('category'),
    tags: joined(options.list('tags')),
    session: options.text('session'),
    since: options.moment('since'),
  };
}

/** What `store` and `update` may say of an entry besides its text. */
function parts(options: Options): JsonObject {
  return defined({
    category: options.text('category'),
    // An empty list takes all of them away.
    tags: options.list('tags')?.join(','),
    keywords: options.text('keywords'),
    importance: options.number('importance', [0, 1]),
    visibility: readersIn(options),
    source: options.text('source'),
    valid: validityIn(options),
    force: options.flag('force') || undefined,
  });
}

/** As the tools take it: `private`, `public`, or those it is shared with; `sealed` in front. */
function readersIn(options: Options): string | undefined {
  const visibility = options.one('visibility', visibilities);
  const readers = options.list('readers') ?? [];
  if (visibility === 'shared' && readers.length === 0) throw new Misuse('a shared one needs --readers human:ada');
  if (visibility !== undefined && visibility !== 'shared' && readers.length > 0) {
    throw new Misuse(`--readers are of a shared one, and this is to be ${visibility}`);
  }
  const who = readers.length > 0 ? readers : visibility === undefined ? [] : [visibility];
  return joined([...(options.flag('sensitive') ? ['sealed'] : []), ...who]);
}

/** `from/until`, either of which may be empty. */
function validityIn(options: Options): string | undefined {
  const until = options.text('until') === 'open' ? '' : options.moment('until');
  const from = options.moment('from');
  return from === undefined && until === undefined ? undefined : `${from ?? ''}/${until ?? ''}`;
}

/** Proved here as the store proves it: a text that is too long is told what to do before anything is sent. */
async function wholeText(given: string, context: MemoryContext): Promise<string> {
  const { proveContent } = await import('../../../memory/entries/fields.ts');
  return proveContent(await textFrom(given, context));
}

/** `-`: what comes on stdin. */
async function textFrom(given: string, context: MemoryContext): Promise<string> {
  return given === '-' ? readInput(context) : given;
}

type Given = string | number | boolean | undefined;

function defined(values: Readonly<Record<string, Given>>): JsonObject {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}

/** Several as the tools take them: one text with commas. */
function joined(values: readonly string[] | undefined): string | undefined {
  return values === undefined || values.length === 0 ? undefined : values.join(',');
}

export function inParts<Value>(values: readonly Value[], size: number): readonly (readonly Value[])[] {
  const parts: (readonly Value[])[] = [];
  for (let at = 0; at < values.length; at += size) parts.push(values.slice(at, at + size));
  return parts;
}
