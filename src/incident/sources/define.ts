import { CastellanError, type JsonObject, oneLine, type Reach } from '../../kit/index.ts';
import { incidentError } from '../errors.ts';
import type { EvidenceDraft, EvidenceRow, EvidenceSource } from '../evidence.ts';
import { boundedPayload, keptRows } from './bounds.ts';
import type { SourceRedactor } from './opened.ts';
import type { GatherRequest, Source } from './port.ts';
import type { SourcePorts } from './ports.ts';
import { toSecond } from './time.ts';

/**
 * What all sources have in common: how long they take, what becomes of what goes wrong, how an answer is redacted, bounded and
 * judged. A source itself says only what is asked, and what was seen.
 *
 *  line     one line of the payload, and what of it belongs on a timeline
 *  unread   a part that could not be asked: with it, nothing seen is no absence
 */
export interface Line {
  readonly text: string;
  readonly row?: EvidenceRow | undefined;
}

export interface Seen {
  /** What was found; nothing, where there was nothing. */
  readonly lines: readonly Line[];
  /** Lines of ours above it: they are no find. */
  readonly notes?: readonly string[];
  readonly unread?: readonly string[];
  readonly truncated?: boolean;
  /** What time it covers; the window up to now unless said. */
  readonly from?: Date;
  readonly to?: Date;
}

export interface Ask extends GatherRequest {
  /** The end of the window, now where it goes on. */
  readonly until: Date;
  readonly now: Date;
  readonly signal: AbortSignal;
}

export interface SourceDefinition {
  readonly name: EvidenceSource;
  readonly missing: string | undefined;
  /** All of it is what the agent sends. */
  readonly byAgent?: true;
  /** As one line: `logs deploy/web`. Throws for a request that makes no sense. */
  asks(request: GatherRequest): { readonly query: string; readonly params?: JsonObject };
  look(ask: Ask): Promise<Seen>;
}

/** Less than the 20 s a source may take, so that its answer is still written down. */
const limitMs = 18_000;

export function defineSource(
  definition: SourceDefinition,
  redactor: SourcePorts['redact'],
  patienceMs = limitMs,
): Source {
  return {
    name: definition.name,
    missing: definition.missing,
    async gather(request, { signal, now }) {
      signal.throwIfAborted();
      // A mask over what the agent sent itself would tell it that it guessed a value.
      const redact = redactorFor(definition, redactor, request);
      const until = request.window.to === undefined || request.window.to > now ? now : request.window.to;
      if (!(request.window.from < until))
        throw invalid('the window begins after it ends, or in the future', 'give an earlier from');
      const said = definition.asks(request);
      const frame = {
        source: definition.name,
        query: redact.agentText(oneLine(said.query, 1_000)).text,
        params: paramsOf(request, said.params ?? {}, redact),
        collectedAt: now,
        clockOffsetMs: undefined,
      };
      const failed = (problem: string): EvidenceDraft => ({
        ...frame,
        from: request.window.from,
        to: until,
        status: 'error',
        payload: '',
        truncated: false,
        problem: redact.text(problem).text,
        rows: [],
      });
      if (definition.missing !== undefined) return failed(definition.missing);
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
      let seen: Seen;
      try {
        seen = await untilAborted(definition.look({ ...request, until, now, signal: deadline }), deadline);
      } catch (error) {
        signal.throwIfAborted();
        if (deadline.aborted) return failed(`it did not answer within ${Math.round(patienceMs / 1_000)} s`);
        if (isRefusal(error)) throw error.code === 'incident-argument-invalid' ? error : refusalOf(error);
        return failed(problemOf(error));
      }
      return { ...frame, ...draftOf(seen, { request, until, redact }) };
    },
  };
}

function redactorFor(
  { byAgent }: SourceDefinition,
  redactor: SourcePorts['redact'],
  { target, namespace, context, query }: GatherRequest,
): SourceRedactor {
  const { agentText } = redactor;
  if (byAgent === true) return { text: agentText, agentText };
  return redactor.echoing([target, namespace, context, query].filter((text) => text !== undefined));
}

