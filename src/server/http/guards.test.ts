import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { bearerToken, guardRequest, loopbackHosts } from './guards.ts';

const options = {
  hosts: new Set(loopbackHosts(7420)),
  origins: new Set(['https://console.example.net']),
  bodyLimitBytes: 1_000,
};

function requestWith(headers: Record<string, string>): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.headers = headers;
  return request;
}

describe('the guards before MCP', () => {
  it.each(['127.0.0.1:7420', 'localhost:7420', '[::1]:7420', 'LOCALHOST:7420'])('answer to Host %s', (host) => {
    expect(guardRequest(requestWith({ host }), options)).toBeUndefined();
  });

  it.each(['evil.example', 'evil.example:7420', '127.0.0.1:7421', 'localhost', 'localhost:7420.evil.example', ''])(
    'refuse a rebound name: Host %s',
    (host) => {
      expect(guardRequest(requestWith({ host }), options)).toMatchObject({ status: 403, reason: 'host' });
    },
  );

  it('refuse a request without Host', () => {
    expect(guardRequest(requestWith({}), options)).toMatchObject({ reason: 'host' });
  });

  it.each(['https://evil.example', 'http://127.0.0.1:7420', 'null', ''])('refuse the Origin %s', (origin) => {
    expect(guardRequest(requestWith({ host: 'localhost:7420', origin }), options)).toMatchObject({ reason: 'origin' });
  });

  it('let an allowed Origin pass', () => {
    const headers = { host: 'localhost:7420', origin: 'https://console.example.net' };
    expect(guardRequest(requestWith(headers), options)).toBeUndefined();
  });

  it.each(['1001', '1e9', 'Infinity', 'NaN', '-'])('refuse a body of length %s', (length) => {
    const headers = { host: 'localhost:7420', 'content-length': length };
    expect(guardRequest(requestWith(headers), options)).toMatchObject({ status: 413 });
  });

  it.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['Basic abc', undefined],
    ['Bearer a b', undefined],
    ['Bearer ', undefined],
    [`Bearer ${'a'.repeat(513)}`, undefined],
  ])('read the token of %j', (authorization, expected) => {
    expect(bearerToken(requestWith({ authorization }))).toBe(expected);
  });
});
