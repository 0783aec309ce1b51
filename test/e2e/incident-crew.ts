import { readSkeleton, writeNarrative } from '../lab/incidents/author.ts';
import type { HomeService } from '../lab/incidents/home.ts';
import { loweredTo } from '../lab/incidents/outage.ts';
import { pluginTool } from './ask-claude.ts';
import type { ScriptedCall } from './scripted-model.ts';

/**
 * What agents would do who keep to their files, of one outage. Each knows the incident from its order and everything else from the
 * record: nothing is told from one to the next but the id.
 */
type Work = Generator<ScriptedCall, string, string>;

const call = (name: string, input: object): ScriptedCall => ({ tool: pluginTool(name), input: { ...input } });

export function idIn(text: string, kind: string): string {
  const [id] = new RegExp(`\\b${kind}_[a-z2-7]{8,10}\\b`).exec(text) ?? [];
  if (id === undefined) throw new Error(`no ${kind}_… in: ${text}`);
  return id;
}

export function* triage(order: string): Work {
  const incident = idIn(order, 'inc');
  yield call('incident_show', { incident });
  const judged = yield call('sev_triage', { incident });
  const [severity = 'unknown'] = /^(SEV\d)/.exec(judged) ?? [];
  return `incident: ${incident}\nseverity: ${severity}\nnext: sre with ${incident}`;
}

/** What the record says is broken, from every side; then what was found, and what was not. */
export function* investigate(order: string): Work {
  const incident = idIn(order, 'inc');
  const subject = subjectOf(yield call('incident_show', { incident }));
  const { target, namespace } = subject;
  yield call('incident_show', { incident, part: 'triage' });
  const gather = (source: string, more: object) => call('incident_gather', { incident, source, ...more });
  yield gather('kubernetes', subject);
  const events = idIn(yield gather('events', subject), 'ev');
  yield gather('alerts', { namespace });
  yield gather('alerts', { target: 'ResolverAnswersNothing' });
  yield gather('metrics', {
    query: `kube_deployment_status_replicas_available{deployment="${target.slice('deploy/'.length)}"}`,
  });
  const changes = idIn(yield gather('changes', subject), 'ev');
  const git = idIn(yield gather('git', { query: 'stacks', since: '2d' }), 'ev');
  const record = (number: number, more: object) =>
    call('incident_record', { incident, kind: 'finding', key: `${incident}/sre/${number}`, ...more });
  const found = yield record(1, {
    text: 'sre: the limit was lowered by hand, and every replica is killed for memory',
    status: 'supported',
    confidence: 0.9,
    evidence: `${changes},${events}`,
  });
  const refuted = yield record(2, { text: 'sre: a commit lowered the limit', status: 'refuted', evidence: git });
  return `incident: ${incident}\nagent: sre\nfindings: ${idIn(found, 'fi')} supported, ${idIn(refuted, 'fi')} refuted`;
}

/** The first candidate is the same thing; the others are not. */
export function* compareWithThePast(order: string): Work {
  const incident = idIn(order, 'inc');
  yield call('incident_show', { incident, part: 'findings' });
  const history = yield call('sev_history', { incident, limit: 10 });
  const documents = [...history.matchAll(/^\d+\. \w+ (\S+).* score \d\.\d\d, /gm)].map(([, document]) => document);
  for (const [index, target] of documents.entries()) {
    const [status, text] =
      index === 0 ? ['accepted', 'the same app, the same way'] : ['rejected', 'another app, another cause'];
    yield call('incident_record', { incident, kind: 'verdict', target, status, text });
  }
  return `incident: ${incident}\nverdict: recurrence of ${documents[0]}`;
}

