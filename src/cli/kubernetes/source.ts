import { z } from 'zod';
import { Secret } from '../../kit/index.ts';
import { accessError } from './errors.ts';
import type { Kubectl } from './kubectl.ts';
import { type Cluster, clusterShape } from './login.ts';
import type { ReaderRole } from './reader-role.ts';

/** What the human's kubectl is asked for: a context's name, its cluster, a token. Their own credentials are not. */

/** The context asked for, or the current one. Throws `init-context-unknown`. */
export async function chosenContext(kubectl: Kubectl, asked: string | undefined): Promise<string> {
  const known = (await kubectl.run(['config', 'get-contexts', '--output=name']))
    .split('\n')
    .filter((name) => name !== '');
  const name = asked ?? (await currentContext(kubectl));
  if (name !== undefined && known.includes(name)) return name;
  throw accessError('init-context-unknown', {
    message:
      name === undefined
        ? 'your kubeconfig has no current context'
        : `your kubeconfig has no context ${JSON.stringify(name)}`,
    next:
      known.length === 0
        ? 'name a kubeconfig with --kubeconfig'
        : `give --context one of: ${known.slice(0, 20).join(', ')}`,
  });
}

async function currentContext(kubectl: Kubectl): Promise<string | undefined> {
  const view = await kubectl.run(['config', 'view', '--output=jsonpath={.current-context}']);
  return view.trim() === '' ? undefined : view.trim();
}

const sourceShape = clusterShape.extend({ 'insecure-skip-tls-verify': z.boolean().optional() }).strip();

/** The cluster alone is asked for, so that no credential of theirs passes through here. */
export async function clusterOf(kubectl: Kubectl, name: string): Promise<Cluster> {
  const words = ['config', 'view', '--minify', '--raw', '--flatten', '--output=jsonpath={.clusters[0].cluster}'];
  const { 'insecure-skip-tls-verify': insecure, ...cluster } = answered(sourceShape, await kubectl.run(words));
  if (insecure !== true) return cluster;
  throw accessError('init-connection-insecure', {
    message: `the context ${JSON.stringify(name)} sets insecure-skip-tls-verify, so a token could go to anybody`,
    next: "put the API server's CA into your kubeconfig (certificate-authority-data) and remove insecure-skip-tls-verify",
  });
}

const tokenShape = z.object({ status: z.object({ token: z.string().min(1), expirationTimestamp: z.coerce.date() }) });

/** A bound token, kept nowhere in the cluster. The API server may grant fewer days than asked. */
export async function newToken(
  kubectl: Kubectl,
  { account }: ReaderRole,
  days: number,
): Promise<{ readonly token: Secret; readonly ends: Date }> {
  const place = [account.name, `--namespace=${account.namespace}`];
  const answer = await kubectl.run(['create', 'token', ...place, `--duration=${days * 24}h`, '--output=json']);
  const { status } = answered(tokenShape, answer);
  return { token: new Secret(status.token), ends: status.expirationTimestamp };
}

/** Neither the error nor its cause repeats the answer: there may be a token in it. */
function answered<Shape extends z.ZodType>(shape: Shape, text: string): z.output<Shape> {
  const parsed = shape.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw accessError('kubectl-failed', {
    message: 'kubectl answered with something else than it was asked for',
    next: 'check that `kubectl version` is 1.24 or later, and that it is kubectl that stands first on the PATH',
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A syntax error quotes the text.
    return undefined;
  }
}
