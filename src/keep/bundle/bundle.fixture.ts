import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { someChange, someChangeDocument, someSet } from '../../change/document/documents.fixture.ts';
import {
  type ChangeDocument,
  digestOf,
  type Signature,
  type SignedDocument,
  signedDocument,
} from '../../change/document/documents.ts';
import type { Actor, ChangeState } from '../../change/life/states.ts';
import type { ChangeView } from '../../change/wire/change.ts';
import type { SecretWish } from '../../change/wire/secret.ts';
import { silent as noRedaction } from '../../redaction/no-redaction.fixture.ts';
import { type Audit, openAudit } from '../../store/audit.ts';
import { deriveAuditKeys } from '../../store/audit-chain.ts';
import type { Database } from '../../store/database.ts';
import { createSoftApprover, type SoftApprover } from '../approvers/authenticator.fixture.ts';
import { readSignedText } from '../approvers/signed-text.ts';
import { KeepScratch } from '../config/scratch.fixture.ts';
import { createDrafts } from '../decisions/drafts.ts';
import type { StoredChange } from '../journal/change-table.ts';
import { openTables } from '../journal/journal.ts';
import { subjectOf } from '../requests/bench.fixture.ts';
import { openRequests } from '../requests/open.ts';
import { MemoryVault, place, requestConfig, typing } from '../requests/requests.fixture.ts';
import { openKeepDatabase, silent } from '../runs/runs.fixture.ts';
import type { Bundle } from './bundle.ts';
import { exportBundle } from './export.ts';

export const origin = 'http://castellan.localhost:8790';
export const rp = { origin, id: 'castellan.localhost' };
const keepId = 'keep_00000000000000000000000000000000';

export type Body = SignedDocument extends infer Document
  ? Document extends SignedDocument
    ? Omit<Document, 'v' | 'keep' | 'nonce' | 'issuedAt' | 'expiresAt' | 'approver'>
    : never
  : never;

export interface Requested {
  readonly id: string;
  /** Values that were shown, typed or drawn on the way. */
  readonly canaries: readonly string[];
}

/** A journal with a set of one change in it, and people who sign. */
export class BundleBench implements AsyncDisposable {
  readonly alice = createSoftApprover(rp, 'alice', new Date('2026-01-01T00:00:00Z'));
  readonly bob = createSoftApprover(rp, 'bob');
  readonly tables: ReturnType<typeof openTables>;
  readonly #database: Database;
  readonly #audit: Audit;
  readonly #home: string;
  clock = Date.parse('2026-03-01T10:00:00.000Z');

  private constructor(database: Database, audit: Audit, home: string) {
    this.#database = database;
    this.#audit = audit;
    this.#home = home;
    this.tables = openTables(database, audit);
  }

  static async open(): Promise<BundleBench> {
    const home = mkdtempSync(join(tmpdir(), 'castellan-bundle-'));
    const database = await openKeepDatabase(join(home, 'database'));
    const keys = deriveAuditKeys(createSecretKey(randomBytes(32)));
    const audit = await openAudit({ database, keys, headsDirectory: join(home, 'heads'), build: 'test', log: silent });
    return new BundleBench(database, audit, home);
  }

  tick(ms = 1_000): Date {
    this.clock += ms;
    return new Date(this.clock);
  }

  sign(body: Body, by: SoftApprover = this.alice): Signature {
    const document = {
      ...body,
      v: 1,
      keep: keepId,
      nonce: randomBytes(32).toString('base64url'),
      issuedAt: new Date(this.clock).toISOString(),
      expiresAt: new Date(this.clock + 200_000).toISOString(),
      approver: { name: by.name, credential: by.approval.passkey.id },
    } as SignedDocument;
    return by.approval.signDocument(document);
  }

  async decide(body: Body, subject: string, by: SoftApprover = this.alice): Promise<Signature> {
    const signature = this.sign(body, by);
    const { nonce } = JSON.parse(signature.document) as SignedDocument;
    await this.tables.decisions.add({ nonce, kind: body.kind, subject, at: this.tick(), signature }, by.name);
    return signature;
  }

  async enrolBob(): Promise<void> {
    const { approval, login } = this.bob.approver;
    await this.decide({ kind: 'enrol', name: 'bob', approval, login }, 'bob');
  }

  approval(document: ChangeDocument, audit: Bundle['audit']['heads'] = []): Body {
    return { kind: 'approve', set: someSet, documents: [{ change: someChange, sha256: digestOf(document) }], audit };
  }