function draftOf(
  seen: Seen,
  {
    request,
    until,
    redact,
  }: { readonly request: GatherRequest; readonly until: Date; readonly redact: SourceRedactor },
): Omit<EvidenceDraft, 'source' | 'query' | 'params' | 'collectedAt' | 'clockOffsetMs'> {
  const { lines, notes = [], unread = [], to = until } = seen;
  // Times stand in payloads to the second.
  const from = toSecond(seen.from ?? request.window.from);
  const all = [...unread.map((one) => `not read: ${one}`), ...notes, ...lines.map(({ text }) => text)];
  // Once more, all of it together: what is whole only over several lines is found only so.
  const { payload, truncated } = boundedPayload(redact.text(all.join('\n')).text);
  const found = lines.flatMap(({ row }) => (row === undefined ? [] : [row]));
  const kept = keptRows(found, { from, to, payload, limit: request.limit, redact: (text) => redact.text(text).text });
  const status = lines.length > 0 ? 'ok' : unread.length > 0 ? 'error' : 'empty';
  return {
    from,
    to,
    status,
    payload: status === 'error' ? '' : payload,
    truncated: truncated || kept.cut || seen.truncated === true,
    problem: status === 'error' ? redact.text(unread.join('; ')).text : undefined,
    rows: status === 'error' ? [] : kept.rows,
  };
}

function paramsOf(
  { target, namespace, context, query, window, limit }: GatherRequest,
  more: JsonObject,
  redact: SourceRedactor,
): JsonObject {
  const given = { target, namespace, context, query };
  const texts = Object.entries(given).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, redact.agentText(text).text] as const],
  );
  return {
    ...Object.fromEntries(texts),
    from: window.from.toISOString(),
    to: window.to?.toISOString() ?? null,
    limit,
    ...more,
  };
}

/** What the agent asked for does not exist in that form: no evidence of anything. */
const refusals: ReadonlySet<string> = new Set([
  'incident-argument-invalid',
  'target-invalid',
  'target-ambiguous',
  'cluster-context-refused',
  'cluster-kind-unknown',
  'cluster-secret-refused',
  'pattern-invalid',
  'pattern-too-slow',
  'query-invalid',
  'query-too-wide',
  'query-refused',
]);

function isRefusal(error: unknown): error is CastellanError {
  return error instanceof CastellanError && refusals.has(error.code);
}

function refusalOf(error: CastellanError): Error {
  return incidentError('incident-argument-invalid', { message: error.message, next: error.next, cause: error });
}

/** Of an error of ours its words, of any other nothing but a code: what it says may be anybody's. */
function problemOf(error: unknown): string {
  if (error instanceof CastellanError) return `${error.code}: ${error.message}`;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? `it failed (${code})` : 'it failed';
}

export function invalid(message: string, next: string): Error {
  return incidentError('incident-argument-invalid', { message, next });
}

/** One of several parts of an answer: what it could not be asked for is told, and hides nothing of the others. */
export async function partOf<Value>(
  what: string,
  work: () => Promise<Value>,
  signal: AbortSignal,
): Promise<{ readonly value: Value | undefined; readonly unread: readonly string[] }> {
  try {
    return { value: await work(), unread: [] };
  } catch (error) {
    signal.throwIfAborted();
    // A query here is ours: what is wrong with it is nothing that was asked for.
    if (isRefusal(error) && !error.code.startsWith('query-')) throw error;
    return { value: undefined, unread: [`${what}: ${problemOf(error)}`] };
  }
}

/** Where `missing` has made sure that there is one. */
export async function reached<Port>(reach: Reach<Port> | undefined, what: string): Promise<Port> {
  if (reach !== undefined) return reach();
  throw incidentError('source-unconfigured', {
    message: `${what} is not configured`,
    next: 'configure it in castellan.yaml',
  });
}

function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', stop));
}
