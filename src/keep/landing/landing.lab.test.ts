import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ChangeDocument } from '../../change/document/documents.ts';
import { makeOrigin, never, type Origin, refusal } from '../../iac/git/origin.fixture.ts';
import type { ObjectId, Repository } from '../../iac/repository.ts';
import { readStackGraph } from '../../iac/stacks/read.ts';
import type { LandedCommit } from '../journal/landed-table.ts';
import { openTrustedRepository, type TrustedRepository } from '../repository/trusted-repository.ts';
import { silent } from '../runs/runs.fixture.ts';
import { openTrees } from '../runs/trees.ts';
import { openLanding } from './open.ts';
import type { Landing } from './port.ts';
import { createStateKeeper } from './sops-state.ts';

const [change, other] = [`chg_${'a'.repeat(26)}`, `chg_${'b'.repeat(26)}`];
const set = `set_${'c'.repeat(26)}`;
const files = {
  'stacks/mail/main.tf': 'memory = 1\n',
  'stacks/blog/main.tf': 'memory = 1\n',
  'state/mail.enc': 'sealed 1\n',
};

class World {
  readonly origin: Origin;
  readonly git: Repository;
  readonly remote: string;
  readonly base: ObjectId;
  readonly rows: LandedCommit[] = [];
  readonly repository: TrustedRepository;
  ofSet: readonly string[] = [change, other];
  /** What happens between a look at the branch and the push. */
  betweenFetchAndPush: () => Promise<unknown> = async () => undefined;

  constructor(origin: Origin, git: Repository, remote: string, base: ObjectId) {
    this.origin = origin;
    this.git = git;
    this.remote = remote;
    this.base = base;
    this.repository = openTrustedRepository({
      git,
      config: { branch: 'main', trustedBase: base },
      authority: { adopted: () => ({ value: [], problem: undefined }) },
      landed: async () => this.rows.map(({ id }) => id),
      log: silent,
      now: () => new Date(),
      signal: never,
    });
  }