  /** One change from its proposal until it is landed, signed by `by`. */
  async landed(
    by: SoftApprover = this.bob,
    document: ChangeDocument = { ...someChangeDocument, expect: [] },
  ): Promise<void> {
    const at = this.tick().toISOString();
    const view: ChangeView = {
      id: someChange,
      set: someSet,
      order: 1,
      of: 1,
      stack: document.stack,
      state: 'draft',
      attempt: 1,
      createdAt: at,
      changedAt: at,
      agent: 'claude',
      human: 'alice',
      reason: document.reason,
      base: document.repository.base,
      changedFiles: [],
      findings: [],
      expect: document.expect,
      approvedBy: [],
      brokenGlass: false,
      took: {},
    };
    const { base, tree, commit, diffSha256 } = document.repository;
    let change: StoredChange = { view, facts: { base, baseTree: base, tree, commit, diffSha256, signatures: [] } };
    await this.tables.changes.add([change]);
    const move = async (
      state: ChangeState,
      actor: Actor,
      told: Partial<ChangeView> = {},
      facts = {},
    ): Promise<void> => {
      const from = change.view.state;
      const changedAt = this.tick().toISOString();
      change = { view: { ...change.view, ...told, state, changedAt }, facts: { ...change.facts, ...facts } };
      await this.tables.changes.move(from, change, actor);
    };
    await move('scanning', 'keep');
    await move('planning', 'keep');
    await move('awaiting-approval', 'keep', {}, { document });
    const epochs = [this.#audit.epoch];
    const signature = await this.decide(
      this.approval(document, [...(await this.tables.auditRows.heads(epochs))]),
      someSet,
      by,
    );
    await move('approved', 'signature', { approvedBy: [by.name] }, { signatures: [signature] });
    for (const step of ['prove', 'apply', 'converge']) {
      await this.tables.steps.begin(someChange, 1, step, this.tick());
    }
    const startedAt = this.tick().toISOString();
    await move('applying', 'applier');
    const endedAt = this.tick().toISOString();
    const report = {
      startedAt,
      endedAt,
      done: ['a.b'],
      failed: [],
      unknown: [],
      lines: [],
      converged: true,
      serial: 5,
    };
    await move('applied', 'applier', { apply: report });
    await move('verified', 'applier', { expected: [] });
    await move('landed', 'applier', { landedAs: commit });
  }

  /** A request from its wish to what came of it, signed by `by`, over a Vault in memory. */
  async requested(wish: SecretWish, by: SoftApprover, end: 'done' | 'rejected' = 'done'): Promise<Requested> {
    const now = (): Date => this.tick();
    const vault = new MemoryVault(() => new Date(this.clock));
    const planted = Array.from({ length: 3 }, () => randomBytes(18).toString('base64url'));
    for (const password of planted) vault.put(place.path, { password });
    const scratch = new KeepScratch();
    const drafts = createDrafts(() => new Date(this.clock));
    const requests = await openRequests({
      config: requestConfig(scratch),
      door: vault,
      journal: this.tables,
      approvers: {
        accept: async (signature, kind) => ({
          approver: by.approver,
          document: readSignedText(signature.document, kind),
        }),
      },
      drafts,
      fingerprinter: { refresh: async () => undefined },
      redactor: noRedaction,
      notifier: { tell: () => undefined },
      log: silent,
      now,
    });
    const { id } = await requests.request(wish, 'the exporter cannot log in', { agent: 'claude', human: 'alice' });
    const typed = typing();
    if (end === 'rejected') await requests.reject(id, 'not now', by.name);
    else {
      const subject = subjectOf(wish.kind, id, typed.commitment);
      const signature = this.sign(await requests.bodyOf(subject), by);
      const document = signedDocument.parse(JSON.parse(signature.document));
      drafts.keep({ document, subject, body: document, at: new Date(this.clock) });
      if (subject.kind === 'write') await requests.write(signature, typed);
      else if (subject.kind === 'reveal') await requests.reveal(signature);
      else if (subject.kind === 'generate') await requests.generate(signature);
      else await requests.lease(signature);
    }
    await requests[Symbol.asyncDispose]();
    scratch[Symbol.dispose]();
    return { id, canaries: [...planted, typed.value.reveal(), typed.salt, vault.read(place.path)['password'] ?? ''] };
  }

  export(boundary: Bundle['boundary'] = 'separate user', id = someChange): Promise<Bundle> {
    return exportBundle(id, {
      journal: this.tables,
      rootApprovers: [this.alice.approver],
      keep: keepId,
      origin,
      boundary,
      now: () => this.tick(),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#audit[Symbol.asyncDispose]();
    await this.#database[Symbol.asyncDispose]();
    rmSync(this.#home, { recursive: true, force: true });
  }
}
