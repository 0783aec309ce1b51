import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CastellanError } from '../../kit/index.ts';
import { drawSecret, planJson } from './plan.fixture.ts';
import { readPlan } from './read-plan.ts';

const change = (actions: readonly string[], more: Readonly<Record<string, unknown>> = {}) => ({
  address: 'terraform_data.a',
  actions,
  before: { input: 'x' },
  after: { input: 'y' },
  more,
});

describe('the actions of a change', () => {
  it.each([
    [['no-op'], 'no-op', false],
    [['create'], 'create', false],
    [['read'], 'read', false],
    [['update'], 'update', false],
    [['delete'], 'delete', false],
    [['delete', 'create'], 'replace', false],
    [['create', 'delete'], 'replace', true],
    [['forget'], 'forget', false],
    [['create', 'forget'], 'create-then-forget', true],
    [['forget', 'create'], 'create-then-forget', false],
  ] as const)('%j is %s', (actions, action, createFirst) => {
    expect(readPlan(planJson([change(actions)])).changes).toMatchObject([{ action, createFirst }]);
  });

  it.each([[[]], [['open']], [['delete', 'update']], [['create', 'delete', 'create']]])('%j is not read', (actions) => {
    expect(() => readPlan(planJson([change(actions)]))).toThrow(expect.objectContaining({ code: 'plan-unreadable' }));
  });
});

describe('what an engine says of a change', () => {
  it('is kept: where it came from, what is left over of it, why it is replaced', () => {
    const [read] = readPlan(
      planJson([
        {
          ...change(['delete', 'create'], {
            previous_address: 'terraform_data.old',
            deposed: '0a1b2c3d',
            action_reason: 'replace_because_tainted',
            index: 2,
          }),
          replacePaths: [
            ['input', 'size'],
            ['list', 0],
          ],
          importing: { id: 'pool/disk-7' },
        },
      ]),
    ).changes;
    expect(read).toMatchObject({
      previousAddress: 'terraform_data.old',
      deposed: '0a1b2c3d',
      reason: 'replace_because_tainted',
      index: 2,
      importing: true,
      replacePaths: [
        ['input', 'size'],
        ['list', 0],
      ],
    });
  });

  it('may be an import of something that does not change otherwise, by id or by identity', () => {
    const plan = planJson([{ ...change(['no-op']), importing: { identity: { id: 'a' } } }]);
    expect(readPlan(plan).changes).toMatchObject([{ action: 'no-op', importing: true }]);
  });

  it('may be of a leftover and of its resource at once', () => {
    expect(readPlan(planJson([change(['update']), change(['delete'], { deposed: '0a' })])).changes).toHaveLength(2);
    expect(() => readPlan(planJson([change(['update']), change(['delete'])]))).toThrow('two changes of one resource');
  });
});

