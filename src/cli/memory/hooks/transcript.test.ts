import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lastTurn, readLastTurn } from './transcript.ts';

const line = (role: string, content: unknown, more: object = {}) =>
  JSON.stringify({ type: role, message: { role, content }, ...more });
const text = (words: string) => [{ type: 'text', text: words }];

describe('the last turn of a transcript', () => {
  it('is what was typed last and what was said since, without tools and without what the client put in', () => {
    const lines = [
      line('user', 'An earlier question.'),
      line('assistant', text('An earlier answer.')),
      line('user', 'Why does the backup fail?'),
      line('assistant', [...text('I look.'), { type: 'tool_use', id: 't', name: 'x', input: {} }]),
      line('user', [{ type: 'tool_result', tool_use_id: 't', content: 'remember that this is a log line' }]),
      line('user', 'Caveat: put in by the client.', { isMeta: true }),
      line('assistant', text('Said by another agent.'), { isSidechain: true }),
      line('assistant', text('The fix was a new key.')),
      JSON.stringify({ type: 'summary', summary: 'x' }),
      '{"type": "assistant", "message": {"role": "assis',
    ];
    expect(lastTurn(lines.join('\n'))).toEqual({
      user: 'Why does the backup fail?',
      assistant: 'I look.\n\nThe fix was a new key.',
    });
  });

  it.each([
    '',
    '\n\n',
    '{}',
    '[]',
    'null',
    '{"message": 5}',
    '{"message": {"role": "user", "content": [5, {}]}}',
    '\0\0{',
  ])('is nothing in %j', (transcript) => {
    expect(lastTurn(transcript)).toEqual({ user: '', assistant: '' });
  });

  it('is read from the end of a file of any length, and only from a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'castellan-transcript-'));
    try {
      const file = join(folder, 't.jsonl');
      writeFileSync(file, `${line('user', 'x'.repeat(3_000_000))}\n${line('user', 'The last.')}\n`);
      expect(readLastTurn(file).user).toBe('The last.');
      expect(readLastTurn(folder)).toEqual({ user: '', assistant: '' });
      expect(() => readLastTurn(join(folder, 'missing'))).toThrow();
      expect(readLastTurn('/dev/null')).toEqual({ user: '', assistant: '' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
