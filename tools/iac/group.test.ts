import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silent } from '../../src/redaction/no-redaction.fixture.ts';
import { toWireTool } from '../../src/server/wire-tool.ts';
import { iac } from './group.ts';
import { noDatabase } from './keep.fixture.ts';
import { calm, type ScriptedKeep, scriptedKeep } from './scripted-keep.fixture.ts';

let keep: ScriptedKeep;
beforeEach(async () => {
  keep = await scriptedKeep(() => ({}));
});
afterEach(() => keep[Symbol.asyncDispose]());

const lent = { database: noDatabase, redactor: silent };
const probe = async () => {
  await using connection = await iac.connect({ socket: keep.path }, { cluster: undefined, ...lent });
  return connection.probe(new AbortController().signal);
};

describe('the group of stacks', () => {
  it('takes the absolute path of a socket, and nothing else', () => {
    expect(iac.config.safeParse({ socket: '/run/castellan-keep/agents/keep.sock' }).success).toBe(true);
    for (const wrong of [{}, { socket: 'keep.sock' }, { socket: `/${'x'.repeat(100)}` }, { socket: '/a', more: 1 }]) {
      expect(iac.config.safeParse(wrong).success).toBe(false);
    }
  });

  it('has tools that propose and tools that look, and none that does more', () => {
    expect(iac.tools.map(({ name, effect }) => [name, effect])).toEqual([
      ['terragrunt_plan', 'propose'],
      ['change_propose', 'propose'],
      ['field_owner', 'read'],
      ['drift_report', 'read'],
      ['stack_show', 'read'],
      ['change_status', 'read'],
      ['change_withdraw', 'propose'],
    ]);
    for (const tool of iac.tools)
      expect(Buffer.byteLength(JSON.stringify(toWireTool(tool)))).toBeLessThanOrEqual(1_200);
  });

  it('has a command that records, and none that does more', () => {
    expect(iac.commands?.map(({ name, effect }) => [name, effect])).toEqual([['iac.prepare', 'record']]);
  });

  it('works without a cluster, and does not keep one connected', () => {
    expect(iac.requires['cluster']).toEqual({ name: 'cluster', optional: true });
  });
});

describe('what doctor hears of the keep', () => {
  it('is that all is well, line by line', async () => {
    expect(await probe()).toMatchObject([
      { check: 'keep', status: 'pass', detail: 'reached, version 1.0.0' },
      { check: 'boundary of the keep', status: 'pass', detail: 'separate user' },
      { check: 'sandbox', status: 'pass' },
      { check: 'frozen', status: 'pass', detail: 'no' },
      { check: 'trusted base', status: 'pass', detail: expect.stringMatching(/^aaaaaaaaaaaa, fetched /) },
    ]);
  });

  it('is each thing that is not: seat belt, broken sandbox, frozen, commits nobody adopted, and what else troubles it', async () => {
    keep.script = () => ({
      keep: {
        ...calm,
        boundary: 'same user',
        frozenSince: '2026-03-01T09:00:00.000Z',
        ahead: 2,
        problems: ['the sandbox does not work: bwrap is missing', 'the repository\n could not be \u001b[31mfetched'],
      },
    });
    expect(await probe()).toMatchObject([
      { status: 'pass' },
      { check: 'boundary of the keep', status: 'unknown', next: expect.stringContaining('castellan install') },
      { check: 'sandbox', status: 'fail', detail: 'the sandbox does not work: bwrap is missing' },
      { check: 'frozen', status: 'unknown', detail: expect.stringContaining('2026-03-01T09:00:00.000Z') },
      { check: 'trusted base', status: 'unknown', detail: expect.stringContaining('2 commits on the branch') },
      { check: 'keep', status: 'fail', detail: 'the repository could not be fetched' },
    ]);
  });

  it('is never that the base is fine when it is not known', async () => {
    const { ahead: _, ...untold } = calm;
    keep.script = () => ({ keep: untold });
    expect((await probe()).at(-1)).toMatchObject({ check: 'trusted base', status: 'unknown' });
    const { trustedBase: __, ...none } = calm;
    keep.script = () => ({ keep: none });
    expect((await probe()).at(-1)).toMatchObject({ check: 'trusted base', status: 'fail' });
  });

  it('is that it cannot be reached, and what to do', async () => {
    const { path } = keep;
    keep.script = (_request, connection) => {
      connection.destroy();
      return undefined;
    };
    expect(await probe()).toMatchObject([{ check: 'keep', status: 'fail', next: expect.any(String) }]);
    await using connection = await iac.connect({ socket: `${path}.none` }, { cluster: undefined, ...lent });
    expect(await connection.probe(new AbortController().signal)).toMatchObject([
      {
        status: 'fail',
        detail: expect.stringContaining('keep-unreachable'),
        next: expect.stringContaining('start it'),
      },
    ]);
  });
});
