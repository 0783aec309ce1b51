import { type DocumentKind, type Signature, signature } from '../../change/document/documents.ts';
import type { Audit } from '../../store/audit.ts';
import type { Database } from '../../store/database.ts';

export interface Decision {
  readonly nonce: string;
  readonly kind: DocumentKind;
  /** The set, run, commit, stack or name it is about. */
  readonly subject: string;
  readonly at: Date;
  readonly signature: Signature;
}

/** What humans signed. A row proves nothing: whoever acts on one verifies its signature. */
export interface DecisionTable {
  /** Told to the audit first, in the approver's name. */
  add(decision: Decision, approver: string): Promise<void>;
  /** Oldest first. */
  ofKind(kind: DocumentKind): Promise<readonly Decision[]>;
  latest(limit: number): Promise<readonly Decision[]>;
}

interface Row {
  readonly nonce: string;
  readonly kind: DocumentKind;
  readonly subject: string;
  readonly at: Date;
  readonly signature: unknown;
}

const columns = 'nonce, kind, subject, at, signature';

export function openDecisionTable(database: Database, audit: Pick<Audit, 'append'>): DecisionTable {
  const read = (rows: readonly Row[]): readonly Decision[] =>
    rows.map((row) => ({ ...row, signature: signature.parse(row.signature) }));
  return {
    add: async ({ nonce, kind, subject, at, signature: signed }, approver) => {
      await audit.append({
        principal: { agent: 'agent:console', human: `human:${approver}`, via: 'socket', scopes: [] },
        client: 'console',
        correlation: subject,
        tool: `keep.signed.${kind}`,
        input: { nonce, document: signed.document },
        effect: 'record',
        outcome: 'ok',
        bytes: 0,
        ms: 0,
        at,
      });
      await database.query(`insert into castellan.decision (${columns}) values ($1, $2, $3, $4, $5)`, [
        nonce,
        kind,
        subject,
        at,
        signed,
      ]);
    },
    ofKind: async (kind) =>
      read(
        await database.query<Row>(`select ${columns} from castellan.decision where kind = $1 order by at, nonce`, [
          kind,
        ]),
      ),
    latest: async (limit) =>
      read(await database.query<Row>(`select ${columns} from castellan.decision order by at desc limit $1`, [limit])),
  };
}
