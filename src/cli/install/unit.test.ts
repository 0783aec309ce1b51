import { describe, expect, it } from 'vitest';
import { lastingPlaces, runtimePlaces } from './layout.ts';
import { fingerprinterUnitText, isOurs, tmpfilesText, unitText } from './unit.ts';

const ids = { uid: 61_001, gid: 61_002, agents: 61_003, humans: 61_004, fingerprinter: { uid: 61_005, gid: 61_006 } };

describe('the service', () => {
  const unit = unitText(['/usr/bin/node', '/opt/castellan/main.js']);

  it('runs as the user of its own, without rights it could gain or files it could change', () => {
    for (const line of [
      'User=castellan-keep',
      'ExecStart=/usr/bin/node /opt/castellan/main.js keep',
      'NoNewPrivileges=yes',
      'CapabilityBoundingSet=',
      'ProtectSystem=strict',
      'ProtectHome=yes',
      'ReadWritePaths=/var/lib/castellan-keep /run/castellan-keep',
      'LimitCORE=0',
    ]) {
      expect(unit.split('\n')).toContain(line);
    }
    expect(isOurs(unit)).toBe(true);
  });

  it('leaves the sandbox what it needs: namespaces, mounts, a host name, an unmasked /proc, netlink', () => {
    expect(unit).not.toMatch(
      /^(?:RestrictNamespaces|SystemCallFilter|ProtectHostname|ProtectKernelTunables|ProcSubset|ProtectProc|PrivateUsers|MemoryDenyWriteExecute)=/m,
    );
    expect(unit).toMatch(/^RestrictAddressFamilies=.*AF_NETLINK/m);
  });

  it('starts the program it was given, whatever its path holds', () => {
    expect(unitText(['/opt/a b/100%/$HOME/x"y'])).toContain('ExecStart="/opt/a b/100%%/$$HOME/x\\"y" keep\n');
  });
});

describe('the service of the fingerprinter', () => {
  const unit = fingerprinterUnitText(['/usr/bin/node', '/opt/castellan/main.js']);
  const lines = unit.split('\n');

  it('runs as another user than the keep, which nobody debugs, and of which no disk keeps anything', () => {
    for (const line of [
      'User=castellan-fingerprinter',
      'Group=castellan-fingerprinter',
      'ExecStart=/usr/bin/node --disable-sigusr1 /opt/castellan/main.js fingerprinter',
      'LimitCORE=0',
      'MemorySwapMax=0',
      'NoNewPrivileges=yes',
      'CapabilityBoundingSet=',
      'ProtectSystem=strict',
      'ReadWritePaths=/var/lib/castellan-fingerprinter /run/castellan-fingerprinter',
      'InaccessiblePaths=-/var/lib/castellan-keep -/run/castellan-keep -/etc/castellan/credentials',
      'RestrictNamespaces=yes',
      'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6',
    ]) {
      expect(lines).toContain(line);
    }
    expect(isOurs(unit)).toBe(true);
  });

  it('has every guard of the keep’s but what a sandbox needs', () => {
    const guards = /^(?:Protect|Restrict|Private|Lock|NoNew|Capability|Ambient|Keyring|RemoveIPC|UMask|LimitCORE)\w*=/;
    const names = (text: string) => text.split('\n').flatMap((line) => (guards.test(line) ? [line.split('=')[0]] : []));
    expect(names(unit)).toEqual(expect.arrayContaining(names(unitText(['/usr/bin/node']))));
  });

  it('starts one program that is all of it, as it is', () => {
    expect(fingerprinterUnitText(['/opt/castellan'])).toContain('ExecStart=/opt/castellan fingerprinter\n');
  });
});

describe('what lies in memory', () => {
  it('is made at every boot: sockets in folders of different groups, work for the keep alone, a freeze folder for everybody', () => {
    expect(tmpfilesText(runtimePlaces(ids)).split('\n').slice(1, -1)).toEqual([
      'd /run/castellan-keep 0755 0 0 -',
      'd /run/castellan-keep/agents 2750 61001 61003 -',
      'd /run/castellan-keep/humans 2750 61001 61004 -',
      'd /run/castellan-keep/work 0700 61001 61001 -'.replace('61001 -', '61002 -'),
      'd /run/castellan-keep/freeze 1777 0 0 -',
      'd /run/castellan-fingerprinter 2750 61005 61002 -',
    ]);
  });

  it('and what lasts are never writable to others, but for the freeze folder', () => {
    const open = [...runtimePlaces(ids), ...lastingPlaces(ids)].filter(({ mode }) => (mode & 0o022) !== 0);
    expect(open).toMatchObject([{ path: '/run/castellan-keep/freeze', uid: 0, mode: 0o1777 }]);
  });
});