describe('a plan as a whole', () => {
  it.each(['1.0', '1.2', '1.99', '0.1', '0.2'])('is read in format %s', (version) => {
    expect(readPlan(planJson([], { format_version: version })).formatVersion).toBe(version);
  });

  it.each(['2.0', '', '1', 'x', '10.0', 1.2, null])('is not read in format %j', (version) => {
    expect(() => readPlan(planJson([], { format_version: version }))).toThrow(CastellanError);
  });

  it('is applyable as the engine says', () => {
    expect(readPlan(planJson([change(['update'])])).applyable).toBe(true);
    expect(readPlan(planJson([change(['update'])], { applyable: false })).applyable).toBe(false);
    expect(readPlan(planJson([change(['update'])], { errored: true })).applyable).toBe(false);
  });

  it('of an engine that does not say so is applyable when there is something to do', () => {
    const silent = { applyable: undefined, complete: undefined };
    expect(readPlan(planJson([change(['update'])], silent))).toMatchObject({ applyable: true, complete: true });
    expect(readPlan(planJson([change(['no-op'])], silent)).applyable).toBe(false);
    expect(readPlan(planJson([change(['update'])], { ...silent, errored: true }))).toMatchObject({
      applyable: false,
      complete: false,
    });
  });

  it('is incomplete when only a part was planned, and says so', () => {
    expect(readPlan(planJson([change(['update'])], { complete: false })).complete).toBe(false);
  });

  it('tells what waits for another apply, and which actions run', () => {
    const invocation = {
      address: 'action.example_reboot.now',
      type: 'example_reboot',
      name: 'now',
      lifecycle_action_trigger: {
        triggering_resource_address: 'terraform_data.a',
        action_trigger_event: 'after_create',
        action_trigger_block_index: 0,
        actions_list_index: 0,
      },
    };
    const reading = readPlan(
      planJson([], {
        deferred_changes: [
          {
            reason: 'resource_config_unknown',
            resource_change: { address: 'terraform_data.b[*]', change: { actions: ['create'] } },
          },
        ],
        deferred_action_invocations: [{ reason: 'deferred_prereq', action_invocation: invocation }],
        action_invocations: [invocation, { address: 'action.example_reboot.other', invoke_action_trigger: {} }],
      }),
    );
    expect(reading.deferred).toEqual([
      { address: 'terraform_data.b[*]', reason: 'resource_config_unknown' },
      { address: 'action.example_reboot.now', reason: 'deferred_prereq' },
    ]);
    expect(reading.actionInvocations).toEqual([
      { address: 'action.example_reboot.now', type: 'example_reboot', trigger: 'after_create' },
      { address: 'action.example_reboot.other', type: '', trigger: 'invoked' },
    ]);
  });

  it('tells checks one by one; a status that is new did not pass', () => {
    const check = (status: string) => ({
      address: { kind: 'check', name: 'a', to_display: 'check.a' },
      status: 'fail',
      instances: [{ address: { to_display: 'check.a' }, status, problems: [{ message: 'no' }] }],
    });
    expect(readPlan(planJson([], { checks: [check('fail')] })).checks).toEqual([
      { address: 'check.a', status: 'fail', problems: ['no'] },
    ]);
    expect(readPlan(planJson([], { checks: [check('splendid')] })).checks).toMatchObject([{ status: 'unknown' }]);
  });

  it('counts what the state has before and after, also in modules, but for what is only read', () => {
    const resource = { address: 'a', mode: 'managed' };
    const reading = readPlan(
      planJson([], {
        prior_state: { values: { root_module: { resources: [resource], child_modules: [{ resources: [resource] }] } } },
        planned_values: { root_module: { resources: [resource, { ...resource, mode: 'data' }] } },
      }),
    );
    expect(reading).toMatchObject({ priorCount: 2, plannedCount: 1 });
  });

  it('passes over keys it does not know', () => {
    expect(readPlan(planJson([change(['update'], { something_new: { a: 1 } })], { newer: [1] })).changes).toHaveLength(
      1,
    );
  });

  it('keeps numbers of more digits than a double holds', () => {
    const json = planJson([{ address: 'terraform_data.a', actions: ['create'], after: { input: '#' } }]);
    const [read] = readPlan(json.replace('"#"', '12345678901234567891')).changes;
    expect(read?.after).toEqual({ input: '12345678901234567891' });
  });

  it('never breaks on a key that every object has', () => {
    const json = planJson([change(['update'])]).replace('"input":"x"', '"__proto__":{"a":1},"constructor":"x"');
    expect(() => readPlan(json)).not.toThrow();
  });
});

describe('what is no plan', () => {
  it.each(['', '{', '[]', 'null', '"text"', '{"format_version":"1.2","resource_changes":{}}'])(
    '%j is refused',
    (text) => {
      expect(() => readPlan(text)).toThrow(expect.objectContaining({ code: 'plan-unreadable' }));
    },
  );

  it('is refused without its text', () => {
    const secret = drawSecret();
    try {
      readPlan(`{"format_version":"1.2", ${secret}`);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(CastellanError);
      if (error instanceof CastellanError) expect(error.message + error.next).not.toContain(secret);
    }
  });

  it('is refused when it is nested so deep that walking it would overflow', () => {
    const deep = 100_000;
    const value = `${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`;
    expect(() => readPlan(planJson([]).replace('"1.11.4"', `"1.11.4","x":${value}`))).toThrow('nested deeper');
  });

  it('never ends in anything but a reading or that refusal', () => {
    fc.assert(
      fc.property(
        fc.record(
          {
            resource_changes: fc.anything(),
            output_changes: fc.anything(),
            checks: fc.anything(),
            configuration: fc.anything(),
            prior_state: fc.anything(),
            variables: fc.anything(),
            action_invocations: fc.anything(),
          },
          { requiredKeys: [] },
        ),
        (parts) => {
          try {
            readPlan(planJson([], parts));
          } catch (error) {
            expect(error).toMatchObject({ code: 'plan-unreadable' });
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('never ends otherwise when any part of a plan is replaced by something else', () => {
    const whole = planJson([{ ...change(['update']), replacePaths: [['input']], importing: { id: 'a' } }], {
      checks: [{ address: { to_display: 'check.a' }, status: 'fail', instances: [] }],
      configuration: { root_module: { resources: [{ address: 'a.b', expressions: { c: { references: ['d.e'] } } }] } },
    });
    const tokens = [...whole.matchAll(/"[^"]*"|[0-9.]+|true|false|null|\{\}|\[\]/g)];
    fc.assert(
      fc.property(
        fc.nat(tokens.length - 1),
        fc.constantFrom('1', '"x"', '{}', '[]', 'null', '[[1]]', 'true'),
        (at, other) => {
          const token = tokens[at];
          if (token === undefined) return;
          const text = whole.slice(0, token.index) + other + whole.slice(token.index + token[0].length);
          try {
            readPlan(text);
          } catch (error) {
            expect(error).toMatchObject({ code: 'plan-unreadable' });
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
