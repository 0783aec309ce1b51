import { describe, expect, it } from 'vitest';
import type { Contracted } from './cluster.contract.ts';
import type { WatchEvent, WatchOptions } from './reader.ts';

const shape = { data: true, metadata: { labels: true } } as const;

/** What is promised of a watch. Each test works on objects of its own. */
export function watchContract(open: () => Contracted): void {
  const watching = async function* (options: Partial<WatchOptions>): AsyncGenerator<WatchEvent> {
    const { reader, writer } = open();
    const signal = options.signal ?? AbortSignal.timeout(20_000);
    const kind = await reader.kind('configmaps', signal);
    yield* reader.watch(kind, { namespace: writer.namespace, shape, seconds: 20, signal, ...options });
  };
  const told = (event: WatchEvent): string =>
    event.type === 'bookmark' ? 'bookmark' : `${event.type} ${event.object.name}`;
  /** The events up to the one that says `last`. */
  const upTo = async (events: AsyncIterable<WatchEvent>, last: string): Promise<readonly WatchEvent[]> => {
    const seen: WatchEvent[] = [];
    for await (const event of events) {
      seen.push(event);
      if (told(event) === last) return seen;
    }
    throw new Error(`the watch ended before ${last}: ${seen.map(told).join(', ')}`);
  };

  const versionNow = async (): Promise<string> => {
    const { reader, writer } = open();
    const signal = AbortSignal.timeout(20_000);
    const kind = await reader.kind('configmaps', signal);
    return (await reader.list(kind, { namespace: writer.namespace, shape: 'metadata', signal })).resourceVersion;
  };

  describe('a watch', () => {
    it('tells what is there, then each change as it comes, with what is secret withheld', async () => {
      const { writer, canaries } = open();
      await writer.create('there-before');
      const seen: WatchEvent[] = [];
      for await (const event of watching({})) {
        if (event.type === 'bookmark') continue;
        seen.push(event);
        if (told(event) === 'added there-before') {
          await writer.create('comes');
          await writer.touch('comes');
          await writer.remove('comes');
        }
        if (told(event) === 'deleted comes') break;
      }
      expect(seen.map(told).slice(-4)).toEqual([
        'added there-before',
        'added comes',
        'modified comes',
        'deleted comes',
      ]);
      const text = JSON.stringify(seen);
      expect(text).toContain('«redacted:data:');
      expect(canaries.filter((canary) => text.includes(canary))).toEqual([]);
      await writer.remove('there-before');
    });

    it('goes on from a version: nothing from before, everything since', async () => {
      const { writer } = open();
      await writer.create('old');
      const resourceVersion = await versionNow();
      await writer.create('new');
      await writer.touch('old');
      const seen = await upTo(watching({ resourceVersion }), 'modified old');
      expect(seen.map(told)).toEqual(['added new', 'modified old']);
      expect(Number(seen.at(-1)?.resourceVersion)).toBeGreaterThan(Number(resourceVersion));
      await writer.remove('old');
      await writer.remove('new');
    });

    it('is narrowed by name and by label on the server; what comes to have the label is added', async () => {
      const { writer } = open();
      await writer.create('one');
      await writer.create('two');
      const resourceVersion = await versionNow();
      const named = upTo(watching({ resourceVersion, fieldSelector: 'metadata.name=two' }), 'modified two');
      const labelled = upTo(watching({ resourceVersion, selector: 'touched=yes' }), 'deleted two');
      await writer.touch('one');
      await writer.touch('two');
      await writer.remove('two');
      expect((await named).map(told)).toEqual(['modified two']);
      expect((await labelled).map(told)).toEqual(['added one', 'added two', 'deleted two']);
      await writer.remove('one');
    });

    it('sends no more than metadata where no more is asked for', async () => {
      const { writer } = open();
      await writer.create('slim');
      const [first] = (await upTo(watching({ shape: { metadata: { labels: true } } }), 'added slim')).slice(-1);
      expect(first).toMatchObject({ type: 'added', object: { kind: 'ConfigMap', namespace: writer.namespace } });
      expect(JSON.stringify(first)).not.toContain('«redacted:data:');
      await writer.remove('slim');
    });

    it('ends when its time is over, after a bookmark that says how far it was', async () => {
      const started = performance.now();
      const seen: WatchEvent[] = [];
      for await (const event of watching({ seconds: 4 })) seen.push(event);
      expect(performance.now() - started).toBeGreaterThan(2_000);
      expect(seen.map(told)).toContain('bookmark');
      expect(seen.at(-1)?.resourceVersion).toMatch(/^\d+$/);
    });

    it('stops at once when its reader does, for the reader’s reason', async () => {
      const left = new AbortController();
      const started = performance.now();
      const stopped = (async () => {
        for await (const _event of watching({ signal: left.signal, fieldSelector: 'metadata.name=no-such' }));
      })();
      setTimeout(() => left.abort(new Error('the caller left')), 200);
      await expect(stopped).rejects.toThrow('the caller left');
      expect(performance.now() - started).toBeLessThan(5_000);
    });
  });
}
