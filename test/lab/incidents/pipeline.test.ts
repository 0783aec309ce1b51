import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer as createPlain } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { describeWithLab } from '../use-lab.ts';
import { type Cited, readSkeleton, titles, writeNarrative } from './author.ts';
import { makeCertificate } from './certificate.ts';
import { documentsOf, type HomeService, serviceThat } from './home.ts';
import { loweredTo, type Outage, plantOutage } from './outage.ts';
import { openScene, type Said, type Scene } from './scene.ts';

/**
 * One outage from the first symptom to what was promised after it, by an agent over stdio, against real servers; the daemon is killed
 * in the middle of the work four times. Each test goes on where the one before it ended.
 */
await describeWithLab('an incident from symptom to report', (lab) => {
  const app: HomeService = serviceThat(lab, 'recursive resolver');
  const subject = { target: `deploy/${app.name}`, namespace: app.namespace };
  const servers: Server[] = [];
  const began = new Date();
  let scene: Scene;
  let outage: Outage | undefined;
  let [plain, secure] = ['', ''];
  let incident = '';

  beforeAll(async () => {
    const web = createPlain((_, response) => response.writeHead(503).end('no resolver'));
    const safe = createSecure(await makeCertificate(), (_, response) => response.end());
    servers.push(web, safe);
    plain = `http://127.0.0.1:${await listen(web)}/health`;
    secure = `127.0.0.1:${await listen(safe)}`;
    scene = await openScene(lab, {
      probes: { allow: [new URL(plain).host, secure] },
      criticalPath: {
        critical: [{ id: 'resolver', domain: 'networking', workloads: [app.name] }],
      },
    });
    // From here on the chronicle sees what happens.
    await vi.waitFor(
      async () => expect(await text('cluster_changes', { since: '5m' })).toContain('the chronicle since'),
      { timeout: 90_000, interval: 1_000 },
    );
    outage = await plantOutage(lab, app);
  });
  afterAll(async () => {
    await outage?.[Symbol.asyncDispose]();
    await scene?.[Symbol.asyncDispose]();
    for (const server of servers) server.close();
  });

  const text = async (tool: string, input: object): Promise<string> => {
    let said = await scene.call(tool, input);
    // Whoever lost the session opens another and says the same again.
    if (/Connection closed|Not connected/.test(said.text)) said = await scene.call(tool, input);
    if (said.isError) throw new Error(`${tool}: ${said.text}`);
    expect(said.bytes).toBeLessThanOrEqual(24_000);
    return said.text;
  };
  const gather = (source: string, input: object = {}) => text('incident_gather', { incident, source, ...input });
  const idIn = (answer: string, kind: string): string => {
    const [id] = new RegExp(`\\b${kind}_[a-z2-7]{8,10}\\b`).exec(answer) ?? [];
    if (id === undefined) throw new Error(`no ${kind}_… in: ${answer}`);
    return id;
  };
  const rows = async (table: string): Promise<number> => {
    const [row] = await scene.query(`select count(*)::int4 as n from castellan.${table} where incident = $1`, [
      incident,
    ]);
    return Number(Object(row)['n']);
  };
  const looks = async (): Promise<number> =>
    (
      await scene.query(`select id from castellan.evidence where incident = $1 and body->>'source' = 'triage'`, [
        incident,
      ])
    ).length;
  /** The stage of a holder that was killed is free after its lease, a minute. */
  const oncePossible = async (tool: string, input: object): Promise<string> => {
    let said: Said | undefined;
    await expect
      .poll(
        async () => {
          said = await scene.call(tool, input);
          return said.text;
        },
        { timeout: 150_000, interval: 2_000 },
      )
      .not.toMatch(/incident-stage-held|restarted during|Connection closed|Not connected|Timeout/i);
    if (said === undefined || said.isError) throw new Error(`${tool}: ${said?.text}`);
    return said.text;
  };
  /** The daemon is killed while a call waits to write that table; what became of the call. */
  const killedWriting = async (table: string, tool: string, input: object, kept: () => Promise<boolean>) => {
    const held = await scene.hold(table);
    const call = scene.call(tool, input);
    await expect.poll(kept, { timeout: 90_000 }).toBe(true);
    await scene.kill();
    const lost = await call;
    await held[Symbol.asyncDispose]();
    return lost;
  };
  const waitsFor = (table: string) => async (): Promise<boolean> =>
    (
      await scene.query(
        `select 1 from pg_locks join pg_class on pg_class.oid = relation where relname = $1 and not granted`,
        [table],
      )
    ).length > 0;

  it('what the household wrote before is read, and what could not be is listed', async () => {
    const answer = await scene.operate('incident.import', { files: documentsOf(lab, 'docs') });
    expect(answer).toMatchObject({
      reports: { added: 8, own: 0 },
      actions: { added: 16 },
      issues: { added: 3 },
      runbooks: { added: 5 },
      unread: expect.arrayContaining([expect.objectContaining({ path: 'docs/network.md' })]),
    });
  });

  it('is opened once, whoever opens it', async () => {
    await expect
      .poll(() => text('cluster_changes', { since: '10m', namespace: app.namespace }), { timeout: 60_000 })
      .toContain(loweredTo);
    const symptom = `no name can be resolved; both replicas of ${app.name} restarted, OOMKilled`;
    const asked = { title: `${app.name} answers nothing`, symptom, services: app.name, namespaces: app.namespace };
    const opened = await text('incident_open', { ...asked, since: began.toISOString(), detected_by: 'user' });
    incident = idIn(opened, 'inc');
    expect(opened).toMatch(/^opened inc_/);
    const again = await text('incident_open', { ...asked, title: 'names are not resolved' });
    expect(again).toMatch(new RegExp(`^ALREADY OPEN: ${incident} .*nothing new was opened`));
  });

  it('is triaged again from the same look, when the daemon is killed after the look was kept', async () => {
    await expect.poll(() => gatherless('PodOutOfMemory'), { timeout: 60_000 }).toBe(true);
    const lost = await killedWriting('incident_triage', 'sev_triage', { incident }, async () => (await looks()) === 1);
    expect(lost).toMatchObject({ isError: true, text: expect.stringMatching(/restarted during|Connection closed/) });
    expect(await rows('incident_triage')).toBe(0);
    const judged = await oncePossible('sev_triage', { incident, max_age: '1h' });
    expect(judged).toMatch(/^SEV[12] by /);
    expect(judged).toMatch(/looked at .* ago and judged again/);
    expect(await looks()).toBe(1);
    const suspects = [...judged.matchAll(/^ {2}(\d)\. (.+) \d\.\d\d/gm)].map(([, , object]) => object);
    expect(suspects.slice(0, 3)).toContain(`Deployment ${app.namespace}/${app.name}`);
    const [, changes = ''] = judged.split('\nchanges:\n');
    expect(changes.split('OPEN ACTIONS')[0]).toMatch(new RegExp(`${app.namespace}/${app.name}[\\s\\S]*→ ${loweredTo}`));
    expect(judged).toMatch(/OPEN ACTIONS[\s\S]*resolver-answered-nothing[\s\S]*replicas reload one after the other/);
    expect(await text('incident_show', { incident })).toContain('triaged');
  }, 400_000);
  /** Without an incident nothing tells alerts; Prometheus itself is asked whether it is time. */
  const gatherless = async (alert: string): Promise<boolean> => {
    const query = new URLSearchParams({
      query: `ALERTS{alertname="${alert}",namespace="${app.namespace}",alertstate="firing"}`,
    });
    const answer = await (await fetch(`${lab.prometheus}/api/v1/query?${query}`)).text();
    return answer.includes(app.name);
  };

  const cited: Partial<Record<keyof Cited, string>> = {};

  it('gathers what every source says; an answer that was lost with the daemon is kept once', async () => {
    expect(await gather('kubernetes', subject)).toContain('OOMKilled');
    const key = randomBytes(4).toString('hex');
    const before = await rows('evidence');
    const lost = await killedWriting(
      'evidence',
      'incident_gather',
      { incident, source: 'events', ...subject, key },
      waitsFor('evidence'),
    );
    expect(lost.isError).toBe(true);
    const events = await gather('events', { ...subject, key });
    expect(idIn(await gather('events', { ...subject, key }), 'ev')).toBe(idIn(events, 'ev'));
    expect(await rows('evidence')).toBe(before + 1);
    cited.events = idIn(events, 'ev');
    cited.killedAt = /(\S+Z)[^\n]*Warning OOMKilled/.exec(events)?.[1] ?? '';
    expect(await gather('logs', subject)).toContain('kept as ev_');
    const alerts = await gather('alerts', { namespace: app.namespace });
    expect(alerts).toContain('PodOutOfMemory');
    cited.alerts = idIn(alerts, 'ev');
    const absent = await gather('alerts', { target: 'ResolverAnswersNothing' });
    expect(absent).toMatch(/^NOTHING THERE: kept as ev_/);
    cited.absent = idIn(absent, 'ev');
    const replicas = { query: `kube_deployment_status_replicas_available{deployment="${app.name}"}` };
    const measured = await gather('metrics', replicas);
    expect(measured).toMatch(/lowest \S+Z 0|always \S+Z 0/);
    cited.replicas = idIn(measured, 'ev');
    const changes = await gather('changes', subject);
    cited.changes = idIn(changes, 'ev');
    [, cited.rolledOutAt = '', cited.rollout = ''] =
      new RegExp(`(\\S+Z) \\S+ \\S+ rollout: (revision \\d+: memory limit \\S+ → ${loweredTo})`).exec(changes) ?? [];
    cited.git = idIn(await gather('git', { query: `stacks/${app.stack}`, since: '2d' }), 'ev');
    expect(await gather('http', { target: plain })).toMatch(/kept as ev_[\s\S]*status 503/);
    expect(await gather('tls', { target: secure })).toMatch(/kept as ev_[\s\S]*valid until/);
    expect(await gather('http', { target: 'http://192.0.2.80/' })).toMatch(/^NOT KNOWN: kept as ev_/);
  }, 400_000);

  it('takes findings that cite what was gathered, once for a key, and no others', async () => {
    const finding = {
      incident,
      kind: 'finding',
      text: 'the limit was lowered by hand, and every replica is killed for memory',
      status: 'supported',
      confidence: 0.9,
      key: 'the-cause',
    };
    const unknown = await scene.call('incident_record', { ...finding, evidence: 'ev_aaaaaaaa', key: 'none' });
    expect(unknown).toMatchObject({ isError: true, text: expect.stringContaining('ev_aaaaaaaa') });
    const evidence = `${cited.changes},${cited.events}`;
    const first = await text('incident_record', { ...finding, evidence });
    await scene.kill();
    const again = await text('incident_record', { ...finding, evidence });
    expect(idIn(again, 'fi')).toBe(idIn(first, 'fi'));
    await text('incident_record', {
      incident,
      kind: 'finding',
      text: 'a commit lowered the limit',
      status: 'refuted',
      evidence: cited.git,
    });
    expect(await rows('finding')).toBe(2);
  }, 400_000);

  it('was there before: the planted report, and what it promised and nobody did', async () => {
    const history = await text('sev_history', { incident });
    expect(history).toMatch(/^RECURRENCE/);
    const documents = [...history.matchAll(/^\d+\. (\w+) (\S+).* score (\d\.\d\d), (\S+)/gm)];
    const [first] = documents;
    expect(first?.[2]).toMatch(/resolver-answered-nothing$/);
    expect(history).toMatch(/act_\w+ P1 OPEN, never verified\n.*\n.*replicas reload one after the other/);
    for (const [index, [, , document]] of documents.entries()) {
      const [status, words] =
        index === 0 ? ['accepted', 'the same app, the same way'] : ['rejected', 'another app, another cause'];
      await text('incident_record', { incident, kind: 'verdict', target: document, status, text: words });
    }
    expect(await text('incident_show', { incident, part: 'history' })).toContain('accepted');
  });

  it('is over: what healed is gathered, and its times are the record’s', async () => {
    await outage?.[Symbol.asyncDispose]();
    outage = undefined;
    await expect.poll(() => gather('kubernetes', subject), { timeout: 60_000, interval: 3_000 }).toMatch(/2\/2 ready/);
    cited.healed = idIn(await gather('kubernetes', subject), 'ev');
    const now = new Date().toISOString();
    for (const [target, at] of [
      ['started', cited.rolledOutAt],
      ['mitigated', now],
      ['resolved', now],
    ] as const)
      await text('incident_record', { incident, kind: 'milestone', target, at });
  });

  const narrative = async (invented?: string): Promise<string> => {
    const skeleton = readSkeleton(await text('post_mortem_draft', { incident, budget: 24_000 }));
    const due = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
    const { changes = '', events = '', alerts = '', absent = '', healed = '', replicas = '', git = '' } = cited;
    const { rollout = '', rolledOutAt = '', killedAt = '' } = cited;
    const all = { changes, events, alerts, absent, healed, replicas, git, rollout, rolledOutAt, killedAt };
    return JSON.stringify(writeNarrative(skeleton, all, app, due, invented));
  };

  it('a draft with one number that nobody saw is refused, and one without is valid', async () => {
    const refused = await text('post_mortem_draft', {
      incident,
      narrative: await narrative('4711 lookups were lost.'),
    });
    expect(refused).toMatch(/^REFUSED by \d+ errors/);
    expect(refused).toMatch(/V11[\s\S]*4711/);
    expect(await text('post_mortem_publish', { incident })).toMatch(/^NOT PUBLISHED: \d+ errors/);
    expect(readdirSync(scene.reports)).toEqual([]);
    // Commits that triage looked back to, before the outage began: the author does what the validator says.
    for (const [, target] of refused.matchAll(/timeline\.([0-9a-f]{8}): the row is outside/g))
      await text('incident_record', { incident, kind: 'exclude', target, text: 'a commit from before the outage' });
    expect(await text('post_mortem_draft', { incident, narrative: await narrative() })).toMatch(/^VALID/);
  });

  it('is published once, with everything that follows, though the daemon is killed before and in the middle of it', async () => {
    await scene.kill();
    const lost = await killedWriting('action_item', 'post_mortem_publish', { incident }, waitsFor('action_item'));
    expect(lost.isError).toBe(true);
    const [name = '', ...others] = readdirSync(scene.reports);
    expect(others).toEqual([]);
    const before = readFileSync(join(scene.reports, name), 'utf8');
    expect(await oncePossible('post_mortem_publish', { incident })).toMatch(/^ALREADY PUBLISHED, version 1/);
    expect(await text('post_mortem_publish', { incident })).toMatch(/^ALREADY PUBLISHED, version 1\n/);
    expect(readdirSync(scene.reports)).toEqual([name]);
    expect(readFileSync(join(scene.reports, name), 'utf8')).toBe(before);
    expect(await rows('action_item')).toBe(3);
    const finals = await scene.query('select version from castellan.incident_report where incident = $1 and final', [
      incident,
    ]);
    expect(finals).toHaveLength(1);
  }, 400_000);

  it('the file says what the record says, and is known as ours when it is read again', async () => {
    const [name = ''] = readdirSync(scene.reports);
    const file = { path: `docs/post-mortems/${name}`, text: readFileSync(join(scene.reports, name), 'utf8') };
    expect(file.text).toContain(incident);
    expect(file.text).toContain(cited.rollout);
    const answer = await scene.operate('incident.import', { files: [file] });
    expect(answer).toMatchObject({ reports: { own: 1, added: 0, changed: 0 }, actions: { added: 0 }, unread: [] });
    expect(readFileSync(join(scene.reports, name), 'utf8')).toBe(file.text);
  });

  it('what was promised is verified where it would stand: in Prometheus and in the repository', async () => {
    const list = await text('action_list', { incident });
    const action = async (title: string): Promise<string> => {
      const line = list.split('\n').find((one) => one.includes(title)) ?? '';
      return text('action_update', { action: idIn(line, 'act'), run: true });
    };
    expect(await action(titles.lands)).toMatch(/^LANDED/);
    expect(await action(titles.stands)).toMatch(/^LANDED/);
    expect(await action(titles.open)).toMatch(/^NOT THERE/);
    const open = await text('action_list', { incident, status: 'open' });
    expect(open).toContain('1 action item');
    expect(open).toContain(titles.open);
  });

  it('every event and every piece of evidence still has its hash', async () => {
    expect(await scene.operate('incident.verify', {})).toMatchObject({ incidents: 1, broken: [] });
  });
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return z.object({ port: z.int() }).parse(server.address()).port;
}
