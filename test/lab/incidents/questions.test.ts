import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeWithLab, leaksIn, sampleOf } from '../use-lab.ts';
import { documentsOf, type HomeService, serviceThat } from './home.ts';
import { openScene, type Said, type Scene } from './scene.ts';

/**
 * What operators ask of incidents, in at most three calls of at most 8 KB each. Where the lab has not what the answer wants (no mail
 * probe, no container_oom_events_total, no keep), the answer has to say so.
 */
await describeWithLab('the questions of operators', (lab) => {
  const faces: HomeService = serviceThat(lab, 'face recognition');
  const mail: HomeService = serviceThat(lab, 'mail server');
  const login: HomeService = serviceThat(lab, 'login');
  const oom = sampleOf(lab).faults['crash-loop-oom'];
  let scene: Scene;
  let incident = '';

  beforeAll(async () => {
    scene = await openScene(lab);
    await scene.operate('incident.import', { files: documentsOf(lab, 'docs') });
    await vi.waitFor(
      async () => expect((await scene.call('cluster_changes', { since: '1h' })).text).toContain('the chronicle since'),
      { timeout: 90_000, interval: 1_000 },
    );
    const opened = await ask('incident_open', {
      title: 'the house has trouble',
      symptom: 'several apps are not ready',
      since: '1h',
    });
    incident = /inc_[a-z2-7]{10}/.exec(opened)?.[0] ?? '';
  });
  afterAll(() => scene?.[Symbol.asyncDispose]());

  const take = ({ text, bytes }: Pick<Said, 'text' | 'bytes'>): string => {
    expect(bytes).toBeLessThanOrEqual(8_000);
    expect(leaksIn(lab, text)).toEqual([]);
    return text;
  };
  const ask = async (tool: string, input: object = {}): Promise<string> => {
    const said = await scene.call(tool, input);
    if (said.isError) throw new Error(`${tool}: ${said.text}`);
    return take(said);
  };
  const gather = (source: string, input: object = {}) => ask('incident_gather', { incident, source, ...input });

  it('Q01 is anything broken right now: worst first, since when, with what is known, and what nobody could look at', async () => {
    const health = await ask('cluster_health');
    expect(health).toMatch(/^\d+ critical, \d+ warnings/);
    expect(health).toMatch(
      new RegExp(`critical\\tDeployment ${faces.namespace}/${faces.name}\\t.*OOMKilled.*\\t\\d+[smhd]`),
    );
    const alerts = await gather('alerts');
    for (const name of [
      'TargetDown firing',
      'PodOutOfMemory firing',
      'BackupTooOld silenced by',
      'HostMetricsMissing inhibited',
    ])
      expect(alerts).toContain(name);
    const { code, stdout } = await scene.run(
      'sweep',
      '--quiet',
      '--only=alerts-firing,containers,hosts-answer,vault-unsealed',
    );
    expect(code).toBe(2);
    const lines = take({ text: stdout, bytes: Buffer.byteLength(stdout) });
    expect(lines).toMatch(/^FAIL +\S/);
    for (const what of ['hosts-answer', 'vault-unsealed']) expect(lines).toContain(what);
    expect(lines).toMatch(/UNKNOWN .*vault: not configured/);
  });

  it('Q01 what a known issue excuses is counted and named', async () => {
    const metrics = serviceThat(lab, 'metrics');
    const claim = new RegExp(`PersistentVolumeClaim ${metrics.namespace}/(\\S+)\\tno backup`);
    const [, name = ''] = claim.exec(await ask('cluster_health', { severity: 'notice' })) ?? [];
    expect(name).not.toBe('');
    // A sentence for people excuses nothing; one that says by name what it is about does.
    const issue = { id: 'KI-04', services: [name], symptom: 'no backup', until: '2027-06-30' };
    const text = JSON.stringify({ 'known-issues': [issue] });
    await scene.operate('incident.import', { files: [{ path: 'docs/known-issues-named.yaml', text }] });
    const notices = await ask('cluster_health', { severity: 'notice' });
    expect(notices).not.toMatch(claim);
    expect(notices).toContain('KI-04');
  });

  it('Q03 what was killed for memory in the last day, with its limit, and who set that', async () => {
    const killed = 'kube_pod_container_status_last_terminated_reason{reason="OOMKilled"}';
    const limits = 'kube_pod_container_resource_limits{resource="memory"}';
    const query = `${limits} and on (namespace, pod, container) ${killed} == 1`;
    const answer = await gather('metrics', { query, since: '24h' });
    expect(answer).toMatch(new RegExp(`container="${faces.name}"[\\s\\S]*${128 * 2 ** 20}`));
    expect(answer).toContain(`container="${oom.name}"`);
    const changes = await ask('cluster_changes', { since: '24h', namespace: faces.namespace });
    expect(changes).toMatch(new RegExp(`${faces.name}\\toom.*OOMKilled, memory limit 128Mi`));
    const described = await ask('kubectl_describe', { target: `deploy/${faces.name}`, namespace: faces.namespace });
    expect(described).toMatch(/managed by Terraform[\s\S]*memory request .*limit 128Mi/);
    const { code, stdout } = await scene.run('sweep', '--only=killed-for-memory');
    expect([code, stdout]).toEqual([
      3,
      expect.stringMatching(/^UNKNOWN killed-for-memory: .*container_oom_events_total/),
    ]);
  });

  it('Q31 whether mail is delivered: nothing measures it here, and that is what is said', async () => {
    const found = await ask('app_resolve', { target: mail.name });
    expect(found).toContain(mail.namespace);
    expect(await gather('metrics', { query: 'probe_success{job=~".*mail.*"}', since: '24h' })).toMatch(
      /^NOTHING THERE/,
    );
    const probed = await gather('tls', { target: 'mail.example.net:465' });
    expect(probed).toMatch(/^NOT KNOWN: kept as ev_\w+, which stands for no absence\n.*NOT SEEN: tls/);
  });

  it('Q33 what has no backup, and how old the newest copy of each is', async () => {
    const { stdout } = await scene.run('sweep', '--only=backups-fresh,claims-backed-up,cronjobs,volumes-filling');
    const swept = take({ text: stdout, bytes: Buffer.byteLength(stdout) });
    expect(swept).toMatch(/FAIL +backups-fresh[\s\S]*archive-offsite\S*: \d+ h ago[\s\S]*photos-offsite\S*: \d+ h ago/);
    expect(swept).toMatch(/suspended, \d+ runs missed/);
    const notices = await ask('cluster_health', { severity: 'notice', known: true });
    const archive = serviceThat(lab, 'document archive');
    expect(notices).toMatch(new RegExp(`PersistentVolumeClaim ${archive.namespace}/.*backup`));
    const ages = await gather('metrics', { query: 'time() - backup_last_success_timestamp_seconds', since: '5m' });
    for (const name of ['archive-offsite', 'photos-offsite']) expect(ages).toContain(name);
  });

  it('Q35 seen before: the report, how like it is, its cause, what was promised and what of it was done', async () => {
    const answer = await ask('sev_history', { text: 'all proxied hosts answer 502 after login' });
    expect(answer).toMatch(/^1\. report \S+login-down-during-node-drain of \d{4}-\d\d-\d\d · score \d\.\d\d/m);
    expect(answer).toMatch(/cause: minAvailable equals the number of replicas/);
    expect(answer).toMatch(new RegExp(`P1 OPEN, never verified\\n.*\\n.*minAvailable of ${login.name}`));
    expect(answer).toMatch(/P2 landed, never verified\n.*\n.*ALLOWED DISRUPTIONS/);
    // No incident has it: nobody is to give a verdict.
    expect(answer).not.toContain('VERDICT');
    const none = await ask('sev_history', { text: 'the garden pump runs backwards' });
    expect(none).toMatch(/^(first recorded|related)/);
  });

  it('Q37 which action items are open: of what, how urgent, whose, and what could be prepared as a change', async () => {
    const list = await ask('action_list', { status: 'open,in-progress,regressed' });
    expect(list).toMatch(/^8 action items/);
    expect(list).toMatch(/P0\t.*nightly drift report over all stacks/);
    expect(list).toMatch(/owner=NOBODY/);
    expect(list).toMatch(/resolver-answered-nothing/);
  });

  it('Q05 a patch in a hurry: there is no tool for it, and the way there is is named', async () => {
    const { instructions, tools } = await scene.told();
    expect(tools.filter((name) => /patch|apply|edit|delete|scale|restart|exec/.test(name))).toEqual(['memory_delete']);
    expect(await scene.call('kubectl_patch', { target: `deploy/${faces.name}` })).toMatchObject({ isError: true });
    // No keep is configured here: what would propose it is not listed, and said to be missing.
    expect(tools).not.toContain('change_propose');
    expect(instructions).toMatch(/iac|keep/);
  });
});
