import type { JsonObject } from '../kit/index.ts';

export const evidenceSources = [
  'kubernetes',
  'events',
  'logs',
  'alerts',
  'metrics',
  'changes',
  'git',
  'tls',
  'dns',
  'http',
  'note',
  'triage',
] as const;
/** `note` is what somebody told: reported, not observed. `triage` is a snapshot. */
export type EvidenceSource = (typeof evidenceSources)[number];

/**
 * `empty` is an answer: the source was asked, and there was nothing; only it may stand for an absence. `error` is none: nobody knows.
 */
export type EvidenceStatus = 'ok' | 'empty' | 'error';

/** What a source saw, before it is recorded. Every text in it is redacted already. */
export interface EvidenceDraft {
  readonly source: EvidenceSource;
  /** What was asked, as one line of ours: `logs deploy/web, namespace shop, grep "…"`. */
  readonly query: string;
  readonly params: JsonObject;
  /** What time the answer covers. */
  readonly from: Date;
  readonly to: Date;
  readonly collectedAt: Date;
  readonly status: EvidenceStatus;
  /** At most 64 KB of UTF-8; what quotes are looked for in. Somebody else's text. */
  readonly payload: string;
  /** There was more than is kept. */
  readonly truncated: boolean;
  /** Of `error`: our words. */
  readonly problem: string | undefined;
  /** How far the source's clock is ahead of ours, where it is known. */
  readonly clockOffsetMs: number | undefined;
  /** Moments in it that belong on a timeline, at most 500, oldest first. */
  readonly rows: readonly EvidenceRow[];
}

export const precisions = ['second', 'minute', 'hour', 'day'] as const;
export type Precision = (typeof precisions)[number];

export interface EvidenceRow {
  readonly at: Date;
  readonly precision: Precision;
  /** Of what went on for some time, or happened several times. */
  readonly until?: Date | undefined;
  readonly count?: number | undefined;
  /** `Deployment shop/web`, `node-3`. */
  readonly about?: string | undefined;
  /** Our words: `image web 1.2 → 1.3`. */
  readonly text: string;
  /** The source's own words, redacted: a part of the payload, letter by letter. */
  readonly quote?: string | undefined;
  /** Something went wrong there; a row without it is context. */
  readonly warning?: boolean | undefined;
  /** Something was changed there: rows that suspects are taken from. */
  readonly change?: boolean | undefined;
}

export interface Evidence extends Omit<EvidenceDraft, 'payload'> {
  /** `ev_` and 8 base32 digits. */
  readonly id: string;
  readonly incident: string;
  /** SHA-256 over the payload's bytes, hex. */
  readonly sha256: string;
  readonly bytes: number;
  /** By whom it was gathered. */
  readonly by: string;
}
