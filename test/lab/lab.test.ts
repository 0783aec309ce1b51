import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { canariesOf, castellanRequests, describeWithLab, kubectlAs, leaksIn, sampleOf } from './use-lab.ts';

await describeWithLab('the lab, used as its user would', (lab) => {
  const sample = sampleOf(lab);

  const mayApplier = async (request: string): Promise<string> => {
    const [verb = '', resource = '', part = ''] = request.split(/[ /]/);
    const question = ['auth', 'can-i', verb, resource, `--subresource=${part}`, '--all-namespaces'];
    return (await kubectlAs('applier', lab, question)).stdout;
  };

  it('shows Castellan every pod of the sample', async () => {
    const pods = await kubectlAs('castellan', lab, ['get', 'pods', '--all-namespaces', '--output=name']);
    // Other suites may roll workloads at the time, or have some of their own.
    expect(pods.stdout.split('\n').length).toBeGreaterThanOrEqual(sample.pods);
  });

  it.each([
    ['crash-loop-oom', 'CrashLoopBackOff'],
    ['image-pull', 'ImagePullBackOff'],
    ['never-ready', '0/1'],
    ['evicted', 'Evicted'],
    ['stuck-terminating', 'Terminating'],
    ['unschedulable', 'Pending'],
  ] as const)('shows a pod that is %s', async (fault, sign) => {
    const selection = ['--namespace', sample.faults[fault].namespace, `--selector=castellan.example/fault=${fault}`];
    const pods = await kubectlAs('castellan', lab, ['get', 'pods', ...selection]);
    expect(pods.stdout).toContain(sign);
  });

  it('tells a crash loop as a kubelet does: seven restarts, killed for memory, a back-off event', async () => {
    const { namespace } = sample.faults['crash-loop-oom'];
    const selection = ['--namespace', namespace, '--selector=castellan.example/fault=crash-loop-oom'];
    const pods = await kubectlAs('castellan', lab, ['describe', 'pods', ...selection]);
    expect(pods.stdout).toMatch(/OOMKilled/);
    expect(pods.stdout).toMatch(/Exit Code:\s+137/);
    expect(pods.stdout).toMatch(/Restart Count:\s+7/);
    expect(pods.stdout).toMatch(/Warning\s+BackOff/);
  });

  it('serves logs, of this container and of the one before it', async () => {
    const { namespace, name } = sample.faults['crash-loop-oom'];
    for (const which of [[], ['--previous']]) {
      const logs = await kubectlAs('castellan', lab, [
        'logs',
        '--namespace',
        namespace,
        `deployment/${name}`,
        ...which,
      ]);
      expect(logs.stdout).toContain('out of memory');
    }
  });

  it('serves usage of pods and of nodes', async () => {
    await expect
      .poll(async () => (await kubectlAs('castellan', lab, ['top', 'pods', '--all-namespaces'])).stdout, {
        timeout: 100_000,
        interval: 1_000,
      })
      .toMatch(/\d+m\s+\d+Mi/);
    const nodes = await kubectlAs('castellan', lab, ['top', 'nodes']);
    for (const node of sample.nodes) expect(nodes.stdout).toContain(node);
  });

  it('refuses Castellan every secret with 403, and writes that down', async () => {
    const since = new Date();
    const { namespace, name } = sample.secret;
    const secret = await kubectlAs('castellan', lab, ['get', 'secret', name, '--namespace', namespace]);
    expect(secret.ok).toBe(false);
    expect(secret.stderr).toContain('Forbidden');
    await expect
      .poll(() => castellanRequests(lab, since))
      .toContainEqual({ verb: 'get', uri: `/api/v1/namespaces/${namespace}/secrets/${name}`, code: 403 });
  });

  it.each([
    'list secrets',
    'watch secrets',
    'create pods/exec',
    'get pods/exec',
    'create pods/attach',
    'get pods/portforward',
    'get pods/proxy',
    'get services/proxy',
    'get nodes/proxy',
    'get nodes/log',
    'get nodes/stats',
    'create pods/ephemeralcontainers',
    'create pods/eviction',
    'create serviceaccounts/token',
    'impersonate users',
    'impersonate groups',
    'impersonate serviceaccounts',
    'create pods',
    'update deployments.apps',
    'patch deployments.apps',
    'update deployments.apps/scale',
    'delete namespaces',
    'deletecollection pods',
    'bind clusterroles',
    'escalate clusterroles',
    'approve certificatesigningrequests',
  ])('does not let Castellan %s', async (request) => {
    const [verb = '', resource = '', part = ''] = request.split(/[ /]/);
    const question = ['auth', 'can-i', verb, resource, `--subresource=${part}`, '--all-namespaces'];
    const answer = await kubectlAs('castellan', lab, question);
    expect(answer.stdout).toBe('no');
  });

  it.each([
    'list secrets',
    'watch secrets',
    'deletecollection deployments.apps',
    'create pods',
    'create pods/exec',
    'create pods/attach',
    'get pods/portforward',
    'get pods/proxy',
    'get nodes/proxy',
    'create pods/ephemeralcontainers',
    'create serviceaccounts/token',
    'create clusterroles',
    'patch clusterroles',
    'create clusterrolebindings',
    'update rolebindings',
    'bind clusterroles',
    'escalate clusterroles',
    'impersonate users',
    'impersonate serviceaccounts',
    'create validatingwebhookconfigurations',
    'create customresourcedefinitions',
    'delete nodes',
    'delete persistentvolumes',
    'approve certificatesigningrequests',
  ])('does not let an apply %s', async (request) => {
    expect(await mayApplier(request)).toBe('no');
  });

  it.each([
    'create namespaces',
    'patch deployments.apps',
    'update deployments.apps/scale',
    'create services',
    'get secrets',
    'create secrets',
    'patch configmaps',
    'delete ingresses.networking.k8s.io',
    'create certificates.cert-manager.io',
  ])('lets an apply %s', async (request) => {
    expect(await mayApplier(request)).toBe('yes');
  });

  it('writes every request of Castellan to the audit log, reads as reads and attempts as attempts', async () => {
    const since = new Date();
    await kubectlAs('castellan', lab, ['get', 'nodes']);
    await kubectlAs('castellan', lab, ['delete', 'node', sample.nodes[0] ?? '']);
    await expect.poll(() => castellanRequests(lab, since).map(({ verb }) => verb)).toContain('delete');
    expect(castellanRequests(lab, since)).toContainEqual(expect.objectContaining({ verb: 'list', code: 200 }));
    expect((await kubectlAs('castellan', lab, ['get', 'nodes'])).stdout).toContain(sample.nodes[0]);
  });

  it('holds a secret in every place that is named, and tells when one shows', async () => {
    const all = canariesOf(lab);
    expect(new Set(all.map(({ value }) => value)).size).toBe(all.length);
    // What is in Vault is asked of Vault.
    const canaries = all.filter(({ where }) => !where.startsWith('Vault '));
    const everything = await Promise.all([
      kubectlAs('admin', lab, ['get', 'configmaps,secrets,pods,events', '--all-namespaces', '--output=json']),
      kubectlAs('admin', lab, [
        'logs',
        '--namespace',
        sample.careless.environment.namespace,
        `deployment/${sample.careless.environment.name}`,
      ]),
    ]);
    expect(leaksIn(lab, everything.map(({ stdout }) => stdout).join())).toEqual(expect.arrayContaining(canaries));
    expect(leaksIn(lab, 'nothing to see')).toEqual([]);
  });

  it('keeps its folder to its user', () => {
    expect(statSync(dirname(lab.canaries)).mode & 0o777).toBe(0o700);
    for (const file of [lab.canaries, lab.kubeconfig.admin, lab.kubeconfig.castellan, lab.audit]) {
      expect(statSync(file).mode & 0o777, file).toBe(0o600);
    }
  });

  it('comes with a castellan.yaml that names its kubeconfig and context, and nothing of the admin', () => {
    const config = readFileSync(lab.config, 'utf8');
    expect(parse(config)).toMatchObject({
      kubernetes: { kubeconfig: lab.kubeconfig.castellan, context: lab.context.castellan },
    });
    expect(config).not.toContain('admin');
  });
});

it('grants by name and only to look', () => {
  const text = readFileSync(join(import.meta.dirname, '../../deploy/kubernetes/reader-role.yaml'), 'utf8');
  const role = text.split('\n---\n').find((one) => one.includes('kind: ClusterRole\n'));
  const rules: { apiGroups: string[]; resources: string[]; verbs: string[] }[] = parse(role ?? '').rules;
  expect(rules.length).toBeGreaterThan(10);
  for (const { resources, verbs } of rules) {
    for (const verb of verbs) expect(['get', 'list', 'watch']).toContain(verb);
    for (const resource of resources) {
      expect(resource).toMatch(/^[a-z]+(\/(log|status|scale))?$/);
      // An ExternalSecret names a secret; a Secret holds one.
      expect(resource).not.toMatch(/^secrets($|\/)|token/);
    }
  }
});
