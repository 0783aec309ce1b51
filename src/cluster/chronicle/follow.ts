import { setTimeout as sleep } from 'node:timers/promises';
import { CastellanError } from '../../kit/index.ts';
import { clusterError } from '../errors.ts';
import { kindId } from '../kind.ts';
import type { ClusterReader } from '../reader.ts';
import { noteFact } from './entry.ts';
import { bounds } from './prune.ts';
import type { Subject } from './subject.ts';
import type { Span } from './table.ts';
import type { Told } from './tracker.ts';
import type { Writer } from './writer.ts';

/**
 * Follows one kind until the signal: a list, then watches that take over from each other without a break. Nothing that
 * fails ends it; it waits, longer each time, and tries again.
 *
 *  the server ends a watch         the next goes on from its last version: no gap
 *  it cannot be reached            the same, once it can
 *  it no longer has that version   a list, compared with what is remembered: a gap
 */
export interface Following {
  readonly reader: Pick<ClusterReader, 'kind' | 'list' | 'watch'>;
  readonly subject: Subject;
  readonly writer: Pick<Writer, 'note' | 'span'>;
  /** Until when, and to which version, it was followed before. */
  readonly last: Span | undefined;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** What keeps it from being followed; undefined: nothing any more. */
  report(error: unknown): void;
  /** The first pause after a failure; each is twice as long as the one before. */
  readonly firstPauseMs?: number;
  /** It was listed, or could not be: whoever waits for what it knows need not wait longer. */
  begun(): void;
}

/** A server keeps a watch as long as it is asked to; together they would all be renewed at one moment. */
const watchSeconds = 240;
const firstPause = 1_000;
const longestPauseMs = 60_000;
/** Before a credential may read a kind, or an API server serve it, somebody changes something. */
const refusedPauseMs = 5 * 60_000;
/** A watch that ends sooner has not worked, whatever the server says. */
const workedMs = 5_000;

export async function followKind(following: Following): Promise<void> {
  const { signal, report, begun } = following;
  const pause = createPause(signal, following.firstPauseMs ?? firstPause);
  let { last } = following;
  const span = (reached: Span): void => {
    last = reached;
    following.writer.span(reached);
  };
  const writer = { note: following.writer.note, span };
  while (!signal.aborted) {
    try {
      await listAndWatch({ ...following, writer, last }, pause);
      if (!signal.aborted) await pause.after(undefined);
    } catch (error) {
      if (signal.aborted) break;
      report(error);
      begun();
      await pause.after(error);
    }
  }
}

/** Ends, with the span, when the server no longer has what comes next. An error that is ours begins again, too. */
async function listAndWatch(following: Following, pause: Pause): Promise<void> {
  const { reader, subject, writer, last, signal, now, report, begun } = following;
  const kind = await reader.kind(subject.kindId, signal);
  if (kindId(kind) !== subject.kindId) throw notServed(subject.kindId);
  const from = now();
  const reading = await reader.list(kind, { shape: subject.shape, signal });
  const take = ({ facts, states }: Told, notBefore?: Date): void => {
    const noticed = now();
    const oldest = noticed.getTime() - bounds.days * 86_400_000;
    const noted = facts.map((fact) => noteFact(fact, noticed, notBefore));
    // What would be taken away at once is not written.
    writer.note(
      noted.filter(({ at }) => at.getTime() > oldest),
      states,
    );
  };
  take(subject.resume(reading.objects, last), last?.to);
  let span: Span = { kind: subject.kindId, from, to: from, version: reading.resourceVersion, ended: undefined };
  const reach = (version: string): void => {
    span = { ...span, to: now(), version: version === '' ? span.version : version };
    writer.span(span);
  };
  reach(reading.resourceVersion);
  report(undefined);
  begun();
  const end = (ended: string): void => writer.span({ ...span, ended });

  while (!signal.aborted) {
    const begunAt = performance.now();
    try {
      const seconds = Math.round(watchSeconds * (0.75 + Math.random() / 4));
      const watch = reader.watch(kind, { shape: subject.shape, resourceVersion: span.version, seconds, signal });
      for await (const event of watch) {
        if (event.type !== 'bookmark') take(subject.see(event.type, event.object));
        reach(event.resourceVersion);
        report(undefined);
        pause.over();
      }
      reach('');
      if (performance.now() - begunAt < workedMs) await pause.after(undefined);
    } catch (error) {
      if (signal.aborted) break;
      if (error instanceof CastellanError && error.code === 'cluster-list-expired') {
        return end('the API server no longer had what came next');
      }
      if (!(error instanceof CastellanError)) {
        end('Castellan could not follow');
        throw error;
      }
      report(error);
      await pause.after(error);
    }
  }
  return end('Castellan was stopped');
}

function notServed(id: string): Error {
  return clusterError('cluster-kind-unknown', {
    message: `the API server serves no kind ${id}`,
    next: 'nothing to do: it is followed when it is installed',
  });
}

interface Pause {
  after(error: unknown): Promise<void>;
  over(): void;
}

function createPause(signal: AbortSignal, first: number): Pause {
  let next = first;
  return {
    async after(error) {
      const refused = error instanceof CastellanError && /-(?:forbidden|unknown|overprivileged)$/.test(error.code);
      const pause = refused ? refusedPauseMs : next;
      next = Math.min(longestPauseMs, next * 2);
      // Aborted: whoever follows looks at the signal itself.
      await sleep(pause * (0.5 + Math.random() / 2), undefined, { signal, ref: false }).catch(() => undefined);
    },
    over() {
      next = first;
    },
  };
}
