import { Secret } from '../../kit/index.ts';

/**
 * The OIDC login that kubectl has of its own (`auth-provider: oidc`): an ID token in the kubeconfig, renewed at the provider
 * with the refresh token beside it. client-node does that. It is loaded only here because it costs a third of a second and
 * 60 MB, and it is given one user without a cluster: it never makes a request to the API server.
 */
export function idToken(settings: Readonly<Record<string, unknown>>): () => Promise<Secret> {
  const loading = async () => {
    const { KubeConfig } = await import('@kubernetes/client-node');
    const kubeconfig = new KubeConfig();
    const name = 'castellan';
    kubeconfig.loadFromString(
      JSON.stringify({
        'current-context': name,
        contexts: [{ name, context: { cluster: name, user: name } }],
        clusters: [{ name, cluster: { server: 'https://kubernetes.invalid' } }],
        users: [{ name, user: { 'auth-provider': { name: 'oidc', config: settings } } }],
      }),
    );
    return kubeconfig;
  };
  let loaded: ReturnType<typeof loading> | undefined;
  return async () => {
    loaded ??= loading();
    const options: { headers?: unknown } = {};
    await (await loaded).applyToHTTPSOptions(options);
    const header = headerOf(options.headers);
    if (header === undefined)
      throw new Error('the ID token has ended, and nothing to renew it with is in the kubeconfig');
    return new Secret(header.replace(/^Bearer /, ''));
  };
}

function headerOf(headers: unknown): string | undefined {
  if (typeof headers !== 'object' || headers === null || !('Authorization' in headers)) return undefined;
  return typeof headers.Authorization === 'string' ? headers.Authorization : undefined;
}