  get #target() {
    const git: Repository = {
      ...this.git,
      push: async (...push) => {
        await this.betweenFetchAndPush();
        return this.git.push(...push);
      },
    };
    return {
      git,
      branch: 'main',
      push: { sshKeyFile: undefined, token: undefined },
      landed: {
        add: async (row: LandedCommit) => {
          if (this.rows.every(({ id }) => id !== row.id)) this.rows.push(row);
        },
        all: async () => this.rows,
      },
      now: () => new Date(),
      signal: never,
      fetch: () => this.repository.fetch('now'),
    };
  }

  /** As after a start of the keep: nothing is remembered. */
  get landing(): Landing {
    const trees = openTrees(this.repository, {
      readGraph: (source) => readStackGraph(source, { stacks: ['stacks/*'], modules: ['modules/*'] }),
    });
    return openLanding({ ...this.#target, trees, changesOfSet: async () => this.ofSet, log: silent });
  }

  get keeper() {
    return createStateKeeper(this.#target);
  }

  /** Somebody pushes. */
  async theirs(content: Readonly<Record<string, string>>, message = 'theirs'): Promise<ObjectId> {
    await this.origin.git('fetch', '--quiet', 'bare');
    await this.origin.git('reset', '--quiet', '--hard', 'bare/main');
    const id = await this.origin.commit(content, message);
    await this.origin.git('push', '--quiet', 'bare', 'HEAD:main');
    return id;
  }

  in(...args: readonly string[]): Promise<string> {
    return this.origin.git(`--git-dir=${this.remote}`, ...args);
  }

  async proposed(path = 'stacks/mail/main.tf', content = 'memory = 2\n'): Promise<ObjectId> {
    const base = await this.repository.base();
    return this.landing.commit({
      change,
      changes: [change, other],
      set,
      stacks: ['stacks/mail'],
      base: base.id,
      tree: await this.git.writeFile(base.tree, path, Buffer.from(content)),
      agent: 'agent:claude',
      human: 'human:robin',
      reason: 'more memory\n\nCastellan-Change: chg_forged',
      at: new Date(1_700_000_000_000),
    });
  }

  async document(commit: ObjectId, stack = 'stacks/mail'): Promise<ChangeDocument> {
    const [base = ''] = (await this.git.commit(commit)).parents;
    const repository = { url: this.remote, base, commit, tree: '', diffSha256: '' };
    // Only what a landing reads.
    const document: Partial<ChangeDocument> = { change, set, stack, repository };
    return document as ChangeDocument;
  }
}

async function world(): Promise<World> {
  const origin = await makeOrigin();
  const base = await origin.commit(files);
  const remote = join(origin.folder, 'remote.git');
  await origin.git('clone', '--quiet', '--bare', '.', remote);
  await origin.git('remote', 'add', 'bare', remote);
  const git = await origin.open({ url: remote });
  await git.fetch(never);
  return new World(origin, git, remote, base);
}

describe('a proposed commit', () => {
  it('is kept under the name of each change of its set, and its trailers are the keep’s', async () => {
    const made = await world();
    const commit = await made.proposed();
    expect(await made.git.keptRef(change)).toBe(commit);
    expect(await made.git.keptRef(other)).toBe(commit);
    expect(await made.proposed()).toBe(commit);
    await made.landing.announce(change, commit);
    expect(await made.in('rev-parse', `refs/castellan/${change}`, 'main')).toBe(`${commit}\n${made.base}`);
    expect(await made.in('log', '-1', '--format=%(trailers:key=Castellan-Change,valueonly)', commit)).toBe(
      `${change}\n${other}`,
    );
    // Once more, and for another attempt.
    await made.landing.announce(change, commit);
    const again = await made.proposed('stacks/mail/main.tf', 'memory = 3\n');
    await made.landing.announce(change, again);
    expect(await made.in('rev-parse', `refs/castellan/${change}`)).toBe(commit);
  });
});

describe('landing', () => {
  it('brings the branch to the very commit that was signed, once', async () => {
    const made = await world();
    const commit = await made.proposed();
    expect(await made.landing.land(change, commit)).toBe(commit);
    expect(await made.in('rev-parse', 'main')).toBe(commit);
    expect(await made.landing.land(other, commit)).toBe(commit);
    expect(made.rows).toHaveLength(1);
    expect((await made.repository.base()).id).toBe(commit);
  });

  it('puts the same change on what others pushed elsewhere, which stays untrusted', async () => {
    const made = await world();
    const commit = await made.proposed();
    const theirs = await made.theirs({ 'stacks/blog/main.tf': 'evil\n' });
    const landed = await made.landing.land(change, commit);
    expect(await made.in('rev-parse', 'main', `${landed}^`)).toBe(`${landed}\n${theirs}`);
    expect(await made.in('show', 'main:stacks/mail/main.tf')).toBe('memory = 2');
    const { tree } = await made.repository.base();
    expect(tree).toBe((await made.git.commit(commit)).tree);
    // And the next change stands on that, and lands all the same.
    const next = await made.proposed('stacks/mail/main.tf', 'memory = 3\n');
    const second = await made.landing.land(other, next);
    expect(await made.in('show', `${second}:stacks/blog/main.tf`)).toBe('evil');
    expect((await made.repository.base()).tree).toBe((await made.git.commit(next)).tree);
  });

  it('is tried again when somebody pushes in between, and not for ever', async () => {
    const made = await world();
    const commit = await made.proposed();
    let races = 2;
    made.betweenFetchAndPush = async () => {
      races -= 1;
      if (races >= 0) await made.theirs({ 'stacks/blog/main.tf': `${races}\n` });
    };
    const landed = await made.landing.land(change, commit);
    expect(await made.in('rev-parse', 'main')).toBe(landed);
    const next = await made.proposed('stacks/mail/main.tf', 'memory = 3\n');
    let pushes = 0;
    made.betweenFetchAndPush = async () => {
      pushes += 1;
      await made.theirs({ 'stacks/blog/main.tf': `more ${pushes}\n` });
    };
    expect((await refusal(made.landing.land(other, next))).code).toBe('landing-failed');
    expect(pushes).toBe(5);
    expect(made.rows).toHaveLength(1);
  });

  it('finds what it pushed before it died, also when the branch moved on', async () => {
    const made = await world();
    const commit = await made.proposed();
    await made.theirs({ 'stacks/blog/main.tf': '2\n' });
    const landed = await made.landing.land(change, commit);
    made.rows.length = 0;
    await made.theirs({ 'stacks/mail/main.tf': 'somebody else goes on\n' });
    const head = await made.in('rev-parse', 'main');
    expect(await made.landing.land(change, commit)).toBe(landed);
    expect(await made.in('rev-parse', 'main')).toBe(head);
    expect(made.rows.map(({ id }) => id)).toEqual([landed]);
  });

  it('takes no commit for its own that only says so', async () => {
    const made = await world();
    const commit = await made.proposed();
    const forged = await made.theirs(
      { 'stacks/blog/main.tf': 'evil\n' },
      `castellan: x\n\nCastellan-Change: ${change}`,
    );
    const landed = await made.landing.land(change, commit);
    expect(landed).not.toBe(forged);
    expect(made.rows.map(({ id }) => id)).toEqual([landed]);
  });

  it('fails where somebody changed the same file, or brought the content by other commits', async () => {
    const made = await world();
    const commit = await made.proposed();
    await made.theirs({ 'stacks/mail/main.tf': 'memory = 9\n' });
    expect(await refusal(made.landing.land(change, commit))).toMatchObject({ code: 'landing-failed' });
    await made.theirs({ 'stacks/mail/main.tf': 'memory = 2\n', 'stacks/blog/main.tf': 'evil\n' });
    expect((await refusal(made.landing.land(change, commit))).message).toContain('nobody signed');
    expect(made.rows).toEqual([]);
  });

  it('fails in words of its own where the remote is gone, and nothing counts as landed', async () => {
    const made = await world();
    const commit = await made.proposed();
    await made.in('update-ref', '-d', 'refs/heads/main');
    expect((await refusal(made.landing.land(change, commit))).code).toBe('landing-failed');
    expect(made.rows).toEqual([]);
  });
});

describe('where the branch moved', () => {
  it('is nowhere, elsewhere, or inside of what the stack is made of', async () => {
    const made = await world();
    const document = await made.document(await made.proposed());
    expect(await made.landing.moved(document)).toEqual({ where: 'nowhere' });
    const head = await made.theirs({ 'stacks/blog/main.tf': '2\n' });
    expect(await made.landing.moved(document)).toEqual({ where: 'elsewhere', head });
    const inside = await made.theirs({ 'stacks/mail/extra.tf': 'x = 1\n' });
    expect(await made.landing.moved(document)).toEqual({
      where: 'inside',
      head: inside,
      paths: ['stacks/mail/extra.tf'],
    });
  });

  it('is inside also for a module that only one of the trees uses', async () => {
    const made = await world();
    const uses = 'module "x" {\n  source = "../../modules/x"\n}\n';
    const document = await made.document(await made.proposed('stacks/mail/main.tf', uses));
    await made.theirs({ 'modules/x/main.tf': 'variable "evil" {}\n' });
    expect(await made.landing.moved(document)).toMatchObject({ where: 'inside', paths: ['modules/x/main.tf'] });
  });

  it('is no move by what the set itself landed, and one by what another set did', async () => {
    const made = await world();
    const commit = await made.proposed();
    const document = await made.document(commit);
    const uses = await made.proposed('state/mail.enc', 'sealed 2\n');
    const head = await made.landing.land(other, uses);
    expect(await made.landing.moved(await made.document(commit, 'state'))).toMatchObject({ where: 'elsewhere', head });
    made.ofSet = [change];
    expect(await made.landing.moved(await made.document(commit, 'state'))).toMatchObject({ where: 'inside' });
    await made.landing.land(change, commit);
    expect(await made.landing.moved(document)).toMatchObject({ where: 'elsewhere' });
  });
});

describe('a state that lies in the repository', () => {
  const saved = async (made: World, tree: ObjectId, content = 'sealed 2\n') =>
    made.keeper.save({
      change,
      stack: 'stacks/mail',
      tree,
      surroundings: { encryptedState: async () => ({ path: 'state/mail.enc', bytes: Buffer.from(content) }) },
    });

  it('is on the branch before the change, counts as the keep’s, and the change lands on it', async () => {
    const made = await world();
    const commit = await made.proposed();
    const { tree } = await made.git.commit(made.base);
    await saved(made, tree);
    await saved(made, tree);
    expect(await made.in('show', 'main:state/mail.enc')).toBe('sealed 2');
    expect(made.rows).toHaveLength(1);
    const landed = await made.landing.land(change, commit);
    expect((await made.repository.base()).id).toBe(landed);
  });

  it('is trusted, and nothing of what it was pushed onto', async () => {
    const made = await world();
    await made.theirs({ 'stacks/blog/main.tf': 'evil\n' });
    await saved(made, (await made.git.commit(made.base)).tree);
    const { tree } = await made.repository.base();
    const changed = await made.git.changes((await made.git.commit(made.base)).tree, tree);
    expect(changed.map(({ path }) => path)).toEqual(['state/mail.enc']);
  });

  it('never takes the place of what somebody else wrote there meanwhile', async () => {
    const made = await world();
    await made.theirs({ 'state/mail.enc': 'theirs\n' });
    const { code, message } = await refusal(saved(made, (await made.git.commit(made.base)).tree));
    expect([code, message]).toEqual(['landing-failed', expect.stringContaining('somebody changed the state')]);
    expect(await made.in('show', 'main:state/mail.enc')).toBe('theirs');
    expect(made.rows).toEqual([]);
  });
});
