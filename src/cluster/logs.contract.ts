import { describe, expect, it } from 'vitest';
import type { Contracted } from './cluster.contract.ts';
import { at, listAt, numberAt, textAt } from './fields.ts';
import type { LogOptions, LogReading, PodRef } from './reader.ts';

interface Running extends PodRef {
  readonly container: string;
  readonly restarts: number;
}

const { signal } = new AbortController();
/** The sample's own pods: others may be somebody else's, at work in the same cluster. */
const selector = 'app.kubernetes.io/name';
const shape = { spec: true, status: true } as const;

/** What is promised of a container's log. */
export function logContract(open: () => Contracted): void {
  /** The containers that run or have run, first those that restarted. */
  const containers = async (): Promise<readonly Running[]> => {
    const { reader } = open();
    const { objects } = await reader.list(await reader.kind('pods', signal), { selector, shape, signal });
    return objects
      .flatMap(({ namespace, name, body }) =>
        listAt(at(body, 'status'), 'containerStatuses').map((status) => ({
          namespace,
          name,
          container: textAt(status, 'name') ?? '',
          restarts: numberAt(status, 'restartCount') ?? 0,
          ran: at(status, 'state', 'waiting') === undefined || (numberAt(status, 'restartCount') ?? 0) > 0,
        })),
      )
      .filter(({ ran }) => ran)
      .sort((a, b) => b.restarts - a.restarts);
  };
  const read = ({ container, ...pod }: Running, options: Partial<LogOptions> = {}): Promise<LogReading> =>
    open().reader.logs(pod, { container, signal, ...options });
  const texts = ({ lines }: LogReading): readonly string[] => lines.map(({ text }) => text);

  describe('logs', () => {
    it('are read oldest first, each line with its time', async () => {
      const [first] = await containers();
      if (first === undefined) return expect.unreachable('no container ran');
      const { lines, received, dropped } = await read(first);
      expect(lines.length).toBeGreaterThan(10);
      const times = lines.map((line) => line.at?.getTime() ?? Number.NaN);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(received.lines).toBe(lines.length);
      expect(received.bytes).toBeGreaterThan(lines.length * 30);
      expect(dropped).toBe(0);
      expect(lines.some(({ text }) => /^\d{4}-\d\d-\d\dT/.test(text))).toBe(false);
    });

    it('are cut by the server to the newest, or to what came since', async () => {
      const [first] = await containers();
      if (first === undefined) return expect.unreachable('no container ran');
      const { lines } = await read(first);
      const newest = await read(first, { tail: 3 });
      expect(texts(newest)).toEqual(lines.slice(-3).map(({ text }) => text));
      expect(newest.received.lines).toBe(3);
      const since = lines.at(-5)?.at;
      const recent = await read(first, { since });
      expect(recent.lines.length).toBeLessThanOrEqual(6);
      expect(recent.lines.length).toBeGreaterThanOrEqual(4);
      expect(texts(await read(first, { since: new Date('2100-01-01T00:00:00Z') }))).toEqual([]);
    });

    it('are read of the instance before, where there was one', async () => {
      const restarted = (await containers()).filter(({ restarts }) => restarts > 0);
      const before = await Promise.all(restarted.map((container) => read(container, { previous: true })));
      expect(before.flatMap(texts).join('\n')).toContain('out of memory');
    });

    it('show no planted secret, but the line it stood in', async () => {
      const { canaries } = open();
      const seen = await Promise.all((await containers()).map((container) => read(container)));
      const text = seen.flatMap(texts).join('\n');
      expect(text).toMatch(/password=«redacted:assignment:[0-9a-f]{6}»/);
      expect(text).toMatch(/Authorization: Bearer «redacted:authorization:[0-9a-f]{6}»/);
      expect(canaries.filter((canary) => text.includes(canary))).toEqual([]);
    });

    it('of a container or a pod that is not there are an error of their own', async () => {
      const [first] = await containers();
      if (first === undefined) return expect.unreachable('no container ran');
      const refusals = [
        [{ ...first, container: 'no-such-container' }, 'cluster-request-rejected'],
        [{ ...first, container: '../../../secrets' }, 'cluster-request-rejected'],
        [{ ...first, name: 'no-such-pod' }, 'cluster-not-found'],
        [{ ...first, name: '../secrets' }, 'cluster-request-refused'],
        [{ ...first, namespace: 'a/b' }, 'cluster-request-refused'],
      ] as const;
      for (const [place, code] of refusals) await expect(read(place)).rejects.toMatchObject({ code });
    });
  });
}
