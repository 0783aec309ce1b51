import { describe, expect, it } from 'vitest';
import type { Approver } from '../approvers/port.ts';
import { openOnce } from './once.ts';
import { openSessions, sessionToken } from './sessions.ts';
import { openTries } from './tries.ts';

const passkey = (id: string) => ({ id, publicKey: `key of ${id}` });
const approverOf = (name: string, login: string): Approver => ({
  name,
  approval: passkey(`${login}-signs`),
  login: passkey(login),
  since: new Date(0),
  by: 'root',
});

let time = 0;
const now = () => new Date(time);

describe('sessions', () => {
  it('end when their approver is enrolled anew under the same name', () => {
    const list = [approverOf('ada', 'one')];
    const sessions = openSessions({ approvers: { list: () => list }, now });
    const { token } = sessions.begin(approverOf('ada', 'one'));
    expect(sessions.of(token)?.login.id).toBe('one');
    list[0] = approverOf('ada', 'two');
    expect(sessions.of(token)).toBeUndefined();
    list[0] = approverOf('ada', 'one');
    expect(sessions.of(token)).toBeUndefined();
  });

  it('are not kept without end', () => {
    const ada = approverOf('ada', 'one');
    const sessions = openSessions({ approvers: { list: () => [ada] }, now });
    const tokens = Array.from({ length: 300 }, () => sessions.begin(ada).token);
    expect(new Set(tokens).size).toBe(300);
    expect(tokens.filter((token) => sessions.of(token) !== undefined)).toHaveLength(200);
    expect(sessions.of(tokens.at(-1))).toBe(ada);
  });

  it('are named by a header and nothing else', () => {
    const token = 'A'.repeat(43);
    expect(sessionToken(`Castellan ${token}`)).toBe(token);
    for (const other of [
      undefined,
      '',
      token,
      `Bearer ${token}`,
      `Castellan ${token}A`,
      `Castellan  ${token}`,
      `castellan ${token}`,
    ]) {
      expect(sessionToken(other)).toBeUndefined();
    }
  });
});

describe('what is good once', () => {
  it('is forgotten in the order it came when there is too much of it', () => {
    const once = openOnce<number>({ lastsMs: 1_000, most: 3, now });
    const keys = [1, 2, 3, 4].map((value) => once.put(value));
    expect(keys.map((key) => once.take(key))).toEqual([undefined, 2, 3, 4]);
    expect(keys.map((key) => once.take(key))).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('tries', () => {
  const right = () => Promise.resolve('right');
  const wrong = () => Promise.reject(new TypeError('wrong'));

  it('that are right are never counted', async () => {
    const tries = openTries({ perMinute: 2, perConnection: 2, now });
    const connection = {};
    for (let round = 0; round < 10; round += 1) expect(await tries.count(connection, right)).toBe('right');
    await expect(tries.count(connection, wrong)).rejects.toThrow(TypeError);
    await expect(tries.count(connection, wrong)).rejects.toThrow(TypeError);
    await expect(tries.count(connection, right)).rejects.toMatchObject({ code: 'console-too-often' });
    await expect(tries.count({}, right)).rejects.toMatchObject({ code: 'console-too-often' });
    time += 60_001;
    await expect(tries.count({}, right)).resolves.toBe('right');
    await expect(tries.count(connection, right)).rejects.toMatchObject({ code: 'console-too-often' });
  });

  it('that come together are not more than one after the other', async () => {
    const tries = openTries({ perMinute: 3, perConnection: 10, now });
    time += 60_001;
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => tries.count({}, wrong)));
    const reasons = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : undefined));
    expect(reasons.filter((reason) => reason instanceof TypeError)).toHaveLength(3);
  });
});
