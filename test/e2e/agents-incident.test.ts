import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { documentsOf, type HomeService, serviceThat } from '../lab/incidents/home.ts';
import { type Outage, plantOutage } from '../lab/incidents/outage.ts';
import { openScene, type Scene } from '../lab/incidents/scene.ts';
import { describeWithLab, leaksIn } from '../lab/use-lab.ts';
import { askClaude, pluginTool } from './ask-claude.ts';
import { compareWithThePast, idIn, investigate, lead, triage, writeReport } from './incident-crew.ts';
import { following, handTo, pluginAgent, pluginFolder } from './plugin-agents.ts';
import { claudeCode } from './program-cache.ts';
import { type Script, type ScriptedModel, scriptedModel } from './scripted-model.ts';

/**
 * An outage, and two sessions of real Claude Code with the plugin: the first starts agents while it lasts, the second when it is over.
 * Each agent is a request of its own with the tools of its own file; what goes from one to the next is the incident's id.
 */
await describeWithLab('agents of the plugin hand over through an incident', (lab) => {
  const app: HomeService = serviceThat(lab, 'recursive resolver');
  const due = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
  const began = new Date();
  let scene: Scene;
  let outage: Outage | undefined;
  let incident = '';

  beforeAll(async () => {
    await claudeCode();
    scene = await openScene(lab, {
      criticalPath: { critical: [{ id: 'resolver', domain: 'networking', workloads: [app.name] }] },
    });
    const said = async (tool: string, input: object) => (await scene.call(tool, input)).text;
    const until = { timeout: 90_000, interval: 1_000 };
    await vi.waitFor(
      async () => expect(await said('cluster_changes', { since: '5m' })).toContain('the chronicle since'),
      until,
    );
    await scene.operate('incident.import', { files: documentsOf(lab, 'docs') });
    outage = await plantOutage(lab, app);
    const query = new URLSearchParams({
      query: `ALERTS{alertname="PodOutOfMemory",namespace="${app.namespace}",alertstate="firing"}`,
    });
    await vi.waitFor(async () => {
      expect(await (await fetch(`${lab.prometheus}/api/v1/query?${query}`)).text()).toContain(app.name);
      expect(await said('cluster_changes', { since: '10m', namespace: app.namespace })).toContain('memory limit');
    }, until);
  }, 400_000);
  afterAll(async () => {
    await outage?.[Symbol.asyncDispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  const agents = {
    'sev-triage': triage,
    sre: investigate,
    'sev-historian': compareWithThePast,
    'post-mortem': lead,
    'sev-report-writer': writeReport(app, due),
  };
  type Name = keyof typeof agents;
  const ask = async (words: string, names: readonly Name[], script: Script, after: (model: ScriptedModel) => void) => {
    await using model = await scriptedModel(
      script,
      names.map((name) => following(pluginAgent(name), agents[name])),
    );
    const said = await askClaude({
      castellan: scene,
      words,
      allowed: [
        ...new Set(['Agent', pluginTool('incident_open'), ...names.flatMap((name) => pluginAgent(name).tools)]),
      ],
      model: model.url,
      plugin: pluginFolder,
      server: scene.server,
      patienceMs: 400_000,
    });
    expect(said.is_error, said.result).toBe(false);
    for (const name of names) {
      expect([...model.agent(name).everOffered].toSorted(), name).toEqual([...pluginAgent(name).tools].toSorted());
    }
    expect(leaksIn(lab, model.requests.join('\n'))).toEqual([]);
    after(model);
    return said.result;
  };
  const shown = async (part: string): Promise<string> =>
    (await scene.call('incident_show', { incident, part, budget: 24_000 })).text;

  /** What happened to the record, each kind once, in the order of the first; rows are marked where there is need. */
  const firstOfEachKind = async (): Promise<readonly unknown[]> => {
    const rows = await scene.query(
      `select kind from castellan.incident_event where incident = $1 and kind <> 'row' group by kind order by min(seq)`,
      [incident],
    );
    return rows.map((row) => Reflect.get(row, 'kind'));
  };
  const stages = ['opened', 'evidence', 'triaged', 'finding', 'history', 'verdict', 'changed', 'report', 'actions'];

  it('is opened by the session, triaged, investigated and held against the past by three agents', async () => {
    const names = ['sev-triage', 'sre', 'sev-historian'] as const;
    const result = await ask(
      'No name can be resolved in the house.',
      names,
      function* () {
        yield { tool: 'ToolSearch', input: { query: `select:${pluginTool('incident_open')}` } };
        const opened = yield {
          tool: pluginTool('incident_open'),
          input: {
            title: `${app.name} answers nothing`,
            symptom: `no name can be resolved; both replicas of ${app.name} restarted, OOMKilled`,
            ...{ services: app.name, namespaces: app.namespace, since: began.toISOString(), detected_by: 'user' },
          },
        };
        const told: string[] = [];
        for (const name of names) told.push(yield handTo(pluginAgent(name), `incident=${idIn(opened, 'inc')}`));
        return told.join('\n');
      },
      (model) => {
        // Nobody was told what another found: only the id went from hand to hand.
        for (const name of names) expect(model.agent(name).conversations[0]).not.toContain('OOMKilled');
      },
    );
    incident = idIn(result, 'inc');
    expect(result).toMatch(/severity: SEV[12]/);
    expect(result).toMatch(/findings: fi_\w+ supported, fi_\w+ refuted/);
    expect(result).toMatch(/verdict: recurrence of \S*resolver-answered-nothing/);
    const findings = await shown('findings');
    expect(findings).toMatch(/SUPPORTED 0\.9[\s\S]*sre: the limit was lowered by hand/);
    expect(findings).toMatch(/REFUTED[\s\S]*sre: a commit lowered the limit/);
    expect(await shown('history')).toContain('accepted');
  }, 420_000);

  it('is written by an agent that may neither look nor publish, and published by the one that leads', async () => {
    await outage?.[Symbol.asyncDispose]();
    outage = undefined;
    const namesOf = ['post-mortem', 'sev-report-writer'] as const;
    const result = await ask(
      `The resolver is well again. Write incident ${incident} up.`,
      namesOf,
      function* () {
        const order = `incident=${incident}`;
        yield handTo(pluginAgent('post-mortem'), order);
        const written = yield handTo(pluginAgent('sev-report-writer'), order);
        const published = yield handTo(pluginAgent('post-mortem'), order);
        return `${written}\n${published}`;
      },
      (model) => {
        const [shell, publish] = model.agent('sev-report-writer').seen;
        expect(shell).toContain('No such tool available: Bash');
        expect(publish).toContain('No such tool available');
      },
    );
    expect(result).toMatch(/draft: VALID/);
    expect(result).toMatch(/report: PUBLISHED/);
    const [name = '', ...others] = readdirSync(scene.reports);
    expect(others).toEqual([]);
    expect(readFileSync(join(scene.reports, name), 'utf8')).toContain(incident);
    expect(await shown('summary')).toMatch(/report version \d+, final/);
    expect(await firstOfEachKind()).toEqual(stages);
    expect(await scene.operate('incident.verify', {})).toMatchObject({ incidents: 1, broken: [] });
  }, 420_000);
});
