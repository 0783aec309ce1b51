import fc from 'fast-check';
import { expect, it } from 'vitest';
import { probeRefusal } from './probe-address.ts';

const listed = ['https://status.example.net/health', 'http://192.0.2.7:8080/', 'https://one.example.net/ready?deep=1'];
const may = (address: string): boolean => probeRefusal(address, listed) === undefined;

it('lets through what lies below a listed address', () => {
  for (const address of [
    'https://status.example.net/health',
    'https://STATUS.example.net:443/health',
    'https://status.example.net/health/mail?deep=1',
    'http://192.0.2.7:8080/anything',
    'https://one.example.net/ready?deep=1',
  ]) {
    expect(may(address), address).toBe(true);
  }
});

it('refuses what only looks as if it did', () => {
  for (const address of [
    'https://status.example.net.evil.example/health',
    'https://status.example.net@evil.example/health',
    'https://user@status.example.net/health',
    'https://:word@status.example.net/health',
    'https://status.example.net:8443/health',
    'http://status.example.net/health',
    'https://status.example.net/healthy',
    'https://status.example.net/health/../admin',
    'https://status.example.net/health/%2e%2e/admin',
    'https://status.example.net/health/..%2fadmin',
    'https://status.example.net/health\\..\\admin',
    'https://status.example.net/health/x%5c..%5cadmin',
    'https://status.example.net/',
    'http://192.0.2.7/',
    'http://192.0.2.70:8080/',
    'https://one.example.net/ready',
    'https://one.example.net/ready?deep=1&drop=1',
    'https://one.example.net/ready/more?deep=1',
    'ftp://status.example.net/health',
    'not an address',
  ]) {
    expect(may(address), address).toBe(false);
  }
});

it('refuses everything where nothing is listed', () => {
  expect(probeRefusal('https://status.example.net/health', [])).toContain('lists no addresses');
});

it('never goes to another host than a listed one, whatever is written before, between and behind', () => {
  const part = fc.string({ maxLength: 12 });
  fc.assert(
    fc.property(part, part, part, (before, between, behind) => {
      const address = `https://${before}status.example.net${between}/health${behind}`;
      if (!may(address)) return;
      const { origin, pathname } = new URL(address);
      expect(origin).toBe('https://status.example.net');
      expect(pathname === '/health' || pathname.startsWith('/health/')).toBe(true);
    }),
  );
});
