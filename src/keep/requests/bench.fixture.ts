import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { type Signature, type SignedDocument, signedDocument } from '../../change/document/documents.ts';
import type { RequestView, SecretWish } from '../../change/wire/secret.ts';
import { silent as noRedaction } from '../../redaction/no-redaction.fixture.ts';
import { ApproverBench } from '../approvers/approvers.fixture.ts';
import { createDrafts, type Drafts } from '../decisions/drafts.ts';
import type { SecretSubject } from '../decisions/port.ts';
import type { Fingerprinter } from '../fingerprinter/port.ts';
import type { Notice } from '../notify/port.ts';
import { type OpenRequests, openRequests, type RequestsOptions } from './open.ts';
import { MemoryRequests, MemoryVault, place, requestConfig, someWishes, typing } from './requests.fixture.ts';
import type { Typed } from './writer.ts';

export const by = { agent: 'claude', human: 'alice' };

/** A keep that takes requests, over a Vault in memory with one secret at version 3. */
export class RequestBench implements AsyncDisposable {
  readonly people = new ApproverBench();
  readonly table = new MemoryRequests();
  readonly vault = new MemoryVault(this.people.now);
  readonly notices: Notice[] = [];
  readonly lines: string[] = [];
  readonly refreshed: string[] = [];
  readonly value = randomBytes(18).toString('base64url');
  /** Thrown by the fingerprinter. */
  unmasked: Error | undefined;
  readonly #change: Partial<RequestsOptions>;
  #started: { readonly keep: OpenRequests; readonly drafts: Drafts } | undefined;

  private constructor(change: Partial<RequestsOptions>) {
    this.#change = change;
  }

  static async open(change: Partial<RequestsOptions> = {}, at?: Date): Promise<RequestBench> {
    const bench = new RequestBench(change);
    if (at !== undefined) bench.people.clock = at.getTime();
    for (const number of [1, 2, 3]) bench.vault.put(place.path, { password: `${bench.value}${number}`, user: 'mail' });
    await bench.start();
    return bench;
  }

  get keep(): OpenRequests {
    if (this.#started === undefined) throw new Error('the keep is not started');
    return this.#started.keep;
  }

  /** As after a `kill -9`, for whatever was in memory is gone. */
  async start(change: Partial<RequestsOptions> = {}): Promise<void> {
    await this.#started?.keep[Symbol.asyncDispose]();
    const drafts = createDrafts(this.people.now);
    const approvers = await this.people.open();
    const fingerprinter: Pick<Fingerprinter, 'refresh'> = {
      refresh: async (secret) => {
        if (this.unmasked !== undefined) throw this.unmasked;
        this.refreshed.push(`${secret?.mount}/${secret?.path}`);
      },
    };
    const write = (fields: object, event: string): void => {
      this.lines.push(`${event} ${inspect(fields, { depth: 9 })}`);
    };
    const keep = await openRequests({
      config: requestConfig(this.people.scratch),
      door: this.vault,
      journal: { requests: this.table, decisions: this.people.decisions },
      approvers,
      drafts,
      fingerprinter,
      redactor: noRedaction,
      notifier: { tell: (notice) => this.notices.push(notice) },
      log: { info: write, warn: write, error: write },
      now: this.people.now,
      sweepMs: 3_600_000,
      ...this.#change,
      ...change,
    });
    this.#started = { keep, drafts };
  }

  ask(wish: SecretWish, reason = 'the exporter cannot log in', who = by): Promise<RequestView> {
    return this.keep.request(wish, reason, who);
  }

  /** Drafted as the decisions do. */
  async draft(subject: SecretSubject): Promise<SignedDocument> {
    const body = await this.keep.bodyOf(subject);
    const { people } = this;
    const document = signedDocument.parse({
      ...body,
      v: 1,
      keep: people.keepId,
      nonce: randomBytes(32).toString('base64url'),
      issuedAt: people.now().toISOString(),
      expiresAt: new Date(people.clock + 300_000).toISOString(),
      approver: { name: 'alice', credential: people.alice.approval.passkey.id },
    });
    this.#started?.drafts.keep({ document, subject, body, at: people.now() });
    return document;
  }

  async signed(subject: SecretSubject): Promise<Signature> {
    return this.people.alice.approval.signDocument(await this.draft(subject));
  }

  async reveal(id: string) {
    return this.keep.reveal(await this.signed({ kind: 'reveal', request: id }));
  }

  async write(id: string, typed: Typed & { readonly commitment: string } = typing()): Promise<RequestView> {
    return this.keep.write(await this.signed({ kind: 'write', request: id, commitment: typed.commitment }), typed);
  }

  async generate(id: string): Promise<RequestView> {
    return this.keep.generate(await this.signed({ kind: 'generate', request: id }));
  }

  async lease(id: string) {
    return this.keep.lease(await this.signed({ kind: 'token', request: id }));
  }

  /** Does what the wish is for. */
  async fulfil({ id, wish }: RequestView): Promise<RequestView> {
    switch (wish.kind) {
      case 'reveal':
        return (await this.reveal(id)).view;
      case 'write':
        return this.write(id);
      case 'generate':
        return this.generate(id);
      case 'lease':
        return (await this.lease(id)).view;
    }
  }

  state(id: string): RequestView['state'] | undefined {
    return this.table.rows.get(id)?.state;
  }

  /** Everything that is kept or told, in one text. */
  everythingKept(): string {
    const kept = [...this.table.rows.values(), ...this.table.audited, ...this.people.decisions.rows];
    return inspect([kept, this.notices, this.lines, this.people.spentLines(), this.vault.happened], { depth: 12 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.keep[Symbol.asyncDispose]();
    this.people[Symbol.dispose]();
  }
}

export const wishKinds = Object.keys(someWishes) as readonly SecretWish['kind'][];

export function subjectOf(kind: SecretWish['kind'], request: string, commitment: string): SecretSubject {
  if (kind === 'lease') return { kind: 'token', request };
  return kind === 'write' ? { kind, request, commitment } : { kind, request };
}
