import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageTemplate } from './message-template.ts';

describe('the template of a message', () => {
  it.each([
    ['GET /items/17 200 16ms', 'GET /items/9000 200 1.5s'],
    ['pod web-7754fd9cbb-qpx8j on 192.0.2.7', 'pod web-6c8f7b5d4-57rbs on 192.0.2.113:8080'],
    ['took 1h2m3.5s', 'took 250ms'],
    ['id 9f1c2d3e-4b5a-6c7d-8e9f-abcdefabcdef', 'id 01234567-beef-cafe-dead-feedfacefeed'],
    ['2026-11-25T10:00:00.123Z start', '2026-11-26T11:12:13Z start'],
    ['password=«redacted:assignment:f1a9c2»', 'password=«redacted:assignment:04be1d»'],
    ['read 0x7ffe12 at 12%', 'read 0x1a at 3%'],
  ])('is one for %j and %j', (one, other) => {
    expect(messageTemplate(one)).toBe(messageTemplate(other));
  });

  it.each([
    ['connection refused', 'connection reset'],
    ['GET /items/1', 'POST /items/1'],
    ['user alice logged in', 'user bob logged in'],
  ])('tells %j from %j', (one, other) => {
    expect(messageTemplate(one)).not.toBe(messageTemplate(other));
  });

  it('leaves a message without digits as it is, and a template too', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        if (!/\d/.test(text))
          expect(messageTemplate(text).replaceAll('#', '')).toBe(messageTemplate(text.replaceAll('#', '')));
        expect(messageTemplate(messageTemplate(text))).toBe(messageTemplate(text));
      }),
    );
  });

  it('takes a time that grows with the message', () => {
    for (const piece of ['a', '1', '#-', '-', 'a1-', '0123abcd-']) {
      const started = performance.now();
      messageTemplate(piece.repeat(2 ** 20 / piece.length));
      expect(performance.now() - started).toBeLessThan(3_000);
    }
  });
});
