import { describe, expect, it } from 'vitest';
import { drawSecret, planJson } from './plan.fixture.ts';
import { readPlan } from './read-plan.ts';

const value = drawSecret();
const found = (more: Readonly<Record<string, unknown>>) => readPlan(planJson([], more)).secrets;

describe('where secrets are found', () => {
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['the state before', { prior_state: state({ sensitive_values: { a: [{ b: true }] } }) }],
    [
      'the planned values, in a module',
      { planned_values: { root_module: { child_modules: [resources({ sensitive_values: { a: true } })] } } },
    ],
    ['an output of the state', { prior_state: { values: { outputs: { o: { sensitive: true, value } } } } }],
    ['an output that changes', { output_changes: { o: { actions: ['create'], after: value, after_sensitive: true } } }],
    [
      'part of an output',
      { output_changes: { o: { actions: ['create'], after: { a: value }, after_sensitive: { a: true } } } },
    ],
    ['a sensitive variable', { variables: { v: { value } }, configuration: variables({ v: { sensitive: true } }) }],
    ['a variable nobody declares', { variables: { v: { value } } }],
    [
      'the default of a sensitive variable',
      { configuration: variables({ v: { sensitive: true, default: { a: value } } }) },
    ],
    [
      'the constant of a sensitive output',
      {
        configuration: { root_module: { outputs: { o: { sensitive: true, expression: { constant_value: value } } } } },
      },
    ],
    ['what drifted', { resource_drift: [drifted()] }],
    [
      'the configuration of an action',
      { action_invocations: [{ address: 'action.a.b', config_values: { c: value }, config_sensitive: { c: true } }] },
    ],
    ['a deferred change', { deferred_changes: [{ reason: 'x', resource_change: drifted() }] }],
  ])('in %s', (_where, more) => {
    expect(found(more)).toContain(value);
  });

  it('in a variable that is not sensitive, maybe: it could be an ephemeral one', () => {
    const reading = readPlan(planJson([], { variables: { v: { value } }, configuration: variables({ v: {} }) }));
    expect(reading.secrets).not.toContain(value);
    expect(reading.veiled).toContain(value);
  });

  it('in the parts of what is marked as a whole: lines of a key, the password in a URL', () => {
    const line = drawSecret(30);
    const password = drawSecret();
    const secrets = found({
      variables: {
        k: { value: `-----BEGIN KEY-----\n${line}\n-----END KEY-----\n` },
        u: { value: `pg://me:${password}@db.example.net/x` },
      },
    });
    expect(secrets).toContain(line);
    expect(secrets).toContain(password);
  });

  it('in the leaves of a marked document, and the keys of a marked map, unless they stand in the source', () => {
    const inDocument = drawSecret();
    const key = drawSecret();
    const { veiled } = readPlan(
      planJson([], { variables: { d: { value: `a:\n  - b: "${inDocument}"\n` }, m: { value: { [key]: 'x' } } } }),
    );
    expect(veiled).toContain(inDocument);
    expect(veiled).toContain(key);
  });
});

describe('what is no secret though it is marked', () => {
  it.each(['true', 'a', '80', 'null', 'admin', '', 'abc', 80, 443, true, 999, null])('%j', (ordinary) => {
    expect(found({ variables: { v: { value: ordinary } } }).size).toBe(0);
  });

  it('but a number of four digits is one', () => {
    expect(found({ variables: { v: { value: 4711 }, w: { value: 12.34 } } })).toEqual(new Set(['4711', '12.34']));
  });
});

function resources(resource: Readonly<Record<string, unknown>>) {
  return {
    resources: [{ address: 'a.b', mode: 'managed', values: { a: [{ b: value, c: 'harmless' }] }, ...resource }],
  };
}

function state(resource: Readonly<Record<string, unknown>>) {
  return { values: { root_module: resources(resource) } };
}

function variables(declared: Readonly<Record<string, unknown>>) {
  return { root_module: { variables: declared } };
}

function drifted() {
  return {
    address: 'a.b',
    mode: 'managed',
    type: 'a',
    name: 'b',
    change: { actions: ['update'], before: { c: value }, before_sensitive: { c: true }, after: null },
  };
}
