import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { CastellanError, createCursors, type Principal, renderAnswer, type Tool } from '../../src/kit/index.ts';
import { silent } from '../../src/redaction/no-redaction.fixture.ts';
import type { KubectlPorts } from './port.ts';

/**
 * Every tool of the group, called with what an attacker would send: paths where names belong, other kinds in disguise,
 * parameters smuggled behind a question mark, expressions that never end. What was true of the cluster is mixed in, so that
 * many calls get past the first check.
 */
const attacks = [
  '../secrets/db',
  '..%2fsecrets%2fdb',
  '../../../../api/v1/namespaces/default/secrets/db?x=',
  'pods/../secrets',
  'configmap/settings secret/db',
  'pods,secrets',
  'secret/db',
  'Secret',
  'secrets.v1',
  'SECRETS',
  'watch/secrets',
  'pods/web/exec',
  'web/proxy',
  'nodes/n1/proxy/run/default/web/sh?cmd=id',
  '--server=http://192.0.2.1',
  '--token=x',
  '-o=json --raw=/api/v1/secrets',
  'web?watch=true&resourceVersion=0',
  'web#x',
  'web\u0000',
  'web\r\nHost: 192.0.2.1',
  '＿secrets',
  '.',
  '..',
  '(a+)+$',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  'data.password',
  'metadata.annotations.kubectl.kubernetes.io/last-applied-configuration',
  'metadata.managedFields',
  '__proto__',
  'constructor.prototype',
  'toString',
] as const;

const moments = ['1h', '30d', '2020-01-01T00:00:00Z', '9999-12-31', '0s', '-1h', '1h; drop table'];

export interface Hostile {
  readonly tools: readonly Tool<KubectlPorts>[];
  readonly ports: KubectlPorts;
  /** Words that are true of the cluster: kinds, names, namespaces. */
  readonly truths: readonly string[];
  readonly runs: number;
}

const principal: Principal = { agent: 'agent:hostile', human: 'human:test', via: 'socket', scopes: ['read'] };

/** What came back of every call, answers and errors; anything but an answer or an error of ours is thrown. */
export async function callHostile({ tools, ports, truths, runs }: Hostile): Promise<readonly string[]> {
  const told: string[] = [];
  const cursors = createCursors(randomBytes(32));
  for (const tool of tools) {
    const given = fc.record(
      Object.fromEntries(Object.keys(tool.input.shape).map((field) => [field, argument(field, truths)])),
      { requiredKeys: ['target', 'kind'].filter((field) => Object.hasOwn(tool.input.shape, field)) },
    );
    for (const input of fc.sample(given, runs)) {
      const parsed = tool.input.safeParse(input);
      if (!parsed.success) {
        told.push(parsed.error.message);
        continue;
      }
      try {
        const answer = await tool.run(parsed.data, {
          ports,
          principal,
          signal: AbortSignal.timeout(2_000),
          now: () => new Date(),
          progress: (message) => told.push(message),
          page: cursors.pageFor({ tool: tool.name, input: parsed.data, principal }, undefined, new Date()),
          room: 24_000,
        });
        told.push(
          renderAnswer(answer, {
            budget: 24_000,
            redact: silent.text,
            redactAgent: silent.text,
            redactOwn: silent.text,
          }).text,
        );
      } catch (error) {
        if (error instanceof CastellanError) told.push(`${error.code}: ${error.message}; ${error.next}`);
        // The call's own time is up: what a waiting tool is for.
        else if (!(error instanceof DOMException && error.name === 'TimeoutError')) throw error;
      }
    }
  }
  return told;
}

function argument(field: string, truths: readonly string[]): fc.Arbitrary<unknown> {
  const text = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...truths) },
    { weight: 3, arbitrary: fc.constantFrom(...attacks) },
    { weight: 1, arbitrary: fc.string({ maxLength: 60, unit: 'binary' }) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom(...truths, ...attacks), fc.constantFrom('/', '.', ',', '=', ' ', '%2f', '?'))
        .chain(([first, joint]) => fc.constantFrom(...truths, ...attacks).map((second) => first + joint + second)),
    },
  );
  const number = fc.oneof(fc.integer({ min: -1, max: 600 }), fc.double());
  if (field === 'since' || field === 'until') return fc.oneof(fc.constantFrom(...moments), text);
  if (field === 'budget') return fc.constantFrom(1_000, 8_000, 24_000, 0, -1);
  if (/limit|seconds|around|tail/i.test(field)) return number;
  return fc.oneof(
    { weight: 6, arbitrary: text },
    { weight: 1, arbitrary: fc.oneof(fc.boolean(), number, fc.array(text)) },
  );
}

/** Paths a reader may ask for, and no others. Whatever else a server has logged is a hole. */
export function isAllowedRequest(method: string, url: string): boolean {
  const [path = '', query = ''] = url.split('?');
  if (method === 'POST') return reviews.has(path);
  if (method !== 'GET' || /\/secrets(?![^/])|%2f|\.\./i.test(path)) return false;
  if (/(?:^|&)(?:follow|dryRun|limitBytes|command|stdin)=/.test(query)) return false;
  const rest = /^\/(?:api\/v1|apis\/[a-z0-9.-]+\/v[0-9][a-z0-9]*)\/(.+)$/.exec(path)?.[1];
  if (rest === undefined)
    return /^\/(?:version|api|apis)$|^\/openapi\/v3\/(?:api|apis\/[a-z0-9.-]+)\/v[0-9][a-z0-9]*$/.test(path);
  const parts = rest.split('/');
  const [first, , ...inNamespace] = parts;
  const [, , subresource, ...deeper] = first === 'namespaces' && inNamespace.length > 0 ? inNamespace : parts;
  return deeper.length === 0 && [undefined, 'log', 'status', 'scale'].includes(subresource) && first !== 'watch';
}

const reviews: ReadonlySet<string> = new Set([
  '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
  '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
  '/apis/authentication.k8s.io/v1/selfsubjectreviews',
]);
