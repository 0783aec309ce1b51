import type { JsonObject } from '../../kit/json.ts';
import type { MemoryContext } from './context.ts';
import type { ReachedDaemon, ToolAnswer } from './reach-daemon.ts';

export interface Asked {
  readonly name: string;
  readonly input: JsonObject;
}

/** A daemon that keeps what it was asked, and answers every tool and every command alike. */
export function askedDaemon(answers: { readonly tool?: Partial<ToolAnswer>; readonly command?: JsonObject } = {}) {
  const asked: Asked[] = [];
  const daemon: ReachedDaemon = {
    tool: async (name, input) => {
      asked.push({ name, input });
      return { text: 'done', structured: undefined, isError: false, ...answers.tool };
    },
    command: async (name, input) => {
      asked.push({ name, input });
      return answers.command ?? {};
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  return { daemon, asked };
}

/** A terminal nobody sits at, with what was written to it. */
export function heardContext(stdin = '', cwd = '/') {
  const out: string[] = [];
  const err: string[] = [];
  const context: MemoryContext = {
    terminal: {
      out: (line) => out.push(line),
      err: (line) => err.push(line),
      colour: false,
      interactive: false,
    },
    environment: {},
    cwd,
    input: (async function* () {
      yield stdin;
    })(),
  };
  return { context, out, err };
}
