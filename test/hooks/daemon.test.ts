import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { McpServer } from '@modelcontextprotocol/server';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { plainLines } from '../../src/guard/daemon.ts';
import { createRedactor } from '../../src/redaction/index.ts';
import { listenOnAgentSocket } from '../../src/server/agent-socket.ts';
import { type Build, type Hello, isOlder, protocol, schema } from '../../src/server/handshake.ts';
import { decisionOf, payload, reasonOn, runHook } from './guard.fixture.ts';

const scale = 'kubectl scale deploy/web --replicas=3';
let home = '';
let opened: AsyncDisposableStack;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'castellan-guard-'));
  opened = new AsyncDisposableStack();
});
afterEach(async () => {
  await opened.disposeAsync();
  rmSync(home, { recursive: true, force: true });
});

/** A daemon that sends these lines to whoever asks, and ends the connection unless it is to be kept waiting. */
async function daemonThatSays(lines: readonly (object | string)[], keepOpen = true): Promise<void> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      for (const line of lines) socket.write(typeof line === 'string' ? line : `${JSON.stringify(line)}\n`);
      if (!keepOpen) socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(join(home, 'agent.sock'), resolve));
  opened.defer(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
}

const reasonOfHook = async (command: string): Promise<string> => {
  const { code, stdout } = await runHook(payload(command), { CASTELLAN_HOME: home });
  expect(code).toBe(0);
  return reasonOn(stdout);
};

describe('a denied command that may be an edit of the source', () => {
  test('is put to the daemon over its own socket, whose lines end the reason', async () => {
    const heard: unknown[] = [];
    const build: Build = { version: '0.0.9', stamp: '' };
    const hellos: Hello[] = [];
    const socket = await listenOnAgentSocket({
      path: join(home, 'agent.sock'),
      redactor: createRedactor(),
      log: pino({ level: 'silent' }),
      factory: () => new McpServer({ name: 'test', version: '1' }, { capabilities: { tools: {} } }),
      welcome: () => ({ castellan: protocol, build, schema, config: '/etc/castellan.yaml', pid: process.pid }),
      refuse: (hello) => {
        hellos.push(hello);
        // What src/server/daemon.ts refuses.
        if (hello.config !== null) return 'another configuration';
        return hello.schema > schema && !isOlder(build, hello.build) ? 'another schema' : undefined;
      },
      control: async () => ({}),
      operator: (connection) => {
        connection.on('data', (chunk: Buffer) => {
          heard.push(JSON.parse(chunk.toString()));
          connection.write(`${JSON.stringify({ progress: { message: 'looking' } })}\n`);
          const says = [
            'A patch is prepared: patch_00000000000000000000.',
            'change_propose patch="patch_00000000000000000000"',
          ];
          connection.write(
            `${JSON.stringify({ answer: { outcome: 'prepared', patch: 'patch_00000000000000000000', says } })}\n`,
          );
        });
        connection.resume();
      },
      onClients: () => undefined,
    });
    opened.use(socket);

    const reason = await reasonOfHook(`cd /srv && sudo /usr/bin/${scale}`);
    expect(reason.split('\n').slice(1)).toEqual([
      'A patch is prepared: patch_00000000000000000000.',
      'change_propose patch="patch_00000000000000000000"',
    ]);
    expect(reason).toContain('Castellan denies `kubectl scale deploy/web`');
    expect(heard).toEqual([
      { command: 'iac.prepare', input: { argv: ['kubectl', 'scale', 'deploy/web', '--replicas=3'] } },
    ]);
    const { version } = z
      .object({ version: z.string() })
      .parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')));
    expect(hellos).toEqual([
      { castellan: protocol, build: { version, stamp: '' }, schema: 0, config: null, purpose: 'operator' },
    ]);
  });

  test.each([
    scale,
    'kubectl set image deploy/web app=nginx:1.27',
    'kubectl patch deploy web -p {}',
    'kubectl edit deploy web',
    'kubectl annotate deploy web a=b',
    'kubectl label deploy web a=b',
    'kubectl autoscale deploy web --max=3',
    'kubectl rollout restart deploy/web',
    'kubectl delete deploy web',
    'kubectl apply -f - <<EOF\nkind: ConfigMap\nEOF',
    'helm upgrade web ./chart --set a=b',
    'helm rollback web 3',
    'helm uninstall web',
  ])('is asked about: %s', (command) => {
    expect(decisionOf(command).edit).toBeDefined();
  });

  test.each([
    'kubectl apply -f deploy.yaml',
    'kubectl rollout undo deploy/web',
    'kubectl drain n1',
    'kubectl exec web-0 -- sh',
    'kubectl get secret web -o yaml',
    'kubectl scale deploy/$APP --replicas=3',
    'kubectl delete pod "$(cat name)"',
    'terraform apply',
    'helm install web ./chart',
  ])('is not asked about: %s', (command) => {
    expect(decisionOf(command).reason).toBeDefined();
    expect(decisionOf(command).edit).toBeUndefined();
  });

  test('brings the text of a here-document that is known, and no other', async () => {
    expect(decisionOf("kubectl apply -f - <<'EOF'\nkind: $KIND\nEOF").edit).toMatchObject({
      argv: ['kubectl', 'apply', '-f', '-'],
      stdin: 'kind: $KIND\n',
    });
    expect(decisionOf('kubectl apply -f - <<EOF\nkind: $KIND\nEOF').edit?.stdin).toContain('\u0000');
  });
});

