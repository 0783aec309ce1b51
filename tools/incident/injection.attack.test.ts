import { readFileSync } from 'node:fs';
import { lexer, walkTokens } from 'marked';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { defineSource } from '../../src/incident/sources/define.ts';
import { gitSource } from '../../src/incident/sources/git.ts';
import { CastellanError, type JsonObject, type Tool } from '../../src/kit/index.ts';
import { type Attacked, known, openAttacked, shaped } from './attacked.fixture.ts';
import { draft } from './draft.ts';
import { gather } from './gather.ts';
import { history } from './history.ts';
import { unfenced } from './incident.fixture.ts';
import { agents, alerts, evilNarrative, files, logStore, metrics, repository } from './injected.fixture.ts';
import { list } from './list.ts';
import { open } from './open.ts';
import type { IncidentPorts } from './port.ts';
import { publish } from './publish.ts';
import { record } from './record.ts';
import { show } from './show.ts';
import { triage } from './triage.ts';
import { update } from './update.ts';

/**
 * Whoever can write somewhere writes orders, a false end of a fence, Markdown and secrets there: into logs, alerts, labels, documents,
 * and, as an agent that was taken in, into every field of the incident tools. No answer says it in its own name, no report that is
 * published has anything of it but letters, and no secret is kept anywhere.
 */
const answers: { readonly of: string; readonly text: string }[] = [];
let attacked: Attacked;
let id = '';
let published = '';
let evidence: readonly string[] = [];

async function ask(tool: Tool<IncidentPorts>, asked: JsonObject): Promise<string> {
  const of = `${tool.name} ${JSON.stringify(asked).slice(0, 160)}`;
  try {
    const { text } = await attacked.call(tool, asked);
    answers.push({ of, text });
    return text;
  } catch (error) {
    // Anything else than an error of ours fails the whole run.
    if (!(error instanceof CastellanError)) throw error;
    answers.push({ of, text: `${error.code}: ${error.message}; ${error.next}` });
    return '';
  }
}

/** The infra repository is git's own in the group; here it says what is planted. */
const withCommits: Tool<IncidentPorts> = {
  ...gather,
  run: (input, context) => {
    const { ports } = context;
    const unasked = { cluster: undefined, chronicle: undefined, metrics: undefined, alerts: undefined };
    const asked = { ...unasked, logStore: undefined, probes: ports.probes, repository, redact: attacked.redactor };
    const git = defineSource(gitSource(asked), attacked.redactor);
    return gather.run(gather.input.parse(input), {
      ...context,
      ports: { ...ports, sources: new Map([...ports.sources, ['git', git]]) },
    });
  },
};

/** As if every rule of the validator held: what is left is what the page itself is made of. */
const unvalidated: Tool<IncidentPorts> = {
  ...publish,
  run: (input, context) => {
    const { ports } = context;
    const reporter = { ...ports.reporter, validate: () => ({ valid: true, errors: [], warnings: [], score: 1 }) };
    return publish.run(publish.input.parse(input), { ...context, ports: { ...ports, reporter } });
  },
};

