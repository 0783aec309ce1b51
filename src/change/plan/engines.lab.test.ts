import { describe, expect, it } from 'vitest';
import { describeWithLab } from '../../../test/lab/use-lab.ts';
import { semanticDigest } from './digest.ts';
import { type Engine, startEngine } from './engine.fixture.ts';
import { maskPlan } from './mask-plan.ts';
import { drawSecret, optionsWith, waysToWrite } from './plan.fixture.ts';
import { readPlan } from './read-plan.ts';
import type { PlanReading } from './reading.ts';

/** Plans as engines really write them. */
await describeWithLab('plans of real engines', (lab) => {
  describe.each([
    ['terraform', lab.terraform?.terraform],
    ['tofu', lab.terraform?.tofu],
  ] as const)('%s', (name, program) => {
    const withEngine = async (work: (engine: Engine) => Promise<void>): Promise<void> => {
      if (program === undefined) throw new Error(`the lab has no ${name}`);
      using engine = await startEngine(program);
      await work(engine);
    };
    const read = async (engine: Engine, ...flags: readonly string[]): Promise<PlanReading> =>
      readPlan(await engine.plan(...flags));

    it('creates, updates, replaces in both orders, deletes, and has one digest for the same plan', () =>
      withEngine(async (engine) => {
        engine.write(`
          resource "terraform_data" "kept" { input = "a" }
          resource "terraform_data" "replaced" { triggers_replace = "a" }
          resource "terraform_data" "first" {
            triggers_replace = "a"
            lifecycle { create_before_destroy = true }
          }
          resource "terraform_data" "gone" { input = "a" }
          output "name" { value = terraform_data.kept.input }`);
        expect(await read(engine)).toMatchObject({
          applyable: true,
          complete: true,
          errored: false,
          priorCount: 0,
          plannedCount: 4,
        });
        await engine.apply();
        engine.write(`
          resource "terraform_data" "kept" { input = "b" }
          resource "terraform_data" "replaced" { triggers_replace = "b" }
          resource "terraform_data" "first" {
            triggers_replace = "b"
            lifecycle { create_before_destroy = true }
          }
          output "name" { value = terraform_data.kept.input }`);
        const reading = await read(engine);
        const told = maskPlan(reading, optionsWith({ literals: ['b'] }, { literals: ['a'] }));
        expect(told.changes.map(({ address, action }) => [address, action])).toEqual([
          ['terraform_data.gone', 'delete'],
          ['terraform_data.first', 'replace'],
          ['terraform_data.replaced', 'replace'],
          ['terraform_data.kept', 'update'],
        ]);
        expect(told.changes[2]?.notes).toContain('replaced because of triggers_replace');
        expect(told.changes[1]?.notes).toContain('the new one is created before the old one is deleted');
        expect(told.changes[3]?.leaves).toContainEqual(
          expect.objectContaining({ path: 'input', before: 'a', after: 'b' }),
        );
        const again = await read(engine);
        expect(semanticDigest(again)).toBe(semanticDigest(reading));
        engine.write('resource "terraform_data" "kept" { input = "c" }');
        expect(semanticDigest(await read(engine))).not.toBe(semanticDigest(reading));
      }));

    it('moves, imports, forgets, and finds what is tainted', () =>
      withEngine(async (engine) => {
        engine.write(`
          resource "terraform_data" "old" { input = "a" }
          resource "terraform_data" "left" { input = "a" }
          resource "terraform_data" "broken" { input = "a" }`);
        await engine.apply();
        await engine.run('taint', 'terraform_data.broken');
        engine.write(`
          resource "terraform_data" "new" { input = "a" }
          resource "terraform_data" "broken" { input = "a" }
          resource "terraform_data" "found" {}
          moved {
            from = terraform_data.old
            to   = terraform_data.new
          }
          removed {
            from = terraform_data.left
            lifecycle { destroy = false }
          }
          import {
            to = terraform_data.found
            id = "an-id-of-something"
          }`);
        const reading = await read(engine);
        const told = maskPlan(reading, optionsWith());
        const notes = Object.fromEntries(told.changes.map((change) => [change.address, change.notes.join('; ')]));
        expect(notes).toMatchObject({
          'terraform_data.new': 'moved',
          'terraform_data.left': 'it is no longer managed, and stays',
          'terraform_data.broken': expect.stringContaining('tainted'),
          'terraform_data.found': 'brings in what exists',
        });
        expect(told.counts).toMatchObject({ move: 1, import: 1, forget: 1, replace: 1 });
        expect(JSON.stringify(told)).not.toContain('an-id-of-something');
      }));

    it('plans a part only, and fails a condition, and neither passes for a whole plan', () =>
      withEngine(async (engine) => {
        engine.write(`
          resource "terraform_data" "a" { input = "a" }
          resource "terraform_data" "b" { input = "b" }`);
        const part = await read(engine, '-target=terraform_data.a');
        // OpenTofu does not say that a plan is a part of one: whoever plans does not let it be one.
        expect(part.complete).toBe(name === 'tofu');
        engine.write(`
          resource "terraform_data" "a" {
            input = "a"
            lifecycle {
              precondition {
                condition     = length(terraform_data.b.input) > 5
                error_message = "too short"
              }
            }
          }
          resource "terraform_data" "b" { input = "b" }`);
        const failed = await read(engine);
        expect(failed).toMatchObject({ errored: true, applyable: false, complete: false });
      }));

    it('quotes secrets in many ways, and none of them leaves', () =>
      withEngine(async (engine) => {
        const secret = drawSecret();
        const number = 100_000 + Math.floor(Math.random() * 800_000);
        engine.write(`
          variable "password" {
            type      = string
            sensitive = true
          }
          variable "pin" {
            type      = number
            sensitive = true
          }
          locals { open = nonsensitive(var.password) }
          resource "terraform_data" "marked" { input = { login = var.password, pin = var.pin } }
          resource "terraform_data" "open" { input = "is \${local.open}" }
          resource "terraform_data" "encoded" { input = base64encode("u:\${local.open}") }
          resource "terraform_data" "escaped" { input = jsonencode({ (local.open) = urlencode(local.open) }) }
          resource "terraform_data" "number" { input = "pin \${nonsensitive(var.pin)}" }
          resource "terraform_data" "each" {
            for_each = { for at, one in split("", local.open) : "\${at}-\${one}" => one }
            input    = each.value
          }
          resource "terraform_data" "counted" { count = length(local.open) }
          check "it" {
            assert {
              condition     = length(local.open) < 1
              error_message = "it is \${local.open}"
            }
          }
          output "open" { value = local.open }`);
        const variables = [`-var=password=${secret}`, `-var=pin=${number}`];
        const reading = await read(engine, ...variables);
        expect(reading.secrets).toContain(secret);
        for (const literals of ['*', []] as const) {
          const source = { literals, hasLiteralKeys: false };
          const text = JSON.stringify(maskPlan(reading, optionsWith(source)));
          for (const way of [...waysToWrite(secret), String(number)]) expect(text.includes(way)).toBe(false);
        }
        const told = maskPlan(reading, optionsWith({ hasLiteralKeys: false }));
        expect(told.counts.create).toBe(7);
        expect(told.checks).toEqual([{ address: 'check.it', status: 'fail', problems: ['«computed»'] }]);
      }));

    if (name !== 'tofu') return;

    it('forgets what it replaces when it may not be destroyed', () =>
      withEngine(async (engine) => {
        const source = (value: string) => `
          resource "terraform_data" "a" {
            triggers_replace = "${value}"
            lifecycle { destroy = false }
          }`;
        engine.write(source('a'));
        await engine.apply();
        engine.write(source('b'));
        const reading = await read(engine);
        expect(reading.changes).toMatchObject([{ action: 'create-then-forget', createFirst: false }]);
      }));
  });
});
