import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { describeWithLab, leaksIn } from '../../../test/lab/use-lab.ts';
import { mirrored } from '../../iac/git/origin.fixture.ts';
import { Secret } from '../../kit/index.ts';
import { createPlanner } from './create.ts';
import { filesHolding, labSandbox, memoryEdit, runsUid, usePlannerLab } from './lab.fixture.ts';
import type { Planned } from './port.ts';
import { badlyOf, wellOf } from './stand-in.fixture.ts';

const planShape = z.object({
  resource_changes: z
    .array(z.object({ address: z.string(), change: z.object({ actions: z.array(z.string()) }) }))
    .default([]),
});

function actionsOf(planned: Planned): readonly string[] {
  const { resource_changes: changes } = planShape.parse(JSON.parse(wellOf(planned).json));
  return changes
    .map(({ address, change }) => `${change.actions.join()} ${address}`)
    .filter((text) => !text.startsWith('no-op '));
}

await describeWithLab('a plan of the homelab', (lab) => {
  const at = usePlannerLab(lab);

  it('of a stack with its state in Postgres is as it is: nothing would change', async () => {
    const steps: string[] = [];
    const planned = wellOf(await at().plan('stacks/mail', { onStep: (step) => steps.push(step) }));
    expect(actionsOf(planned)).toEqual([]);
    expect(steps).toEqual(['checkout', 'init', 'state', 'plan', 'show']);
    expect(planned.engine).toMatch(/^OpenTofu 1\./);
    expect(planned.state).toMatchObject({
      lineage: expect.stringMatching(/-/),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(planned.state?.resources).toBeGreaterThan(5);
    expect(planned.refused).toBeUndefined();
    expect(readdirSync(at().work)).toEqual([]);
  });

  it('of a stack with its state in git is as it is: nothing would change', async () => {
    const steps: string[] = [];
    const profile = at().profile({ state: at().sops() });
    const planned = wellOf(await at().plan('stacks/dns', { profile, onStep: (step) => steps.push(step) }));
    expect(actionsOf(planned)).toEqual([]);
    expect(steps).toEqual(['checkout', 'state', 'init', 'plan', 'show']);
    expect(planned.state?.resources).toBeGreaterThan(5);
    expect(readdirSync(at().work)).toEqual([]);
  });

  it('of an edited memory limit is exactly one change', async () => {
    const planned = wellOf(await at().plan('stacks/mail', { tree: await memoryEdit(at(), 'stacks/mail', '320Mi') }));
    expect(actionsOf(planned)).toEqual([expect.stringMatching(/^update module\.\w+\.kubectl_manifest\.deployment$/)]);
  });

  it('leaves nothing of the state, and no process, wherever it ends', async () => {
    const { repository, head, work, folder } = at();
    const { tree } = await repository.commit(head);
    const client = new pg.Client({ connectionString: lab.postgres?.state });
    await client.connect();
    const { rows } = await client.query<{ data: string }>('select data from mail.states');
    await client.end();
    const { lineage } = z.object({ lineage: z.string() }).parse(JSON.parse(rows[0]?.data ?? ''));
    const ends = ['init', 'state', 'plan', 'show'] as const;
    for (const end of ends) {
      const cancel = new AbortController();
      const onStep = (step: string): void => {
        if (step === end) setTimeout(() => cancel.abort(), 100);
      };
      const planned = await at().plan('stacks/mail', { signal: cancel.signal, onStep });
      if (planned.outcome === 'failed') expect(planned.ended).toBe('cancelled');
      expect(readdirSync(work)).toEqual([]);
      expect(filesHolding([work, join(folder, 'mirror.git')], [lineage])).toEqual([]);
      expect(processesUnder(work)).toEqual([]);
    }
    expect(leaksIn(lab, wellOf(await at().plan('stacks/mail', { tree })).json)).toEqual([]);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('castellan-index'))).toEqual([]);
  });

  it('by the repository’s own script is the same, and the script is never the proposed one', async () => {
    const { repository, head } = at();
    const { tree } = await repository.commit(head);
    const script = (body: string) =>
      `diff --git a/scripts/tg b/scripts/tg\nnew file mode 100644\n--- /dev/null\n+++ b/scripts/tg\n@@ -0,0 +1,2 @@\n+#!/bin/sh\n+${body}\n`;
    const { runner } = at().profile();
    if (runner.kind !== 'terragrunt') return expect.unreachable();
    const profile = at().profile({
      runner: {
        kind: 'wrapper',
        script: 'scripts/tg',
        engine: runner.engine,
        engineKind: 'tofu',
        terragrunt: runner.program,
      },
    });
    const planned = await at().plan('stacks/mail', {
      profile,
      tree: await repository.applyPatch(tree, script('exit 66')),
      baseTree: await repository.applyPatch(tree, script('exec terragrunt run -- "$@"')),
    });
    expect(actionsOf(planned)).toEqual([]);
  });

  it('of a stack whose state nobody may see yet is not taken for one without state', async () => {
    const { repository, head } = at();
    const { tree } = await repository.commit(head);
    const file = (path: string, text: readonly string[]) =>
      [
        `diff --git a/${path} b/${path}`,
        'new file mode 100644',
        '--- /dev/null',
        `+++ b/${path}`,
        `@@ -0,0 +1,${text.length} @@`,
      ]
        .concat(
          text.map((line) => `+${line}`),
          '',
        )
        .join('\n');
    const added =
      file('stacks/fresh/terragrunt.hcl', ['include "root" {', '  path = find_in_parent_folders("root.hcl")', '}']) +
      file('stacks/fresh/main.tf', ['resource "terraform_data" "a" {}']);
    const planned = badlyOf(await at().plan('stacks/fresh', { tree: await repository.applyPatch(tree, added) }));
    expect(planned).toMatchObject({ step: 'init', ended: 'exit', state: undefined });
    expect(planned.diagnostics[0]?.summary).toContain('Failed to get existing workspaces');
  });

  it('with a password of the database that is wrong says that the state cannot be reached', async () => {
    const state = new URL(lab.postgres?.state ?? '');
    state.password = randomBytes(8).toString('hex');
    const profile = at().profile({ state: { kind: 'pg', connection: new Secret(state.href) } });
    const planned = await at()
      .plan('stacks/mail', { profile })
      .catch((error: { code: string }) => error.code);
    if (typeof planned === 'string') expect(planned).toBe('state-unreadable');
    else expect(JSON.stringify(badlyOf(planned))).not.toContain(state.password);
  });
});

