import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentSocket } from '../../server/agent-socket.ts';
import { readBuild } from '../../server/build.ts';
import type { RunCommand } from '../../server/operator-commands.ts';
import { askedDaemon, heardContext } from './asked-daemon.fixture.ts';
import { listenForOperators } from './operator-daemon.fixture.ts';
import { runMemoryTool } from './run-memory-tool.ts';

let home = '';
let daemon: AgentSocket | undefined;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'castellan-tool-'));
});
afterEach(async () => {
  await daemon?.[Symbol.asyncDispose]();
  daemon = undefined;
  rmSync(home, { recursive: true, force: true });
});

async function run(words: readonly string[], answer: RunCommand) {
  daemon = await listenForOperators(home, readBuild(), answer);
  const { context, out, err } = heardContext();
  return { code: await runMemoryTool([...words, '--home', home], context), out, err };
}

describe('memory-tool', () => {
  it('asks the daemon, and shows what it says', async () => {
    expect(await run(['reembed'], async () => ({ answer: { embedded: 12 } }))).toEqual({
      code: 0,
      out: ['12 texts have new vectors'],
      err: [],
    });
  });

  it.each([['recall', 'x'], ['get', '12'], ['stats']])(
    'lets %s have its answer before the daemon is let go',
    async (...words) => {
      const order: string[] = [];
      const { daemon: fake } = askedDaemon({ tool: { isError: true } });
      const answering = async <Answer>(answer: Answer): Promise<Answer> => {
        await sleep(30);
        order.push('answered');
        return answer;
      };
      await runMemoryTool([...words, '--home', home], heardContext().context, () => ({
        tool: async (...asked) => answering(await fake.tool(...asked)),
        command: async (...asked) => answering(await fake.command(...asked)),
        [Symbol.asyncDispose]: async () => {
          order.push('let go');
        },
      }));
      expect(order).toEqual(['answered', 'let go']);
    },
  );

  it('ends doctor with 1 where something failed, and prints what it was asked for as JSON alone', async () => {
    const answer = {
      findings: [{ check: 'embeddings', status: 'fail', detail: 'away' }],
      ...{ entries: 0, sensitive: 0, learning: false, corpora: [] },
    };
    const { code, out } = await run(['doctor', '--json'], async () => ({ answer }));
    expect(code).toBe(1);
    expect(out.map((line) => JSON.parse(line))).toEqual([answer]);
  });

  it('tells what the daemon refuses, with its code and what to do', async () => {
    const error = { code: 'memory-unknown', message: 'there is no entry 9', next: 'list them' };
    expect(await run(['restore', '9'], async () => ({ error }))).toEqual({
      code: 1,
      out: [],
      err: ['error memory-unknown: there is no entry 9', 'next: list them'],
    });
  });

  it('is used wrongly without a daemon being asked, and ends with 2', async () => {
    const { context, err } = heardContext();
    expect(await runMemoryTool(['stroe', 'x', '--home', home], context)).toBe(2);
    expect(err.join()).toContain('there is no command `stroe`');
  });
});
