import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reluctantCluster } from './reluctant-cluster.ts';
import { ScratchCastellan, stopProcess } from './scratch-castellan.ts';
import { openSession } from './session.ts';

let castellan: ScratchCastellan;
beforeEach(() => {
  castellan = new ScratchCastellan();
});
afterEach(() => castellan[Symbol.asyncDispose]());

describe('one data directory', () => {
  it('has one daemon: the second refuses to start, and the first goes on', async () => {
    const first = await castellan.serve();
    const second = await castellan.run('serve', '--socket-only');
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('data-locked') });
    expect(await castellan.daemon()).toMatchObject({ pid: first.pid });
    expect((await castellan.run('status')).code).toBe(0);
  });

  it('is served by one daemon to many sessions at once, whichever of them started it', async () => {
    const sessions = await Promise.all(
      (['auto', 'legacy', 'auto'] as const).map((mode) => openSession(castellan, { mode })),
    );
    await expect.poll(async () => (await castellan.daemon())?.clients).toBe(3);
    for (const session of sessions) await session[Symbol.asyncDispose]();
    await expect.poll(async () => (await castellan.daemon())?.clients).toBe(0);
  });
});

describe.each(['auto', 'legacy'] as const)('a session, %s negotiation', (mode) => {
  it('goes on when its daemon is killed', async () => {
    const config = castellan.configure(castellan.unreachableCluster());
    await using session = await openSession(castellan, { mode, environment: { CASTELLAN_CONFIG: config } });
    const before = await session.client.listTools();
    const killed = await castellan.daemon();
    expect(before.tools).not.toEqual([]);

    await stopProcess(killed?.pid ?? 0, 'SIGKILL');

    expect(await session.client.listTools({}, fresh)).toEqual(before);
    const next = await castellan.daemon();
    expect(next?.pid).not.toBe(killed?.pid);
    const call = await session.client.callTool({ name: 'kubectl_get', arguments: { kind: 'pods', colour: 'blue' } });
    expect(call).toMatchObject({ isError: true });
  });

  it('is told of a call that was lost with its daemon', async () => {
    await using cluster = await reluctantCluster(castellan.directory);
    const config = castellan.configure({ kubernetes: { kubeconfig: cluster.kubeconfig, deadlineSeconds: 40 } });
    await using session = await openSession(castellan, { mode, environment: { CASTELLAN_CONFIG: config } });
    const call = session.client.callTool({ name: 'kubectl_get', arguments: { kind: 'pods' } });
    const lost = expect(call).rejects.toThrowError(
      /restarted during tools\/call\. What only looks changed nothing: call again/,
    );
    await cluster.asked();
    await stopProcess((await castellan.daemon())?.pid ?? 0, 'SIGKILL');
    await lost;
  });

  it('takes its cancellation all the way to the cluster', async () => {
    await using cluster = await reluctantCluster(castellan.directory);
    const config = castellan.configure({ kubernetes: { kubeconfig: cluster.kubeconfig, deadlineSeconds: 40 } });
    await using session = await openSession(castellan, { mode, environment: { CASTELLAN_CONFIG: config } });
    const leaving = new AbortController();
    const call = session.client.callTool(
      { name: 'kubectl_get', arguments: { kind: 'pods' } },
      { signal: leaving.signal },
    );
    const refused = expect(call).rejects.toThrowError();
    const { gone } = await cluster.asked();
    leaving.abort();
    await refused;
    await gone;
    // Still the same daemon: it let go of the call, not of its life.
    expect(await session.client.listTools({}, fresh)).toMatchObject({ tools: expect.any(Array) });
  }, 30_000);
});

/** Not from the client's own cache: the point is that the server answers. */
const fresh = { cacheMode: 'refresh' } as const;

describe('two versions on one data directory', () => {
  it('a newer session replaces an idle older daemon', async () => {
    await (await openSession(castellan))[Symbol.asyncDispose]();
    const older = await castellan.daemon();
    await expect.poll(async () => (await castellan.daemon())?.clients).toBe(0);

    await using session = await openSession(castellan, { main: checkoutOfVersion('99.0.0') });

    expect(session.client.getServerVersion()).toMatchObject({ version: '99.0.0' });
    expect((await castellan.daemon())?.pid).not.toBe(older?.pid);
  });

  it('a newer session is served by an older daemon that others use, and says so', async () => {
    await using _ = await openSession(castellan);
    const older = await castellan.daemon();
    await using session = await openSession(castellan, { main: checkoutOfVersion('99.0.0') });
    expect(session.client.getServerVersion()).toMatchObject({ version: version() });
    await expect.poll(() => session.stderr()).toContain('older than this client');
    await expect.poll(() => castellan.daemon()).toMatchObject({ pid: older?.pid, clients: 2 });
  });

  it('an older session is served by a newer daemon', async () => {
    await using _ = await openSession(castellan, { main: checkoutOfVersion('99.0.0') });
    const newer = await castellan.daemon();
    await using session = await openSession(castellan);
    expect(session.client.getServerVersion()).toMatchObject({ version: '99.0.0' });
    expect(await castellan.daemon()).toMatchObject({ pid: newer?.pid });
  });

  /** This checkout's sources beside a package.json of another version. */
  function checkoutOfVersion(other: string): string {
    const place = join(castellan.directory, `checkout-${other}`);
    mkdirSync(place);
    for (const folder of ['agents', 'src', 'tools', 'memory', 'reference'])
      cpSync(join(repository, folder), join(place, folder), { recursive: true });
    symlinkSync(join(repository, 'node_modules'), join(place, 'node_modules'));
    const manifest: unknown = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
    writeFileSync(join(place, 'package.json'), JSON.stringify({ ...Object(manifest), version: other }));
    return join(place, 'src', 'cli', 'main.ts');
  }
});

const repository = fileURLToPath(new URL('../../', import.meta.url));

function version(): unknown {
  return JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')).version;
}
