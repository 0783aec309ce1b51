import { stripHiddenCharacters } from '../../kit/index.ts';
import type { LogLine, LogOptions, LogReading, PodRef } from '../reader.ts';
import { splitLines } from '../transport/split-lines.ts';
import type { Transport } from '../transport/transport.ts';
import type { ObjectRedactor } from '../withholding/object-redactor.ts';

/** What is kept of one log unless less is asked for: the newest lines, up to this many characters. */
const keptCharacters = 5 * 1024 * 1024;

const longestLine = 16 * 1024;

/** Reads a container's log as it comes, so that a log of any size takes no more memory than what is kept of it. */
export async function readLogs(
  transport: Transport,
  redactor: ObjectRedactor,
  { namespace, name }: PodRef,
  { container, previous, since, tail, room = keptCharacters, signal }: LogOptions,
): Promise<LogReading> {
  const received = { lines: 0, bytes: 0 };
  async function* counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      received.bytes += chunk.byteLength;
      yield chunk;
    }
  }
  const pod = { kind: 'resource', group: '', version: 'v1', resource: 'pods', namespace, name } as const;
  const bytes = transport.log(pod, { container, previous, sinceTime: since, tailLines: tail }, signal);
  const kept = new NewestLines(room);
  for await (const line of splitLines(counted(bytes), longestLine)) {
    received.lines += 1;
    kept.add(line);
  }
  const stamped = kept.lines().map(parseLine);
  const { lines, withheld } = redactor.lines(stamped.map(({ text }) => text));
  return {
    lines: stamped.map(({ at }, index) => ({ at, text: oneLine(lines[index] ?? '') })),
    received,
    dropped: received.lines - stamped.length,
    withheld,
  };
}

/** `2026-11-25T10:00:00.123456789Z text`, as the kubelet writes it with timestamps. */
function parseLine(line: string): LogLine {
  const [, time, text] = /^(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)) ?(.*)$/s.exec(line) ?? [];
  const at = time === undefined ? Number.NaN : Date.parse(time);
  if (text === undefined || Number.isNaN(at)) return { at: undefined, text: line };
  return { at: new Date(at), text };
}

/** What is searched is what is shown: nothing hidden in it, and one line, whatever a progress bar did with the carriage. */
function oneLine(redacted: string): string {
  const text = stripHiddenCharacters(redacted);
  return text.includes('\n') ? text.replace(/\n+/g, ' ').trimEnd() : text;
}

/** The newest lines of a stream, within a number of characters. */
class NewestLines {
  readonly #room: number;
  #kept: string[] = [];
  #first = 0;
  #size = 0;

  constructor(room: number) {
    this.#room = room;
  }

  add(line: string): void {
    this.#kept.push(line);
    this.#size += line.length + 1;
    while (this.#size > this.#room && this.#first < this.#kept.length - 1) {
      this.#size -= (this.#kept[this.#first] ?? '').length + 1;
      this.#kept[this.#first] = '';
      this.#first += 1;
    }
    // Their places are let go in one go, so that adding a line stays cheap.
    if (this.#first > 10_000 && this.#first * 2 > this.#kept.length) {
      this.#kept = this.lines();
      this.#first = 0;
    }
  }

  lines(): string[] {
    return this.#kept.slice(this.#first);
  }
}
