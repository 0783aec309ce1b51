import { StringDecoder } from 'node:string_decoder';

/** Both streams of a run: kept whole, told line by line, and bounded together. */
export interface Output {
  take(stream: 'stdout' | 'stderr', bytes: Buffer): void;
  /** Tells a last line that has no end. */
  finish(): void;
  text(stream: 'stdout' | 'stderr'): string;
}

export interface OutputOptions {
  readonly mostBytes: number;
  onTooMuch(): void;
  onLine?: ((stream: 'stdout' | 'stderr', line: string) => void) | undefined;
}

export function collectOutput({ mostBytes, onTooMuch, onLine }: OutputOptions): Output {
  const streams = { stdout: openStream(), stderr: openStream() };
  let bytesLeft = mostBytes;

  const tell = (name: 'stdout' | 'stderr', text: string): void => {
    const stream = streams[name];
    stream.parts.push(text);
    if (onLine === undefined) return;
    const lines = (stream.rest + text).split('\n');
    stream.rest = lines.pop() ?? '';
    for (const line of lines) onLine(name, line);
  };

  return {
    take: (name, bytes) => {
      const kept = bytes.subarray(0, bytesLeft);
      bytesLeft -= kept.length;
      tell(name, streams[name].decoder.write(kept));
      if (kept.length < bytes.length) onTooMuch();
    },
    finish: () => {
      for (const name of ['stdout', 'stderr'] as const) {
        tell(name, streams[name].decoder.end());
        const { rest } = streams[name];
        if (rest !== '') onLine?.(name, rest);
      }
    },
    text: (name) => streams[name].parts.join(''),
  };
}

function openStream() {
  return { decoder: new StringDecoder('utf8'), parts: [] as string[], rest: '' };
}