beforeAll(async () => {
  attacked = await openAttacked({ metrics, alerts, logStore });
  answers.push({ of: 'import', text: '' });
  await attacked.command('import', { files });
  const opened = await ask(open, {
    title: agents('title', 200),
    symptom: `the shop is down for buyers\n${agents('symptom', 1_900)}`,
    since: '1h',
    services: 'web,MARK-service <b>x</b>',
    namespaces: 'shop',
  });
  id = /inc_[a-z2-7]{10}/.exec(opened)?.[0] ?? '';
  for (const asked of [
    { source: 'logs', target: 'pod/web-0', namespace: 'shop' },
    { source: 'logs', query: '{job="web"}' },
    { source: 'logs', target: agents('log-target', 200), query: agents('log-query', 2_000) },
    { source: 'logs', target: 'pod/web-0', namespace: 'shop', query: 'error|MARK' },
    { source: 'metrics', query: 'up' },
    { source: 'metrics', query: agents('promql', 2_000) },
    { source: 'alerts' },
    { source: 'alerts', target: agents('alert-target', 200) },
    ...['kubernetes', 'events', 'changes', 'git', 'tls', 'dns', 'http'].flatMap((source) => [
      { source, target: agents(`${source}-target`, 200), query: agents(`${source}-query`, 2_000) },
      { source, target: 'deploy/web', namespace: 'shop', context: agents(`${source}-context`, 200) },
      { source, target: `https://MARK-${source}.example.net/?token=${known.token}` },
    ]),
  ]) {
    await ask(gather, { incident: id, ...asked });
  }
  await ask(withCommits, { incident: id, source: 'git' });
  await ask(withCommits, { incident: id, source: 'git', namespace: 'shop' });
  const noted = await ask(record, { incident: id, kind: 'note', text: agents('note', 2_000), at: '5m' });
  const note = /ev_[a-z2-7]{8}/.exec(noted)?.[0] ?? '';
  await ask(record, {
    incident: id,
    kind: 'finding',
    status: 'supported',
    text: agents('finding', 2_000),
    evidence: note,
    checks: `${agents('check', 900)};${agents('other-check', 900)}`,
  });
  for (const [target, at] of [
    ['started', '9m'],
    ['detected', '8m'],
    ['mitigated', '4m'],
    ['resolved', '2m'],
  ] as const) {
    await ask(record, { incident: id, kind: 'milestone', target, at, text: agents(`milestone-${target}`, 2_000) });
  }
  await ask(record, { incident: id, kind: 'override', target: 'SEV2', text: agents('override', 2_000) });
  await ask(triage, { incident: id });
  await ask(history, { incident: id, text: agents('history', 2_000) });
  await ask(history, { text: `the shop is down for buyers ${agents('search', 1_900)}` });
  const dossier = await attacked.ports.record.dossier(id);
  evidence = dossier.evidence.map((one) => one.id);
  for (const { document } of dossier.candidates) {
    await ask(record, {
      incident: id,
      kind: 'verdict',
      status: 'rejected',
      target: document.length <= 200 ? document : 'x',
      text: agents('verdict', 2_000),
    });
  }
  const [first, second] = attacked.ports.reporter.compile(dossier);
  await ask(record, { incident: id, kind: 'annotate', target: first?.key ?? '', text: agents('annotation', 2_000) });
  await ask(record, { incident: id, kind: 'exclude', target: second?.key ?? '', text: agents('exclusion', 2_000) });
  await ask(record, { incident: id, kind: 'annotate', target: agents('row', 200), text: 'x' });

  await ask(draft, { incident: id });
  await ask(draft, { incident: id, budget: 24_000 });
  await ask(draft, { incident: id, narrative: agents('no-json') });
  await ask(draft, {
    incident: id,
    narrative: JSON.stringify({ [agents('key')]: 1, cause: { [agents('inner-key')]: agents('value') } }),
  });
  await ask(draft, { incident: id, narrative: evilNarrative([note, ...evidence]), budget: 24_000 });
  await ask(publish, { incident: id, reason: agents('reason', 200) });
  const placed = await ask(unvalidated, { incident: id });
  published = /^file: (.*)$/m.exec(placed)?.[1] ?? '';
  await ask(publish, { incident: id });

  const listed = await ask(list, { budget: 24_000 });
  await ask(list, {
    text: agents('list-text', 200),
    owner: agents('list-owner', 200),
    report: agents('list-report', 200),
  });
  for (const action of new Set(listed.match(/act_[a-z2-7]{8}/g))) {
    await ask(update, { action, owner: agents('new-owner', 200), run: true });
    const verify = { kind: 'file-contains', path: 'a.yaml', text: agents('new-verify', 300) };
    await ask(update, { action, verify: JSON.stringify(verify), run: true });
    await ask(update, { action, verify: JSON.stringify({ kind: agents('kind', 300), [agents('field', 300)]: 1 }) });
    await ask(update, { action, verify: JSON.stringify({ ...verify, [agents('field', 300)]: 1 }) });
  }
  await ask(list, { budget: 24_000 });
  for (const part of [
    'summary',
    'timeline',
    'evidence',
    'findings',
    'triage',
    'history',
    'report',
    'actions',
    'events',
  ]) {
    for (const budget of [1_000, 8_000, 24_000]) await ask(show, { incident: id, part, budget });
  }
  for (const part of ['timeline', 'evidence', 'events']) await everyPage(part);
  for (const one of evidence) await ask(show, { incident: id, evidence: one, budget: 24_000 });
  await ask(show, {});
  await ask(show, { text: agents('words', 200) });
  const other = await ask(open, { title: 'another', symptom: agents('other-symptom') });
  const another = /inc_[a-z2-7]{10}/.exec(other)?.[0] ?? '';
  await ask(record, { incident: another, kind: 'dismiss', text: agents('dismissal', 2_000) });
  await ask(show, { incident: another, part: 'events' });
}, 300_000);
afterAll(() => attacked?.[Symbol.asyncDispose]());

/** Where every row that is shown is the attacker's, so that nothing of ours breaks a column of one value. */
async function everyPage(part: string): Promise<void> {
  for (let skip = 0; skip < 300; skip += 3) {
    const paged: Tool<IncidentPorts> = {
      ...show,
      run: (input, context) =>
        show.run(show.input.parse(input), { ...context, page: { ...context.page, position: { skip } } }),
    };
    const text = await ask(paged, { incident: id, part, limit: 3, budget: 8_000 });
    if (text.includes('no rows')) return;
  }
}

it('was heard in every place, or the test says nothing', () => {
  const all = [...answers.map(({ text }) => text), readFileSync(published, 'utf8')].join('\n');
  const heard = new Set(all.match(/MARK-[a-z-]+/g));
  for (const place of [
    ...['title', 'symptom', 'log', 'log-pod', 'alert', 'alertname', 'annotation', 'label', 'comment'],
    ...['report', 'report-cause', 'report-fix', 'promise', 'ki', 'runbook', 'note', 'finding', 'check', 'override'],
    ...['verdict', 'annotation', 'exclusion', 'summary', 'told-title', 'rule', 'contains-text'],
    ...['new-owner', 'inner-key', 'dismissal', 'milestone-started', 'subject', 'stack'],
  ]) {
    expect(heard, place).toContain(`MARK-${place}`);
  }
  expect(published).toMatch(/\.md$/);
});

