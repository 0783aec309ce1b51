import { z } from 'zod';
import { CastellanError } from '../../src/kit/index.ts';
import { readStreams } from '../../src/monitoring/loki-streams.ts';
import { Sender } from '../../src/monitoring/sender.ts';
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
const ceilingBytes = 2 * 1024 * 1024;
const deadlineMs = 5_000;

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
      const asked = {
        // The parser of references let no quote, backslash or line end into a path.
        query: `${query} |= ${JSON.stringify(`/${path}"`)} |= "response"`,
        from: new Date(now.getTime() - days * 86_400_000),
        to: now,
        limit: mostLines,
      };
      try {
        await using sender = await Sender.open({ name: 'loki', url: loki, ceilingBytes, deadlineMs });
        const { streams } = await readStreams(sender, asked, signal);
        return streams
          .flatMap((lines) => lines.flatMap(({ text }) => readOf(text, wanted)))
          .toSorted((a, b) => b.at.getTime() - a.at.getTime());
      } catch (error) {
        if (error instanceof CastellanError) throw unreadable(error);
        throw error;
      }
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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Told as what it is: no line of an audit log.
  }
}

function unreadable({ code }: CastellanError): Error {
  return vaultToolError('vault-audit-unreadable', {
    message: `Loki was asked for the audit log and gave none (${code})`,
    next: 'check vault.audit.loki in castellan.yaml; everything else is answered without it',
  });
}
