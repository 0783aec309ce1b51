import { describe, expect, it } from 'vitest';
import { isAtLeast, type Level, levelOf } from './log-level.ts';

const told: readonly (readonly [Level | undefined, string])[] = [
  ['error', '{"level":"error","msg":"no route"}'],
  ['warn', '{"ts":1,"severity":"WARNING","message":"slow"}'],
  ['info', '{"time":"2026-11-25T10:00:00Z","level":"INFO","msg":"error budget ok"}'],
  ['debug', '{"lvl": "trace", "msg": "x"}'],
  ['fatal', '{"log.level":"critical","message":"x"}'],
  ['error', '{"level":50,"msg":"pino"}'],
  ['info', '{"level":30,"msg":"pino"}'],
  ['fatal', '{"level":60,"msg":"pino"}'],
  ['debug', '{"level":10,"msg":"pino"}'],
  ['error', '{"RequestPath":"/","DownstreamStatus":502}'],
  [undefined, '{"path":"/","status":404}'],
  [undefined, '{"msg":"done","error":null}'],
  ['error', 'E1125 10:00:00.123456       1 reflector.go:147] failed to list'],
  ['info', 'I1125 10:00:00.123456       1 main.go:1] no error here, ERROR is a word'],
  ['warn', 'W1125 10:00:00.123456       1 warnings.go:70] deprecated'],
  ['error', 'time=2026-11-25T10:00:00Z level=error msg="no route"'],
  ['warn', 'ts=1 caller=x.go:1 level=warn component="tsdb"'],
  ['error', '[ERROR] plugin/errors: 2 example.net. A: read udp'],
  ['info', '[INFO] 192.0.2.7:5000 - 1 "A IN example.net." NOERROR'],
  ['error', '2026/11/25 10:00:00 [error] 31#31: *1 open() "/x" failed'],
  ['warn', '2026-11-25 10:00:00 0 [Warning] Aborted connection'],
  ['error', '2026-11-25 10:00:00.123 UTC [12] ERROR:  relation "x" does not exist'],
  ['fatal', '2026-11-25 10:00:00.123 UTC [12] FATAL:  password authentication failed'],
  ['info', '2026-11-25 10:00:00.123 UTC [12] LOG:  checkpoint complete'],
  ['error', '10:00:00.123 [main] ERROR c.e.Server - no route'],
  ['info', '2026-11-25 10:00:00 | INFO     | app:run:12 - up'],
  ['warn', 'WARNING:root:slow'],
  ['error', 'Error: connect refused'],
  ['fatal', 'panic: runtime error: index out of range'],
  ['error', 'Traceback (most recent call last):'],
  ['error', 'ValueError: bad value'],
  ['error', 'java.lang.IllegalStateException: closed'],
  ['error', '192.0.2.7 - - [25/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" 502 157 "-" "curl"'],
  [undefined, '192.0.2.7 - - [25/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" 200 502 "-" "curl"'],
  [undefined, 'GET /errors/12 200 16ms'],
  ['error', 'POST /items 503 2ms'],
  ['error', 'could not connect to db.example.net: connection refused'],
  ['fatal', 'allocation of 64 MiB: out of memory'],
  [undefined, 'finished with 0 errors'],
  [undefined, 'done: errors=0 skipped=2'],
  [undefined, 'listening on :8080'],
  [undefined, ''],
];

describe('the level of a line', () => {
  it.each(told)('is %s in %j', (level, line) => {
    expect(levelOf(line)).toBe(level);
  });

  it('counts a line that names none as ordinary', () => {
    expect(isAtLeast(undefined, 'info')).toBe(true);
    expect(isAtLeast(undefined, 'warn')).toBe(false);
    expect(isAtLeast('fatal', 'error')).toBe(true);
    expect(isAtLeast('warn', 'error')).toBe(false);
  });

  it.each(['GET ', '"status', 'error ', 'a.', ' level=', '[ ', '{"level"', 'A'.repeat(50)])(
    'is found in a time that grows with the line: %j, repeated',
    (piece) => {
      const line = piece.repeat(16_384 / piece.length);
      const started = performance.now();
      for (let times = 0; times < 50; times += 1) levelOf(line);
      expect(performance.now() - started).toBeLessThan(2_000);
    },
  );
});
