import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithLab, kubectlAs } from '../../../test/lab/use-lab.ts';
import type { Profile } from '../config/valid.ts';
import { type SignedChange, useApplierLab } from './lab.fixture.ts';

const schema = `scratch_${randomBytes(4).toString('hex')}`;
const stack = `stacks/${schema}`;

await describeWithLab('an apply by plain engines', (lab) => {
  const at = useApplierLab(lab);
  const inState = async <Row extends pg.QueryResultRow>(sql: string): Promise<readonly Row[]> => {
    const url = new URL(lab.postgres?.admin ?? '');
    url.pathname = '/tfstate';
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const engines = ['tofu', 'terraform'] as const;
  beforeAll(async () => {
    for (const engine of engines) {
      const name = `${schema}_${engine}`;
      await inState(
        `create schema ${name}; create table ${name}.states (like mail.states including all);
         grant usage on schema ${name} to tfstate_reader; grant select on ${name}.states to tfstate_reader;
         alter schema ${name} owner to tfstate; alter table ${name}.states owner to tfstate`,
      );
    }
  });
  afterAll(async () => {
    for (const engine of engines) await inState(`drop schema if exists ${schema}_${engine} cascade`);
    await kubectlAs('admin', lab, ['delete', 'configmaps', '--all-namespaces', `--selector=scratch=${schema}`]);
  });

  const profileOf = (kind: 'terraform' | 'tofu', program: string): Profile =>
    at().planner.profile({ runner: { kind, program }, tier: 'apps' });
  const treeOf = async (files: Readonly<Record<string, string>>): Promise<string> => {
    const { repository, head } = at().planner;
    const { tree } = await repository.commit(head);
    const added = Object.entries(files).map(([name, text]) => {
      const lines = text.trimEnd().split('\n');
      const path = `${stack}/${name}`;
      const mode = name.endsWith('.sh') ? '100755' : '100644';
      const head = `diff --git a/${path} b/${path}\nnew file mode ${mode}\n--- /dev/null\n+++ b/${path}\n`;
      return `${head}@@ -0,0 +1,${lines.length} @@\n${lines.map((line) => `+${line}\n`).join('')}`;
    });
    return repository.applyPatch(tree, added.join(''));
  };
  const mainOf = (engine: string, body: string): string => `terraform {
  backend "pg" {
    schema_name = "${schema}_${engine}"
  }
}
${body}`;
  const stateOf = async (engine: string): Promise<{ serial: number; text: string } | undefined> => {
    const [row] = await inState<{ data: string }>(`select data from ${schema}_${engine}.states`);
    return row && { serial: JSON.parse(row.data).serial, text: row.data };
  };
  const emptied = (): void => expect(readdirSync(at().planner.work)).toEqual([]);
  const slow = (seconds: number): string => `resource "terraform_data" "first" {}
resource "terraform_data" "slow" {
  depends_on = [terraform_data.first]
  provisioner "local-exec" {
    command = "sleep ${seconds}"
  }
}
`;

  for (const engine of engines) {
    const signed = async (body: string, more: Readonly<Record<string, string>> = {}): Promise<SignedChange> => {
      const program = at().planner.programs[engine] ?? '';
      const tree = await treeOf({ 'main.tf': mainOf(engine, body), ...more });
      return at().sign(stack, tree, profileOf(engine, program));
    };
    const hasEngine = (): boolean => at().planner.programs[engine] !== undefined;

    it(`${engine} makes the first state of a stack, and runs the script that was planned`, async () => {
      if (!hasEngine()) return expect(lab.terraform?.[engine]).toBeUndefined();
      const body = `resource "terraform_data" "first" {}
resource "terraform_data" "script" {
  provisioner "local-exec" {
    command = "\${path.module}/run.sh"
  }
}
`;
      const change = await signed(body, { 'run.sh': '#!/bin/sh\nexit 0\n' });
      expect(await stateOf(engine)).toBeUndefined();
      expect(change.document.plan.executes.join()).toContain('local-exec');
      // Another script where the first one lay: it was planned from a copy of its own, and so it is applied.
      change.sealed = (work) => ({
        ...work,
        workdir: Buffer.from(work.workdir.toString('latin1').replace('exit 0', 'exit 1'), 'latin1'),
      });
      expect(await change.apply()).toMatchObject({
        outcome: 'refused',
        reasons: [expect.stringMatching(/^workdir: /)],
      });
      change.sealed = undefined;
      const ended = await change.apply();
      expect(ended).toMatchObject({
        outcome: 'applied',
        report: { failed: [], unknown: [], converged: true },
      });
      if (ended.outcome !== 'applied') return expect.unreachable();
      expect(ended.report.done.toSorted()).toEqual(['terraform_data.first', 'terraform_data.script']);
      expect(await stateOf(engine)).toMatchObject({ serial: ended.report.serial });
      expect([...change.states.keys()]).toEqual([]);
      emptied();
    });

    it(`${engine} that fails in the middle has changed something, and says what`, async () => {
      if (!hasEngine()) return expect(lab.terraform?.[engine]).toBeUndefined();
      const failing = `resource "terraform_data" "first" {}
resource "terraform_data" "script" {}
resource "terraform_data" "bad" {
  input = "a"
  lifecycle {
    postcondition {
      condition     = self.output == "b"
      error_message = "it is not"
    }
  }
}
`;
      const change = await signed(failing);
      const ended = await change.apply();
      expect(ended).toMatchObject({
        outcome: 'partially-applied',
        report: { unknown: [], lines: [expect.stringContaining('stacks/')] },
      });
      expect(JSON.stringify(ended)).not.toContain('it is not');
      emptied();
    });

    it(`${engine} that the keep's end ends gently is interrupted, and its state is as far as it came`, async () => {
      if (!hasEngine()) return expect(lab.terraform?.[engine]).toBeUndefined();
      const seconds = 400 + Math.floor(Math.random() * 500);
      const change = await signed(slow(seconds));
      const stop = new AbortController();
      const ending = change.apply(stop.signal);
      await expect
        .poll(() => pidsOf((words) => words.join(' ').includes(`sleep ${seconds}`)).length)
        .toBeGreaterThan(0);
      stop.abort();
      const ended = await ending;
      expect(ended).toMatchObject({ outcome: 'interrupted', why: 'the keep was stopping and told the engine to end' });
      if (ended.outcome !== 'interrupted') return expect.unreachable();
      expect([...ended.report.failed, ...ended.report.unknown]).toEqual(['terraform_data.slow']);
      expect(ended.report.serial).toBe((await stateOf(engine))?.serial);
      expect(ended.report.serial).toBeGreaterThan(change.document.state?.serial ?? Infinity);
      expect(pidsOf((words) => words.join(' ').includes(`sleep ${seconds}`))).toEqual([]);
      emptied();
    });

    it(`${engine} that is killed while it applies is interrupted, and nobody says it was well`, async () => {
      if (!hasEngine()) return expect(lab.terraform?.[engine]).toBeUndefined();
      const seconds = 1_000 + Math.floor(Math.random() * 500);
      const change = await signed(slow(seconds));
      const ending = change.apply();
      await expect
        .poll(() => pidsOf((words) => words.join(' ').includes(`sleep ${seconds}`)).length)
        .toBeGreaterThan(0);
      const engines = pidsOf(([program = '', verb]) => program === `/castellan/bin/${engine}` && verb === 'apply');
      for (const pid of engines) process.kill(pid, 'SIGKILL');
      expect(engines.length).toBeGreaterThan(0);
      const ended = await ending;
      expect(ended).toMatchObject({
        outcome: 'interrupted',
        why: expect.stringContaining('the engine was ended by a signal'),
      });
      if (ended.outcome !== 'interrupted') return expect.unreachable();
      expect(ended.report.unknown).toContain('terraform_data.slow');
      expect(ended.report).not.toHaveProperty('converged');
      expect(pidsOf((words) => words.join(' ').includes(`sleep ${seconds}`))).toEqual([]);
      // The lock went with the engine: the stack can be planned, and signed, anew.
      expect((await signed('resource "terraform_data" "first" {}\n')).document.state?.serial).toBe(ended.report.serial);
      emptied();
    });
  }

  it('tells which object the API server would not take', async () => {
    const body = (wrong: string): string => `variable "kube_config_path" {
  type = string
}
terraform {
  required_providers {
    kubectl = {
      source  = "gavinbunney/kubectl"
      version = "1.19.0"
    }
  }
}
provider "kubectl" {
  config_path = var.kube_config_path
}
resource "kubectl_manifest" "good" {
  yaml_body = yamlencode({
    apiVersion = "v1"
    kind       = "ConfigMap"
    metadata   = { name = "${schema.replaceAll('_', '-')}", namespace = "default", labels = { scratch = "${schema}" } }
  })
}
resource "kubectl_manifest" "bad" {
  depends_on = [kubectl_manifest.good]
  yaml_body = yamlencode({
    apiVersion = "v1"
    kind       = "ConfigMap"
    metadata   = { name = "${wrong}", namespace = "default" }
  })
}
`;
    const program = at().planner.programs.tofu ?? '';
    const tree = await treeOf({ 'main.tf': mainOf('tofu', body('Not A Name')) });
    const change = await at().sign(stack, tree, profileOf('tofu', program));
    const ended = await change.apply();
    expect(ended).toMatchObject({
      outcome: 'partially-applied',
      report: { failed: ['kubectl_manifest.bad'], unknown: [] },
    });
    if (ended.outcome !== 'partially-applied') return expect.unreachable();
    expect(ended.report.done).toContain('kubectl_manifest.good');
    expect(ended.report.lines.join()).toContain('kubectl_manifest.bad');
    expect(ended.report.lines.join()).not.toContain('Not A Name');
  });
});

function pidsOf(is: (words: readonly string[]) => boolean): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .filter((pid) => {
      try {
        return is(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0'));
      } catch {
        // It ended meanwhile.
        return false;
      }
    })
    .map(Number);
}
