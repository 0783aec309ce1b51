import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { type Config, loadConfig } from '../../config/index.ts';
import { conformanceProfile } from './profile.ts';

const http = {
  host: '127.0.0.1',
  port: 0,
  allowedHosts: [],
  allowedOrigins: [],
  bodyLimitBytes: 1_000,
  requestsPerMinute: 60,
};
const loaded = loadConfig({ flags: { home: tmpdir() }, environment: {}, cwd: tmpdir(), slices: [] });
const empty: Config = { ...loaded, http };

describe('the conformance profile', () => {
  it('gives callers a principal of its own that may only read', async () => {
    const profile = conformanceProfile(empty);
    expect(await profile.authenticate(new Request('http://127.0.0.1/') as never)).toEqual({
      agent: 'agent:conformance',
      human: 'human:nobody',
      via: 'conformance',
      scopes: ['read'],
    });
  });

  it('does not mind a group that is there because nothing was said of it: it is not served beside the fixtures', () => {
    const byDefault = { ...empty, groups: new Map([['garden', {}]]), groupsByDefault: ['garden'] };
    expect(() => conformanceProfile(byDefault)).not.toThrow();
  });

  it.each<[string, Partial<Config>]>([
    ['a tool group', { groups: new Map([['kubernetes', { kubeconfig: '/etc/kubeconfig' }]]) }],
    [
      'a database server',
      {
        database: {
          kind: 'postgres',
          host: 'db.example.net',
          port: 5432,
          database: 'castellan',
          user: 'castellan',
          password: undefined,
          tls: 'require',
          caFile: undefined,
        },
      },
    ],
    ['no HTTP listener', { http: undefined }],
    ['a listener on every interface', { http: { ...http, host: '0.0.0.0' } }],
    ['a listener on every interface, in IPv6', { http: { ...http, host: '::' } }],
    ['a listener on another address', { http: { ...http, host: '192.0.2.7' } }],
    ['a name that only looks like loopback', { http: { ...http, host: 'localhost.example.net' } }],
    ['another host let in', { http: { ...http, allowedHosts: ['castellan.example.net'] } }],
    ['another origin let in', { http: { ...http, allowedOrigins: ['https://console.example.net'] } }],
  ])('refuses a configuration with %s', (_, part) => {
    expect(() => conformanceProfile({ ...empty, ...part })).toThrowError(
      expect.objectContaining({ code: 'conformance-refused', audience: 'operator' }),
    );
  });
});
