import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithLab, kubectlAs, leaksIn } from '../../../test/lab/use-lab.ts';
import { memoryEdit } from '../planner/lab.fixture.ts';
import { type SignedChange, useApplierLab } from './lab.fixture.ts';

const stack = 'stacks/photos';

await describeWithLab('a memory limit that was signed', (lab) => {
  const at = useApplierLab(lab);
  const limit = `${300 + Math.floor(Math.random() * 90)}Mi`;
  let change: SignedChange;
  beforeAll(async () => {
    change = await at().sign(stack, await memoryEdit(at().planner, stack, limit));
  });
  afterAll(async () => {
    // As it was, for whoever comes next.
    const { repository, head } = at().planner;
    const back = await at().sign(stack, (await repository.commit(head)).tree);
    expect(await back.apply()).toMatchObject({ outcome: 'applied' });
  });

  const limits = async (): Promise<string> =>
    (await kubectlAs('admin', lab, ['get', 'deployments', '--all-namespaces', '--output=json'])).stdout;
  const refused = async (reason: RegExp, stale = false): Promise<void> => {
    expect(await change.apply()).toEqual({ outcome: 'refused', reasons: [expect.stringMatching(reason)], stale });
    expect(change.steps).not.toContain('enter');
    expect([...change.announced, ...change.states.keys()]).toEqual([]);
    expect(await limits()).not.toContain(limit);
    expect(readdirSync(at().planner.work)).toEqual([]);
  };
  const inState = async (sql: string): Promise<void> => {
    const url = new URL(lab.postgres?.admin ?? '');
    url.pathname = '/tfstate';
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };

  it('is not applied by a provider that was swapped since', async () => {
    const { providerMirror: mirror } = at().planner.profile();
    const path = readdirSync(mirror, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.startsWith('terraform-provider-kubectl'))
      .map((entry) => join(entry.parentPath, entry.name))
      .find((one) => one.includes('registry.opentofu.org'));
    if (path === undefined) return expect.unreachable('the mirror has no provider');
    const away = join(at().planner.folder, 'away');
    renameSync(path, away);
    try {
      writeFileSync(path, Buffer.concat([readFileSync(away), Buffer.from('x')]), { mode: 0o755 });
      await refused(
        /^program registry\.opentofu\.org\/gavinbunney\/kubectl .*: what is on disk is not what planned it$/,
      );
    } finally {
      rmSync(path);
      renameSync(away, path);
    }
  });

  it('is not applied out of a working directory, or by a plan, of which one byte is another', async () => {
    const flip = (bytes: Buffer): Buffer => {
      const copy = Buffer.from(bytes);
      const middle = Math.floor(copy.length / 2);
      copy.writeUInt8(copy.readUInt8(middle) ^ 1, middle);
      return copy;
    };
    change.sealed = (work) => ({ ...work, workdir: flip(work.workdir) });
    await refused(/^workdir: the sealed working directory has other bytes/);
    change.sealed = (work) => ({ ...work, plan: flip(work.plan) });
    await refused(/^plan: the sealed plan has other bytes/);
    change.sealed = undefined;
  });

  it('is not applied to a state with the same serial and other content', async () => {
    const before = `before_${randomBytes(4).toString('hex')}`;
    await inState(`create table photos.${before} as select * from photos.states`);
    try {
      await inState(
        `update photos.states set data = jsonb_set(data::jsonb, '{outputs,x}', '{"value":"x","type":"string"}')::text`,
      );
      await refused(/^state: it has the serial that was signed, and other content$/);
    } finally {
      await inState(
        `update photos.states set data = old.data from photos.${before} old where old.id = states.id;
         drop table photos.${before}`,
      );
    }
  });

  it('changes the Deployment, and then a plan is empty', async () => {
    expect(await limits()).not.toContain(limit);
    const ended = await change.apply();
    expect(ended).toMatchObject({
      outcome: 'applied',
      report: {
        done: [expect.stringMatching(/^module\.\w+\.kubectl_manifest\.deployment$/)],
        failed: [],
        unknown: [],
        lines: [],
        converged: true,
        serial: (change.document.state?.serial ?? 0) + 1,
      },
    });
    expect(await limits()).toContain(limit);
    expect(change.steps.slice(-9)).toEqual([
      ...['prove', 'unpack', 'state', 'snapshot', 'announce', 'apply', 'enter', 'read-back', 'converge'],
    ]);
    expect(change.announced).toEqual([change.document.change]);
    expect([...change.states.keys()]).toEqual([`${change.document.change}-before`]);
    expect(leaksIn(lab, JSON.stringify(ended))).toEqual([]);
    expect(readdirSync(at().planner.work)).toEqual([]);
  });

  it('is not applied twice', async () => {
    expect(await change.apply()).toEqual({
      outcome: 'refused',
      reasons: ['nonce: this attempt of the change was applied before, or begun'],
      stale: false,
    });
  });
});

await describeWithLab('a memory limit of a stack whose state is in git', (lab) => {
  const at = useApplierLab(lab);
  const tier0 = 'stacks/ingress';
  const profile = () => at().planner.profile({ tier: '0', state: at().planner.sops() });

  it('is applied, and its new state is encrypted for the same readers', async () => {
    const limit = `${400 + Math.floor(Math.random() * 90)}Mi`;
    const change = await at().sign(tier0, await memoryEdit(at().planner, tier0, limit), profile());
    const ended = await change.apply();
    const serial = (change.document.state?.serial ?? 0) + 1;
    expect(ended).toMatchObject({ outcome: 'applied', report: { converged: true, failed: [], serial } });
    const encrypted = change.states.get('state/ingress/terraform.tfstate.enc')?.toString() ?? '';
    expect(encrypted).toContain('age');
    expect(leaksIn(lab, encrypted)).toEqual([]);
    expect(encrypted).not.toContain(change.document.state?.lineage);
    expect(readdirSync(at().planner.work)).toEqual([]);

    // What the repository holds is older than what was applied: the same way back.
    const { repository, head } = at().planner;
    const back = await at().sign(tier0, (await repository.commit(head)).tree, profile());
    expect(await back.apply()).toMatchObject({ outcome: 'applied', report: { converged: true } });
  });
});
