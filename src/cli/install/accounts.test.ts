import { describe, expect, it } from 'vitest';
import { type AccountFiles, accountCommands, homeOf, idsOf } from './accounts.ts';

const files = (passwd = '', group = ''): AccountFiles => ({
  passwd: `root:x:0:0:root:/root:/bin/bash\nrobin:x:1000:1000::/home/robin:/bin/bash\n${passwd}`,
  group: `root:x:0:\nsudo:x:27:robin\nrobin:x:1000:\n${group}`,
});
const keep = 'castellan-keep:x:998:998:Castellan keep:/nonexistent:/usr/sbin/nologin\n';
const fingerprinter = 'castellan-fingerprinter:x:995:995:Castellan fingerprinter:/nonexistent:/usr/sbin/nologin\n';
const user = `${keep}${fingerprinter}`;
const groups =
  'castellan-keep:x:998:\ncastellan-fingerprinter:x:995:\ncastellan-agents:x:997:\ncastellan-humans:x:996:\n';

describe('accounts of the keep', () => {
  it('are made as of a service: no login, no home; and the caller may talk to it', () => {
    expect(accountCommands(files(), ['robin']).map((words) => words.join(' '))).toEqual([
      'useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin --comment Castellan keep castellan-keep',
      'useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin --comment Castellan fingerprinter castellan-fingerprinter',
      'groupadd --system castellan-agents',
      'groupadd --system castellan-humans',
      'usermod --append --groups castellan-agents robin',
    ]);
  });

  it('are not made twice', () => {
    expect(accountCommands(files(user, groups), [])).toEqual([]);
    expect(accountCommands(files(user, groups.replace('997:', '997:robin,ada')), ['robin'])).toEqual([]);
    expect(idsOf(files(user, groups))).toEqual({
      uid: 998,
      gid: 998,
      agents: 997,
      humans: 996,
      fingerprinter: { uid: 995, gid: 995 },
    });
    expect(idsOf(files(user))).toBeUndefined();
    expect(idsOf(files(keep, groups))).toBeUndefined();
    expect(homeOf(files(), 'robin')).toBe('/home/robin');
  });

  it.each(['nobody-here', '--root=/', ''])('are not asked to let in who is no user: %j', (name) => {
    expect(() => accountCommands(files(), [name])).toThrowError(/there is no user/);
  });

  it.each([
    ['root by another name', user.replace('998:998', '0:0'), groups],
    ['of another user’s number', `${user}ada:x:998:1001::/home/ada:/bin/bash\n`, groups],
    ['one that can log in', user.replace('/usr/sbin/nologin', '/bin/bash'), groups],
    ['a member of docker', user, `${groups}docker:x:101:ada,castellan-keep\n`],
    ['of the primary group of root', user.replace('998:998', '998:0'), groups],
    ['one with the keep’s number', user.replace('995:995', '998:995'), groups],
    ['one of the keep’s group', user, groups.replace('998:', '998:castellan-fingerprinter')],
    ['one of the fingerprinter’s group', user, groups.replace('995:', '995:castellan-keep')],
    ['a fingerprinter in the keep’s primary group', user.replace('995:995', '995:998'), groups],
    ['a fingerprinter that can log in', user.replace(/nologin\n$/, 'bash\n'), groups],
    ['an agent itself', user, groups.replace('997:', '997:castellan-keep')],
  ])('are refused where one of that name is %s', (_, passwd, group) => {
    expect(() => accountCommands(files(passwd, group), [])).toThrowError(/does not fit/);
    expect(() => idsOf(files(passwd, group))).toThrowError(/does not fit/);
  });
});
