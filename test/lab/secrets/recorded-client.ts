import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { z } from 'zod';

const answerText = z.object({
  isError: z.boolean().optional(),
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
  structuredContent: z.looseObject({ next_cursor: z.string().optional() }).optional(),
});

export interface Answered {
  readonly tool: string;
  readonly input: object;
  readonly isError: boolean;
  readonly text: string;
}

/** An agent whose every byte that it was sent is kept, as it came over the wire, beside what the client made of it. */
export interface RecordedClient extends AsyncDisposable {
  readonly client: Client;
  /** Bodies of responses, each from its first byte to its last. */
  bytes(): Promise<readonly string[]>;
  readonly answers: readonly Answered[];
  call(tool: string, input?: Readonly<Record<string, unknown>>): Promise<Answered>;
  /** The same, and the pages behind it. */
  pages(tool: string, input: Readonly<Record<string, unknown>>, most: number): Promise<readonly Answered[]>;
}

export async function connectRecorded(url: string, token: string): Promise<RecordedClient> {
  const bodies: Promise<string>[] = [];
  const recording: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (response.body === null) return response;
    const [kept, given] = response.body.tee();
    bodies.push(readAll(kept));
    return new Response(given, { status: response.status, headers: response.headers });
  };
  const client = new Client({ name: 'suite', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit, fetch: recording }));
  const answers: Answered[] = [];

  const ask = async (tool: string, input: Readonly<Record<string, unknown>>) => {
    const raw = answerText.parse(
      await client.callTool({ name: tool, arguments: input }, { onprogress: () => undefined, timeout: 90_000 }),
    );
    const text = raw.content.map((part) => part.text ?? '').join('\n');
    const answered = { tool, input, isError: raw.isError === true, text };
    answers.push(answered);
    return {
      answered,
      next: raw.structuredContent?.next_cursor ?? /next_cursor[":= ]+([\w.~+/=-]{8,})/.exec(text)?.[1],
    };
  };

  return {
    client,
    bytes: () => Promise.all(bodies),
    answers,
    call: async (tool, input = {}) => (await ask(tool, input)).answered,
    pages: async (tool, input, most) => {
      const pages: Answered[] = [];
      let cursor: string | undefined;
      do {
        const { answered, next } = await ask(tool, { ...input, ...(cursor === undefined ? {} : { cursor }) });
        pages.push(answered);
        cursor = answered.isError ? undefined : next;
      } while (cursor !== undefined && pages.length < most);
      return pages;
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** A stream that its reader let go ends early: what came is what counts. */
async function readAll(stream: ReadableStream<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
  return Buffer.concat(chunks).toString('utf8');
}
