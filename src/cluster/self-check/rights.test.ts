import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../kit/index.ts';
import { parseRights } from './rights.ts';

interface Rule {
  readonly verbs?: readonly string[] | null;
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

function answer(resourceRules: readonly Rule[] | null, rest: Readonly<Record<string, unknown>> = {}): JsonObject {
  return JSON.parse(JSON.stringify({ status: { resourceRules, nonResourceRules: null, incomplete: false, ...rest } }));
}

const excessOf = (rule: Rule): readonly string[] => parseRights(answer([{ apiGroups: [''], ...rule }])).excess;

describe('the rights in a namespace', () => {
  it.each<[string, Rule, readonly string[]]>([
    ['a write', { verbs: ['patch'], apiGroups: ['apps'], resources: ['deployments'] }, ['patch deployments.apps']],
    ['one Secret by name', { verbs: ['get'], resources: ['secrets'], resourceNames: ['tls'] }, ['get secrets']],
    ['a Secret by any group', { verbs: ['list'], apiGroups: ['*'], resources: ['secrets'] }, ['list secrets.*']],
    ['a watch of Secrets', { verbs: ['watch'], resources: ['secrets'] }, ['watch secrets']],
    ['every verb', { verbs: ['*'], resources: ['pods'] }, ['* pods']],
    ['every resource', { verbs: ['get'], resources: ['*'] }, ['get *']],
    [
      'every resource of a group',
      { verbs: ['get'], apiGroups: ['example.net'], resources: ['*'] },
      ['get *.example.net'],
    ],
    ['everything', { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, ['* *.*']],
    ['exec by GET', { verbs: ['get'], resources: ['pods/exec'] }, ['get pods/exec']],
    ['exec', { verbs: ['create'], resources: ['pods/exec'] }, ['create pods/exec']],
    ['attach', { verbs: ['get'], resources: ['pods/attach'] }, ['get pods/attach']],
    ['port-forward', { verbs: ['get'], resources: ['pods/portforward'] }, ['get pods/portforward']],
    ['a proxy', { verbs: ['get'], resources: ['services/proxy'] }, ['get services/proxy']],
    ['any proxy', { verbs: ['get'], resources: ['*/proxy'] }, ['get */proxy']],
    ['the kubelet', { verbs: ['get'], resources: ['nodes/proxy', 'nodes/log'] }, ['get nodes/proxy', 'get nodes/log']],
    ['tokens', { verbs: ['create'], resources: ['serviceaccounts/token'] }, ['create serviceaccounts/token']],
    ['being somebody else', { verbs: ['impersonate'], resources: ['users'] }, ['impersonate users']],
    ['giving rights', { verbs: ['bind', 'escalate'], resources: ['roles'] }, ['bind roles', 'escalate roles']],
    ['a verb nobody knows', { verbs: ['frobnicate'], resources: ['pods'] }, ['frobnicate pods']],
    [
      'a review of others',
      { verbs: ['create'], apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'] },
      ['create subjectaccessreviews.authorization.k8s.io'],
    ],
    [
      'a review in another group',
      { verbs: ['create'], apiGroups: ['*'], resources: ['selfsubjectreviews'] },
      ['create selfsubjectreviews.*'],
    ],
    [
      'deleting a review',
      { verbs: ['delete'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
      ['delete selfsubjectreviews.authentication.k8s.io'],
    ],
    ['a rule without resources', { verbs: ['get'], resources: [] }, ['get *']],
    ['a rule without groups', { verbs: ['get'], apiGroups: [], resources: ['secrets'] }, ['get secrets.*']],
    ['a rule without verbs', { verbs: null, resources: ['pods'] }, ['* pods']],
    ['capitals', { verbs: ['Get'], resources: ['pods'] }, ['Get pods']],
  ])('have too much: %s', (_, rule, excess) => {
    expect(excessOf(rule)).toEqual(excess);
  });

  it.each<[string, Rule]>([
    [
      'to look',
      { verbs: ['get', 'list', 'watch'], apiGroups: ['', 'apps'], resources: ['pods', 'pods/log', 'pods/status'] },
    ],
    ['to look at a kind of any group', { verbs: ['get'], apiGroups: ['*'], resources: ['deployments/scale'] }],
    [
      'to look at what names a Secret',
      { verbs: ['get'], apiGroups: ['external-secrets.io'], resources: ['secretstores'] },
    ],
    [
      'to ask about themselves',
      {
        verbs: ['create'],
        apiGroups: ['authorization.k8s.io'],
        resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
      },
    ],
  ])('have what is needed %s', (_, rule) => {
    expect(excessOf(rule)).toEqual([]);
  });

  it('have too much when a path may be written to', () => {
    const may = (verb: string) =>
      parseRights(answer([], { nonResourceRules: [{ verbs: [verb], nonResourceURLs: ['/debug/*'] }] })).excess;
    expect(['get', 'head'].map(may)).toEqual([[], []]);
    expect(['put', '*'].map(may)).toEqual([['put nonResourceURLs'], ['* nonResourceURLs']]);
  });

  it('are incomplete when the API server says so, or that it could not find out', () => {
    expect(parseRights(answer(null)).complete).toBe(true);
    expect(parseRights(answer(null, { incomplete: true })).complete).toBe(false);
    expect(parseRights(answer(null, { evaluationError: 'webhook' })).complete).toBe(false);
  });

  it.each([
    {},
    { status: {} },
    { status: null },
    { status: { incomplete: false } },
    { status: { resourceRules: 'none' } },
  ])('are not taken from an answer that does not say: %j', (said) => {
    expect(() => parseRights(said)).toThrow('did not say which rights');
  });

  it('never miss a write or a Secret, whatever stands beside it, and never quote what could act on a terminal', () => {
    const word = fc.string({ minLength: 1, maxLength: 12 });
    const rule: fc.Arbitrary<Rule> = fc.record({
      verbs: fc.array(word),
      apiGroups: fc.array(word),
      resources: fc.array(word),
    });
    const bad = fc.constantFrom<Rule>(
      { verbs: ['get', 'delete'], apiGroups: [''], resources: ['pods'] },
      { verbs: ['list'], apiGroups: ['apps', ''], resources: ['pods', 'secrets'] },
    );
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 5 }), bad, fc.nat(5), (others, wrong, at) => {
        const { excess } = parseRights(answer(others.toSpliced(at, 0, wrong)));
        expect(excess).toEqual(expect.arrayContaining([expect.stringMatching(/^(delete pods|list secrets)$/)]));
        for (const right of excess) expect(right).toMatch(/^[\w *.:/-]{1,250}$/);
      }),
    );
  });
});
