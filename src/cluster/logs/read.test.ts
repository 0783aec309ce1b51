import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../redaction/index.ts';
import type { LogOptions, LogReading } from '../reader.ts';
import { type Loopback, listen, transportTo } from '../transport/loopback.fixture.ts';
import { createObjectRedactor } from '../withholding/object-redactor.ts';
import { readLogs } from './read.ts';

const pod = { namespace: 'shop', name: 'web-0' };

async function reading(
  body: string,
  options: Partial<LogOptions> = {},
): Promise<LogReading & { readonly seen: Loopback['seen'] }> {
  await using server = await listen((_, response) => response.end(body));
  await using transport = transportTo(server.url, 'token');
  const asked = { container: 'app', signal: AbortSignal.timeout(20_000), ...options };
  const read = await readLogs(transport, createObjectRedactor(createRedactor()), pod, asked);
  return { ...read, seen: server.seen };
}

function stamped(lines: readonly string[]): string {
  return lines.map((line, index) => `2026-11-25T10:00:${String(index % 60).padStart(2, '0')}.5Z ${line}\n`).join('');
}

describe('reading a log', () => {
  it('asks for one container, with times, and for as much as is wanted', async () => {
    const since = new Date('2026-11-25T09:00:00.900Z');
    const { seen } = await reading('', { previous: true, since, tail: 7 });
    expect(seen.map(({ url }) => url)).toEqual([
      '/api/v1/namespaces/shop/pods/web-0/log?container=app&previous=true&sinceTime=2026-11-25T09%3A00%3A00Z&tailLines=7&timestamps=true',
    ]);
  });

  it('tells when each line was written, and keeps a line that does not say', async () => {
    const { lines, received } = await reading(
      '2026-11-25T10:00:00.123456789Z up\nno time\n2026-11-25T10:00:01+02:00 x\n',
    );
    expect(lines).toEqual([
      { at: new Date('2026-11-25T10:00:00.123Z'), text: 'up' },
      { at: undefined, text: 'no time' },
      { at: new Date('2026-11-25T08:00:01Z'), text: 'x' },
    ]);
    expect(received).toMatchObject({ lines: 3 });
  });

  it('keeps the newest lines that there is room for, and counts the others', async () => {
    const all = Array.from({ length: 30_000 }, (_, index) => `line ${index}`);
    const { lines, dropped, received } = await reading(stamped(all), { room: 2_000 });
    expect(lines.at(-1)?.text).toBe('line 29999');
    expect(lines.length).toBeGreaterThan(30);
    expect(lines.map(({ text }) => text)).toEqual(all.slice(-lines.length));
    expect(dropped).toBe(30_000 - lines.length);
    expect(received.lines).toBe(30_000);
  });

  it('withholds what one line gives away, and what only several do', async () => {
    const key = Array.from({ length: 6 }, (_, index) => `MIIEvQIBADANBgkqhkiG9w0BAQEFAASC${index}`);
    const { lines, withheld } = await reading(
      stamped([
        'login password=hunter2-Zq8xV',
        '-----BEGIN PRIVATE KEY-----',
        ...key,
        '-----END PRIVATE KEY-----',
        'after',
      ]),
    );
    const text = lines.map((line) => line.text).join('\n');
    expect(lines).toHaveLength(10);
    expect(text).not.toMatch(/hunter2|MIIEvQIBADAN/);
    expect(lines.at(-1)?.text).toBe('after');
    expect(Object.values(withheld).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(1);
  });

  it('gives lines without anything hidden in them, one a line', async () => {
    const { lines } = await reading(
      stamped(['\u001b[31mERROR\u001b[0m cut', '10%\r50%\rdone', 'from Windows\r', 'a\u202eb']),
    );
    expect(lines.map(({ text }) => text)).toEqual(['ERROR cut', '10% 50% done', 'from Windows', 'ab']);
  });
});
