/** Bytes in, whole lines out. A line over the limit is dropped: no MCP message is that long. */
const longestLine = 16 * 1024 * 1024;

export class LineSplitter {
  #held: Buffer[] = [];
  #size = 0;

  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
      this.#hold(chunk.subarray(start, end));
      if (this.#size <= longestLine) lines.push(Buffer.concat(this.#held).toString('utf8'));
      this.#held = [];
      this.#size = 0;
      start = end + 1;
    }
    this.#hold(chunk.subarray(start));
    return lines;
  }

  #hold(part: Buffer): void {
    this.#size += part.byteLength;
    // What is already too long is only counted, so that it cannot fill the memory.
    if (this.#size <= longestLine) this.#held.push(part);
  }
}

export interface Message {
  readonly id?: string | number;
  readonly method?: string;
}

/** The two fields the shim looks at; undefined when the line is not a JSON object. */
export function parseMessage(line: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const id = 'id' in value && (typeof value.id === 'string' || typeof value.id === 'number') ? { id: value.id } : {};
    const method = 'method' in value && typeof value.method === 'string' ? { method: value.method } : {};
    return { ...id, ...method };
  } catch {
    // Not JSON: the daemon answers a client's bad line, and a daemon's bad line must not reach stdout.
    return undefined;
  }
}
