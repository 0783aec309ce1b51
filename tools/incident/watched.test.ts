import { describe, expect, it } from 'vitest';
import { watchedOf } from './watched.ts';

describe('an address that is watched', () => {
  it('is asked for its answer, its certificate and its name, each once', () => {
    expect(
      watchedOf(['https://shop.example.net/health', 'https://shop.example.net:8443/', 'http://192.0.2.4/']),
    ).toEqual({
      http: ['https://shop.example.net/health', 'https://shop.example.net:8443/', 'http://192.0.2.4/'],
      tls: ['shop.example.net:443', 'shop.example.net:8443'],
      dns: ['shop.example.net'],
    });
  });
});
