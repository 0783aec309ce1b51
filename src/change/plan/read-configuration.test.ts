import { describe, expect, it } from 'vitest';
import { planJson } from './plan.fixture.ts';
import { readPlan } from './read-plan.ts';

const read = (root: Readonly<Record<string, unknown>>) =>
  readPlan(planJson([], { configuration: { root_module: root } }));
const resource = (address: string, references: readonly string[], more: Readonly<Record<string, unknown>> = {}) => ({
  address,
  mode: 'managed',
  expressions: { input: { references } },
  ...more,
});
const app = (expressions: Readonly<Record<string, unknown>>) => ({
  source: '../modules/app',
  expressions,
  module: {
    resources: [resource('b.deployment', ['var.claim']), resource('b.service', ['b.deployment.name', 'b.deployment'])],
    outputs: { name: { expression: { references: ['b.service.name', 'b.service'] } } },
  },
});

describe('references between resources', () => {
  it('are those of expressions, counts, nested blocks and depends_on', () => {
    const nested = { spec: [{ template: [{ name: { references: ['a.nested.id', 'a.nested'] } }] }] };
    const { references } = read({
      resources: [
        resource('a.one', ['a.two.id', 'a.two', 'each.key', 'local.x', 'var.y'], {
          count_expression: { references: ['a.counted'] },
          depends_on: ['data.a.other'],
        }),
        { address: 'a.blocks', expressions: nested },
      ],
    });
    expect(Object.fromEntries(references)).toEqual({
      'a.one': ['a.counted', 'a.two', 'data.a.other'],
      'a.blocks': ['a.nested'],
    });
  });

  it('go through the variables of a module to what its caller gave', () => {
    const { references } = read({
      resources: [],
      module_calls: { relay: app({ claim: { references: ['kubernetes_claim.data.name', 'kubernetes_claim.data'] } }) },
    });
    expect(references.get('module.relay.b.deployment')).toEqual(['kubernetes_claim.data']);
    expect(references.get('module.relay.b.service')).toEqual(['module.relay.b.deployment']);
  });

  it('go through the outputs of a module to what they are made of', () => {
    const { references } = read({
      resources: [resource('a.route', ['module.relay.name', 'module.relay'])],
      module_calls: { relay: app({}) },
    });
    expect(references.get('a.route')).toEqual(['module.relay.b.service']);
  });

  it('to a whole module are to all of its resources', () => {
    const { references } = read({
      resources: [{ address: 'a.route', expressions: {}, depends_on: ['module.relay'] }],
      module_calls: { relay: app({}) },
    });
    expect(references.get('a.route')).toEqual(['module.relay.b.deployment', 'module.relay.b.service']);
  });

  it('end where a configuration refers to itself', () => {
    const { references } = read({
      resources: [],
      module_calls: {
        loop: {
          expressions: { x: { references: ['module.loop.y'] } },
          module: {
            resources: [resource('a.b', ['var.x'])],
            outputs: { y: { expression: { references: ['var.x'] } } },
          },
        },
      },
    });
    expect(references.size).toBe(0);
  });
});

describe('what an apply would run', () => {
  it('are the provisioners, of modules too', () => {
    const provisioners = [{ type: 'local-exec', expressions: { command: { constant_value: './run.sh' } } }];
    const { provisioners: found } = read({
      resources: [resource('a.one', [], { provisioners })],
      module_calls: { m: { module: { resources: [resource('a.two', [], { provisioners })] } } },
    });
    expect(found).toEqual([
      { address: 'a.one', type: 'local-exec' },
      { address: 'module.m.a.two', type: 'local-exec' },
    ]);
  });
});
