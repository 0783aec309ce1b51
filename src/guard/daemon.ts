import type { Edit } from './edits.ts';
import { UNKNOWN } from './marks.ts';

const patience = { answerMs: 2_500, answerBytes: 65_536 };
/** Of what the daemon says, so much is shown. */
const shown = { lines: 6, bytes: 1_200 };
/** A keep that has just started reads everything first. */
const slow =
  'The daemon did not say in time what edit of the source does the same: ask field_owner, with field and value.';

/** What the daemon of this data directory says of a denied command; nothing when there is none, or it does not know. */
export async function askDaemon(home: string, version: string, { argv, stdin }: Edit): Promise<readonly string[]> {
  const path = process.getBuiltinModule('node:path').join(home, 'agent.sock');
  // Where there is none, what it takes to speak to it need not be loaded.
  if (!process.getBuiltinModule('node:fs').existsSync(path)) return [];
  const { createConnection } = process.getBuiltinModule('node:net');
  // No schema is expected: the guard touches no database.
  const hello = { castellan: 1, build: { version, stamp: '' }, schema: 0, config: null, purpose: 'operator' };
  const known = stdin !== undefined && !stdin.includes(UNKNOWN) && argv.includes('-');
  const request = { command: 'iac.prepare', input: known ? { argv, stdin } : { argv } };
  return new Promise((done) => {
    let held = '';
    let bytes = 0;
    const socket = createConnection(path);
    const finish = (says: readonly string[]) => {
      clearTimeout(late);
      socket.destroy();
      done(says);
    };
    const late = setTimeout(() => finish([slow]), patience.answerMs);
    socket.setEncoding('utf8');
    socket.on('error', () => finish([]));
    socket.on('close', () => finish([]));
    socket.on('connect', () => socket.write(`${JSON.stringify(hello)}\n${JSON.stringify(request)}\n`));
    socket.on('data', (chunk: string) => {
      held += chunk;
      bytes += Buffer.byteLength(chunk);
      const lines = held.split('\n');
      held = lines.pop() ?? '';
      if (bytes > patience.answerBytes) finish([]);
      for (const line of lines) {
        const says = saidIn(line);
        if (says !== undefined) finish(says);
      }
    });
  });
}

/** The lines of an answer; none for what is no answer and ends the talk; undefined for what goes on. */
function saidIn(line: string): readonly string[] | undefined {
  const told = objectOf(line);
  if (told === undefined || 'error' in told || 'refused' in told) return [];
  if (!('answer' in told)) return undefined;
  const { answer } = told;
  return typeof answer === 'object' && answer !== null && 'says' in answer ? plainLines(answer.says) : [];
}

function objectOf(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    // Not JSON: the daemon is not one this guard knows.
    return undefined;
  }
}

/** The daemon's lines without what a terminal or a reader could take for something else, and no more than its share. */
export function plainLines(says: unknown): readonly string[] {
  if (!Array.isArray(says)) return [];
  const kept: string[] = [];
  let left = shown.bytes;
  for (const line of says.filter((one) => typeof one === 'string').slice(0, shown.lines)) {
    const plain = line
      .slice(0, shown.bytes)
      .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]+/gu, ' ')
      .trim();
    const cut = Buffer.from(plain)
      .subarray(0, Math.max(0, left))
      .toString()
      .replace(/\ufffd+$/u, '');
    left -= Buffer.byteLength(cut) + 1;
    if (cut !== '') kept.push(cut);
  }
  return kept;
}