/** Keeps what healed, and when; publishes where the record holds a draft without errors already. */
export function* lead(order: string): Work {
  const incident = idIn(order, 'inc');
  const summary = yield call('incident_show', { incident });
  if (summary.includes('draft with 0 errors')) {
    const published = yield call('post_mortem_publish', { incident });
    return `incident: ${incident}\nreport: ${published.split('\n')[0]}`;
  }
  yield call('incident_gather', { incident, source: 'kubernetes', ...subjectOf(summary) });
  const evidence = yield call('incident_show', { incident, part: 'evidence', budget: 24_000 });
  const changes = yield call('incident_show', {
    incident,
    evidence: evidenceFrom(evidence, 'changes'),
    budget: 24_000,
  });
  const now = new Date().toISOString();
  for (const [target, at] of [
    ['started', rolloutIn(changes).at],
    ['mitigated', now],
    ['resolved', now],
  ]) {
    yield call('incident_record', { incident, kind: 'milestone', target, at });
  }
  return `incident: ${incident}\nnext: sev-report-writer with ${incident}`;
}

/** Who writes tries what its file does not give it: a shell, and to publish. Then it does what is its own. */
export function writeReport(app: HomeService, due: string): (order: string) => Work {
  return function* (order) {
    const incident = idIn(order, 'inc');
    yield { tool: 'Bash', input: { command: 'kubectl get pods -A', description: 'a look of my own' } };
    yield call('post_mortem_publish', { incident });
    const skeleton = readSkeleton(yield call('post_mortem_draft', { incident, budget: 24_000 }));
    const one = (source: string, status = 'ok'): string => {
      const found = skeleton.evidence.findLast((piece) => piece.source === source && piece.status === status);
      if (found === undefined) throw new Error(`no evidence of ${source} is ${status}`);
      return found.id;
    };
    const [changes, events] = [one('changes'), one('events')];
    const read = (evidence: string) => call('incident_show', { incident, evidence, budget: 24_000 });
    const { text: rollout, at: rolledOutAt } = rolloutIn(yield read(changes));
    const [, killedAt = ''] = /(\S+Z)[^\n]*Warning OOMKilled/.exec(yield read(events)) ?? [];
    const cited = {
      ...{ changes, events, rollout, rolledOutAt, killedAt },
      ...{ alerts: one('alerts'), absent: one('alerts', 'empty'), healed: one('kubernetes') },
      ...{ replicas: one('metrics'), git: one('git') },
    };
    const narrative = JSON.stringify(writeNarrative(skeleton, cited, app, due));
    const first = yield call('post_mortem_draft', { incident, narrative });
    // Commits that triage looked back to, before the outage began: the writer does what the validator says.
    for (const [, target] of first.matchAll(/timeline\.([0-9a-f]{8}): the row is outside/g))
      yield call('incident_record', { incident, kind: 'exclude', target, text: 'a commit from before the outage' });
    const last = first.startsWith('VALID') ? first : yield call('post_mortem_draft', { incident, narrative });
    return `incident: ${incident}\ndraft: ${last.split('\n')[0]}\nnext: post-mortem with ${incident}`;
  };
}

function subjectOf(summary: string): { readonly target: string; readonly namespace: string } {
  const [, service] = /^services: (\S+)$/m.exec(summary) ?? [];
  const [, namespace] = /^namespaces: (\S+)$/m.exec(summary) ?? [];
  if (service === undefined || namespace === undefined) throw new Error(`the record names no service: ${summary}`);
  return { target: `deploy/${service}`, namespace };
}

function evidenceFrom(table: string, source: string): string {
  const line = table.split('\n').find((row) => new RegExp(`ev_\\w+\\W+${source}\\b`).test(row)) ?? '';
  return idIn(line, 'ev');
}

function rolloutIn(changes: string): { readonly at: string; readonly text: string } {
  const [, at, text] =
    new RegExp(`(\\S+Z) \\S+ \\S+ rollout: (revision \\d+: memory limit \\S+ → ${loweredTo})`).exec(changes) ?? [];
  if (at === undefined || text === undefined) throw new Error(`no rollout lowers the limit: ${changes}`);
  return { at, text };
}
