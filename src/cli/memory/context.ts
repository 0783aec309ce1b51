import type { Terminal } from '../terminal.ts';

/** What every command of `memory-tool` is given. */
export interface MemoryContext {
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** stdin. */
  readonly input: AsyncIterable<Buffer | string>;
}

/** All of stdin, as text. */
export async function readInput({ input }: Pick<MemoryContext, 'input'>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