await describeWithLab('a plan of plain engines', (lab) => {
  const at = usePlannerLab(lab);
  const main = `variable "password" {
  sensitive = true
  default   = "correct-horse"
}
resource "terraform_data" "a" {
  input = var.password
}
resource "terraform_data" "b" {
  input = length(fileset("/", "*")) + length(fileset("/root", "*"))
  lifecycle {
    precondition {
      condition     = var.may_pass
      error_message = "it may not: \${nonsensitive(var.password)}"
    }
  }
}
variable "may_pass" {
  default = true
}
`;

  for (const kind of ['terraform', 'tofu'] as const) {
    it(`by ${kind} creates what is new, and tells a failed precondition with the plan beside it`, async () => {
      const program = at().programs[kind];
      if (program === undefined) return expect(lab.terraform?.[kind]).toBeUndefined();
      const { repository, tree } = await mirrored({ 'stacks/plain/main.tf': main });
      const planner = createPlanner({
        repository,
        sandbox: labSandbox(),
        workDirectory: at().work,
        providers: [],
        sandboxUid: runsUid,
      });
      const plan = async (env: Readonly<Record<string, string>>) =>
        planner.plan(
          {
            run: 'run_plain',
            tree,
            baseTree: tree,
            stack: 'stacks/plain',
            profile: at().profile({ runner: { kind, program }, state: { kind: 'none' }, kubernetes: undefined, env }),
            onStep: () => undefined,
          },
          new AbortController().signal,
        );
      const well = wellOf(await plan({}));
      expect(actionsOf(well)).toEqual(['create terraform_data.a', 'create terraform_data.b']);
      expect(well.state).toBeUndefined();
      const badly = badlyOf(await plan({ TF_VAR_may_pass: 'false' }));
      expect(badly).toMatchObject({ step: 'plan', ended: 'exit' });
      expect(badly.diagnostics).toMatchObject([
        {
          summary: 'Resource precondition failed',
          file: 'stacks/plain/main.tf',
          line: 12,
        },
      ]);
      expect(JSON.parse(badly.json ?? '')).toMatchObject({ errored: true });
      const bad = badlyOf(
        await planner.plan(
          {
            run: 'run_bad',
            tree: await repository.applyPatch(tree, broken),
            baseTree: tree,
            stack: 'stacks/plain',
            profile: at().profile({ runner: { kind, program }, state: { kind: 'none' }, kubernetes: undefined }),
            onStep: () => undefined,
          },
          new AbortController().signal,
        ),
      );
      expect(bad.step).toBe('init');
      expect(bad.diagnostics).toContainEqual(expect.objectContaining({ file: 'stacks/plain/x.tf', line: 1 }));
    });
  }

  const broken =
    'diff --git a/stacks/plain/x.tf b/stacks/plain/x.tf\nnew file mode 100644\n--- /dev/null\n+++ b/stacks/plain/x.tf\n@@ -0,0 +1 @@\n+resource "a" {\n';
});

/** Processes that have a file of that folder as their working directory or in their arguments. */
function processesUnder(folder: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
      } catch {
        // It ended meanwhile.
        return false;
      }
    });
}
