import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { assertEndpoint, below, endpointProblem, isNearby, lookupNearby } from './endpoint.ts';

describe('the address of an endpoint', () => {
  it.each([
    'https://embeddings.example.net',
    'https://192.0.2.7:8443/base/v1',
    'http://localhost:11434',
    'http://127.0.0.1:11434/',
    'http://[::1]:8080',
    'http://10.1.2.3',
    'http://172.16.0.1',
    'http://172.31.255.254',
    'http://192.168.1.5:8080',
    'http://100.64.0.9',
    'http://[fd00::5]:8080',
    // What a name stands for is looked at when it is connected to.
    'http://ollama.ai.svc:11434',
  ])('may be %s', (address) => {
    expect(endpointProblem(address)).toBeUndefined();
    expect(assertEndpoint(address)).toBeInstanceOf(URL);
  });

  it.each([
    'not a url',
    '',
    'ftp://10.0.0.1',
    'file:///etc/passwd',
    'http://192.0.2.7',
    'http://172.32.0.1',
    'http://169.254.169.254',
    'http://0.0.0.0:80',
    'http://[::ffff:192.0.2.7]',
    'http://[fe80::1]',
    // Other ways to write an address outside.
    'http://3221225991',
    'http://0xc0000207',
    'https://robin:word@embeddings.example.net',
    'https://embeddings.example.net/?key=1',
    'https://embeddings.example.net/#part',
  ])('is refused as %s', (address) => {
    expect(endpointProblem(address)).toBeDefined();
    expect(() => assertEndpoint(address)).toThrowError(expect.objectContaining({ code: 'embedding-unconfigured' }));
  });

  it('is not repeated in the error: it may hold a login', () => {
    expect(() => assertEndpoint('https://robin:canary@embeddings.example.net')).toThrowError(
      expect.objectContaining({ message: expect.not.stringContaining('canary') }),
    );
  });

  it('may have a path of its own', () => {
    const at = (address: string, path: string): string => below(new URL(address), path).href;
    expect(at('http://localhost:1', '/v1/embeddings')).toBe('http://localhost:1/v1/embeddings');
    expect(at('http://localhost:1/v1/', '/v1/embeddings')).toBe('http://localhost:1/v1/embeddings');
    expect(at('http://localhost:1/base', '/v1/embeddings')).toBe('http://localhost:1/base/v1/embeddings');
    expect(at('http://localhost:1/v1', '/api/embed')).toBe('http://localhost:1/v1/api/embed');
  });

  it('tells near from far', () => {
    expect(isNearby('10.0.0.1')).toBe(true);
    expect(isNearby('192.0.2.1')).toBe(false);
    expect(isNearby('localhost')).toBe(false);
  });

  it('of plain HTTP is looked up to private addresses alone', async () => {
    const look = promisify(lookupNearby) as (name: string, options: object) => Promise<unknown>;
    expect(await look('localhost', { all: true })).toEqual(
      expect.arrayContaining([expect.objectContaining({ address: expect.stringMatching(/^(127\.0\.0\.1|::1)$/) })]),
    );
    await expect(look('192.0.2.7', {})).rejects.toThrow('not private');
    await expect(look('no-such-name.invalid', {})).rejects.toThrow();
  });
});