it('says nothing of it outside a fence', () => {
  const outside = answers.flatMap(({ of, text }) =>
    unfenced(text)
      .split('\n')
      .filter((line) => /MARK-|evil\.example|SYSTEM:|0{12}|mermaid/.test(line))
      .map((line) => `${of}\n    ${line.slice(0, 300)}`),
  );
  expect(outside).toEqual([]);
});

it('says who wrote, by names that are no sentence', () => {
  const text = answers.filter(({ of }) => /"part":"(?:evidence|findings)"/.test(of)).map((one) => one.text);
  expect(text.join('\n')).toContain('agent:claude for human:robin');
});

describe('what is published', () => {
  const page = () => readFileSync(published, 'utf8');

  it('has nothing of it but letters', () => {
    const [, body = ''] = page().split(/\n---\n/);
    const found: string[] = [];
    const headings: string[] = [];
    const headers: string[] = [];
    void walkTokens(lexer(body, { gfm: true }), (token) => {
      if (token.type === 'html' || token.type === 'image') found.push(token.raw);
      if (token.type === 'link' && !/^#ev_[a-z2-7]{8}$/.test(String(token['href']))) found.push(token.raw);
      if (token.type === 'code' && token['lang'] !== 'text') found.push(token.raw);
      if (token.type === 'blockquote' || token.type === 'def' || token.type === 'hr') found.push(token.raw);
      if (token.type === 'heading') headings.push(String(token['text']));
      if (token.type === 'table') {
        headers.push(cellsOf(token['header']).join());
        for (const row of token['rows']) if (cellsOf(row).includes('b')) found.push(cellsOf(row).join(' | '));
      }
    });
    expect(found).toEqual([]);
    const [title = '', ...rest] = headings;
    expect(title).toContain('MARK-told-title');
    expect(rest.filter((heading) => !/^ev_[a-z2-7]{8}$/.test(heading))).toEqual(sections);
    expect(headers).toEqual([
      'Time (UTC),Precision,Source,Event,Evidence',
      'Candidate,Score,Verdict,Reason',
      'Action,Class,Type,Priority,Owner,Due,Status,File,Verified by',
    ]);
  });

  it('has the front matter that every report has', () => {
    const [front = ''] = page().slice(4).split(/^---$/m);
    const told: unknown = parse(front);
    expect(told).toMatchObject({ incident_id: id, severity: 'SEV2', status: 'resolved', version: 1, supersedes: null });
    expect(Object.keys(Object(told)).sort()).toEqual([
      ...['authors', 'detected_at', 'incident_id', 'mitigated_at', 'namespaces', 'resolved_at', 'services', 'severity'],
      ...['severity_rules', 'started_at', 'status', 'supersedes', 'title', 'version'],
    ]);
  });

  it('would not have been, by the rules', () => {
    expect(answers.find(({ of }) => of.startsWith('post_mortem_publish'))?.text).toMatch(/NOT PUBLISHED/);
  });
});

describe('a secret', () => {
  const secrets = { ...known, shaped, 'a piece of it': shaped.slice(4, 24), 'its end': known.token.slice(-20) };
  const { pin: _, ...told } = secrets;

  it('is in no answer', () => {
    for (const [name, value] of Object.entries(told)) {
      expect(answers.filter(({ text }) => text.includes(value)).map(({ of }) => `${name}: ${of}`)).toEqual([]);
    }
  });

  it('is in no row of any table', async () => {
    for (const [table, rows] of await attacked.rows()) {
      for (const [name, value] of Object.entries(told)) expect(rows.includes(value), `${name} in ${table}`).toBe(false);
    }
  });

  it('is in no file, no export and no log of ours', async () => {
    const exported = JSON.stringify(await attacked.command('export', { incident: id }));
    expect(exported).toContain('MARK-log');
    const rest = JSON.stringify(await attacked.command('export', { incident: id, after: 20 }));
    const texts = { page: readFileSync(published, 'utf8'), exported, rest, logged: attacked.logged.join('\n') };
    for (const [where, text] of Object.entries(texts)) {
      for (const [name, value] of Object.entries(told)) expect(text.includes(value), `${name} in ${where}`).toBe(false);
    }
  });
});

const sections = [
  ...['Summary', 'Impact', 'Timeline', 'Root cause', 'Ruled out', 'Contributing factors', 'Recurrence', 'Detection'],
  ...['Resolution', 'Severity', 'Coverage', 'Action items', 'Lessons', 'Evidence'],
];

function cellsOf(cells: readonly { readonly text: string }[]): readonly string[] {
  return cells.map(({ text }) => text);
}
