import { z } from 'zod';
import { CastellanError } from '../../src/kit/index.ts';
import { vaultToolError } from './errors.ts';

/**
 * Who read a secret last, by Vault's own audit log as Loki has it. Values and tokens stand there as keyed hashes; still, of a line
 * only these four are taken: when, which operation, which path, and as whom.
 */
export interface AuditReads {
  /** Newest first. */
  readsOf(mount: string, path: string, now: Date, signal: AbortSignal): Promise<readonly AuditRead[]>;
}

export interface AuditRead {
  readonly at: Date;
  /** The display name of the token. */
  readonly as: string;
}

export interface AuditOptions {
  readonly loki: string;
  /** A stream selector, checked by the configuration. */
  readonly query: string;
}

const days = 7;
const mostLines = 200;
const mostBytes = 2 * 1024 * 1024;
const deadlineMs = 5_000;

const streams = z.object({
  data: z.object({
    result: z
      .array(z.object({ values: z.array(z.tuple([z.string(), z.string()]).rest(z.unknown())).max(5_000) }))
      .max(1_000),
  }),
});

const auditLine = z.object({
  type: z.literal('response'),
  time: z.iso.datetime({ offset: true }),
  auth: z.object({ display_name: z.string().max(300).default('?') }).optional(),
  request: z.object({ operation: z.string(), path: z.string() }),
});

export function lokiAudit({ loki, query }: AuditOptions): AuditReads {
  return {
    async readsOf(mount, path, now, signal) {
      const wanted = [`${mount}/data/${path}`, `${mount}/${path}`];
      const url = new URL('/loki/api/v1/query_range', loki);
      // The parser of references let no quote, backslash or line end into a path.
      url.searchParams.set('query', `${query} |= ${JSON.stringify(`/${path}"`)} |= "response"`);
      url.searchParams.set('start', String((now.getTime() - days * 86_400_000) * 1_000_000));
      url.searchParams.set('end', String(now.getTime() * 1_000_000));
      url.searchParams.set('limit', String(mostLines));
      url.searchParams.set('direction', 'backward');
      const body = streams.safeParse(parsed(await fetched(url, signal)));
      if (!body.success) throw unreadable('is no answer of Loki');
      return body.data.data.result
        .flatMap(({ values }) => values.flatMap(([, line]) => readOf(line, wanted)))
        .toSorted((a, b) => b.at.getTime() - a.at.getTime());
    },
  };
}

function readOf(line: string, wanted: readonly string[]): readonly AuditRead[] {
  // A shipper may have put words of its own before the object.
  const found = auditLine.safeParse(parsed(line.slice(Math.max(0, line.indexOf('{')))));
  if (!found.success) return [];
  const { time, auth, request } = found.data;
  const isRead = request.operation === 'read' && wanted.includes(request.path);
  return isRead ? [{ at: new Date(time), as: auth?.display_name ?? '?' }] : [];
}

async function fetched(url: URL, signal: AbortSignal): Promise<string> {
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
    const response = await fetch(url, { signal: within, redirect: 'error' });
    if (response.status !== 200) throw unreadable(`has the status ${response.status}`);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.byteLength;
      if (size > mostBytes) throw unreadable('is too large');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof CastellanError) throw error;
    throw unreadable('did not come');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Told as what it is: no line of an audit log.
  }
}

function unreadable(what: string): Error {
  return vaultToolError('vault-audit-unreadable', {
    message: `what the audit log was asked for ${what}`,
    next: 'check vault.audit.loki in castellan.yaml; everything else is answered without it',
  });
}