describe('the denial stands, with the general route, when the daemon', () => {
  const general = decisionOf(scale).reason;

  test('is not there', async () => {
    expect(await reasonOfHook(scale)).toBe(general);
  });

  test.each<[string, readonly (object | string)[]]>([
    ['refuses', [{ refused: 'no' }]],
    ['does not know the command', [{ castellan: 1 }, { error: { code: 'command-unknown', message: 'x', next: 'y' } }]],
    ['speaks something else', ['HTTP/1.1 400 Bad Request\r\n\r\n']],
    ['answers without lines', [{ castellan: 1 }, { answer: { outcome: 'none' } }]],
    ['answers with lines that are none', [{ castellan: 1 }, { answer: { says: { 0: 'x' } } }]],
    ['never ends a line', [{ castellan: 1 }, 'x'.repeat(200_000)]],
    [
      'only tells progress, and much of it',
      [
        ...Array.from({ length: 3_000 }, () => ({ progress: { message: 'still looking' } })),
        { answer: { says: ['late'] } },
      ],
    ],
  ])('%s', async (_what, lines) => {
    await daemonThatSays(lines);
    expect(await reasonOfHook(scale)).toBe(general);
  });

  test('does not answer in time, and the way on is named', async () => {
    await daemonThatSays([{ castellan: 1 }]);
    const [first, second, ...more] = (await reasonOfHook(scale)).split('\n');
    expect(first).toBe(general);
    expect(second).toContain('ask field_owner');
    expect(more).toEqual([]);
  });

  test('hangs up', async () => {
    await daemonThatSays([{ castellan: 1 }], false);
    expect(await reasonOfHook(scale)).toBe(general);
  });
});

describe('what the daemon says', () => {
  test('is cut at 6 lines and 1,200 bytes', () => {
    const lines = plainLines(Array.from({ length: 9 }, () => 'é'.repeat(400)));
    expect(lines.length).toBeLessThanOrEqual(6);
    expect(Buffer.byteLength(lines.join('\n'))).toBeLessThanOrEqual(1_200);
    expect(lines.join('')).toMatch(/^é+$/);
  });

  test('has no control characters, no directions and no lines in its lines', () => {
    expect(plainLines(['a\u001b[31mb\nc\u202ed\u200be\u0000f', 7, null])).toEqual(['a [31mb c d e f']);
  });
});
