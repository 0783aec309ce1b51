import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCorpora } from '../../../memory/corpus/corpora.ts';
import { Notebook } from '../../../memory/recall/notebook.fixture.ts';
import type { Database } from '../../store/database.ts';
import type { Evidence } from '../evidence.ts';
import type { Incident } from '../incident.ts';
import type { Dossier } from '../record/port.ts';
import { ActionShelf } from './actions.fixture.ts';
import { openHistory } from './open.ts';
import type { History, PastReport } from './port.ts';

const now = new Date('2026-06-01T12:00:00Z');
const signal = new AbortController().signal;

function report(
  slug: string,
  what: Partial<PastReport> & { readonly symptom: string; readonly cause: string },
): PastReport {
  const { symptom, cause, fix = 'it was restarted', title = slug.slice(11).replaceAll('-', ' ') } = what;
  return {
    slug,
    title,
    at: new Date(`${slug.slice(0, 10)}T08:00:00Z`),
    severity: 'SEV2',
    services: [],
    namespaces: [],
    fix,
    alerts: [],
    markdown: `# ${title}\n\n## Summary\n\n${symptom}\n\n## Root cause\n\n${cause}\n\n## Resolution\n\n${fix}\n`,
    origin: `post-mortems/${slug}.md`,
    incident: undefined,
    ...what,
  };
}

const past: readonly PastReport[] = [
  report('2026-02-03-storage-plugin-port-taken', {
    symptom: 'Pods of the photo library stayed in ContainerCreating; volumes could not be mounted on one node.',
    cause: 'An old copy of the storage plugin still listened: "bind: address already in use" on port 29653.',
    services: ['photos'],
    namespaces: ['photos'],
  }),
  report('2026-03-09-resolver-without-memory', {
    symptom: 'No name could be resolved in the house, every lookup timed out.',
    cause: 'A blocklist of two million names filled the memory of both replicas of the resolver.',
    services: ['resolver'],
    namespaces: ['dns'],
    alerts: ['ResolverDown'],
  }),
  report('2026-04-02-login-budget-too-tight', {
    symptom: 'Everything behind the login answered 502 while a node was drained.',
    cause: 'The disruption budget allowed no eviction, and both replicas of the login went down together.',
    services: ['login'],
    namespaces: ['identity'],
  }),
  report('2026-05-20-mail-late', {
    symptom: 'Outgoing mail was hours late; the queue filled its volume.',
    cause: 'The relay password had been rotated and nothing restarted the mail server.',
    services: ['mail'],
    namespaces: ['mail'],
  }),
];

/** History, on the embedded database and on a real server, without embeddings. */
export function describeHistory(name: string, open: () => Promise<Database>): void {
  describe(`history on ${name}`, () => {
    let database: Database;
    let history: History;
    let actions: ActionShelf;
    let index: ReturnType<typeof createCorpora>;
    beforeAll(async () => {
      database = await open();
    }, 60_000);
    beforeEach(async () => {
      const notebook = new Notebook(database);
      await notebook.clear();
      await database.execute('truncate castellan.past_report');
      actions = new ActionShelf();
      index = createCorpora(notebook.dependencies);
      history = reopened();
      for (const one of past) await history.learn(one);
    });

    const reopened = (): History =>
      openHistory({
        database: { whenOpen: async () => database },
        corpora: async () => index,
        actions,
        redact: (text) => ({ text: text.replaceAll('hunter2', '[gone]'), counts: {} }),
        now: () => now,
      });
    const search = (text: string, dossier?: Dossier, limit = 5) => history.search({ text, dossier, limit }, signal);

    it('finds a symptom told in other words, and its cause and fix', async () => {
      const { candidates, searched } = await search('DNS lookups time out everywhere, nothing resolves');
      expect(candidates[0]).toMatchObject({
        kind: 'report',
        document: '2026-03-09-resolver-without-memory',
        at: new Date('2026-03-09T08:00:00Z'),
        cause: past[1]?.cause,
        fix: 'it was restarted',
      });
      expect(searched).toBe(4);
    });

    it('without memory still finds and learns reports by their words, and names what it could not search', async () => {
      const away = openHistory({
        database: { whenOpen: async () => database },
        corpora: undefined,
        actions,
        redact: (text) => ({ text, counts: {} }),
        now: () => now,
      });
      await away.learn(report('2026-05-30-pump', { symptom: 'the garden pump runs dry', cause: 'the float hung' }));
      const asked = { text: 'garden pump is dry, the float hangs', limit: 3 };
      const { candidates, missing } = await away.search(asked, signal);
      expect(candidates[0]?.document).toBe('2026-05-30-pump');
      expect(missing).toEqual([{ what: 'known issues and runbooks', why: 'memory, whose index has them, is off' }]);
      expect((await history.search(asked, signal)).missing).toEqual([]);
    });

    it('says what speaks for it: the same error but for its numbers, the same service', async () => {
      const { candidates, verdict } = await search(
        'photos does not start: `bind: address already in use` on another port 31000',
      );
      expect(candidates[0]?.document).toBe('2026-02-03-storage-plugin-port-taken');
      expect(candidates[0]?.why.slice(0, 2)).toEqual([
        'same error "bind: address already in use"',
        'same service photos',
      ]);
      expect([verdict, candidates[0]?.hint]).toEqual(['recurrence', 'recurrence']);
    });

    it('calls what nobody wrote of the first of its kind', async () => {
      const { verdict, candidates } = await search('the garden pump runs dry at night');
      expect(verdict).toBe('first-recorded');
      for (const { hint } of candidates) expect(hint).toBe('first-recorded');
      expect(await search('')).toMatchObject({ verdict: 'first-recorded', candidates: [] });
    });

    it('gives the verdict over everything, however few candidates are asked for', async () => {
      await index
        .open('runbooks')
        .put([{ name: 'r', title: 'Bind: address already in use', text: 'photos port bind address already in use' }]);
      const whole = await search('photos: "bind: address already in use"', undefined, 5);
      const short = await search('photos: "bind: address already in use"', undefined, 1);
      expect(short.candidates).toHaveLength(1);
      expect(short.verdict).toBe(whole.verdict);
    });

    it('brings what was promised then, with what became of it', async () => {
      const draft = {
        type: 'alert',
        class: 'detect',
        priority: 'P0',
        owner: undefined,
        due: undefined,
        path: undefined,
        verify: undefined,
        automatable: false,
      } as const;
      await actions.putActions(
        { report: '2026-03-09-resolver-without-memory' },
        [{ ...draft, title: 'alert on a resolver without memory', status: 'open' }],
        { by: { agent: 'a', human: 'b' }, now },
      );
      const { candidates } = await search('the resolver has no memory left');
      expect(candidates[0]?.actions).toMatchObject([
        { title: 'alert on a resolver without memory', status: 'open', owner: undefined },
      ]);
    });

    it('asks with what a dossier holds: its symptom, the errors of its evidence, its namespaces', async () => {
      const { candidates, verdict } = await search(
        '',
        dossier({
          title: 'photos down',
          symptom: 'volumes are not mounted',
          quote: '2026-05-30T10:00:00Z level=error msg=serve: bind: address already in use',
        }),
      );
      expect(candidates[0]?.document).toBe('2026-02-03-storage-plugin-port-taken');
      expect(candidates[0]?.why.join()).toContain('same error');
      expect(verdict).toBe('recurrence');
    });

    it('looks only at what was before, and never at its own report', async () => {
      const asked = dossier({ title: 'mail late', symptom: 'outgoing mail is late, the queue fills its volume' });
      const documents = async () => (await search('', asked)).candidates.map(({ document }) => document);
      expect(await documents()).toContain('2026-05-20-mail-late');
      await history.learn(
        report('2026-05-28-mail-late-inc', {
          symptom: 'outgoing mail is late',
          cause: 'queue',
          incident: 'inc_aaaaaaaa',
        }),
      );
      await history.learn(report('2026-05-31-mail-late-again', { symptom: 'outgoing mail is late', cause: 'queue' }));
      const found = await documents();
      expect(found).toContain('2026-05-20-mail-late');
      expect(found).not.toContain('2026-05-28-mail-late-inc');
      expect(found).not.toContain('2026-05-31-mail-late-again');
    });

    it('finds known issues and runbooks as well, each as what it is', async () => {
      await index.open('known-issues').put([
        {
          name: 'KI-4',
          title: 'Printer jams on duplex',
          text: '# Printer jams on duplex\n\n## Workaround\n\nprint one side',
        },
      ]);
      await index
        .open('runbooks')
        .put([{ name: 'boiler', title: 'Boiler restart', text: '# Boiler restart\n\npress the red button' }]);
      expect((await search('the printer jams')).candidates[0]).toMatchObject({
        kind: 'known-issue',
        document: 'KI-4',
        fix: expect.stringContaining('print one side'),
        actions: [],
      });
      expect((await search('restart the boiler')).candidates[0]).toMatchObject({ kind: 'runbook', document: 'boiler' });
      // What is no report makes no recurrence.
      expect((await search('restart the boiler')).verdict).not.toBe('recurrence');
    });

    it('learns a newer version in place of the older one, and another reader sees it', async () => {
      const other = reopened();
      await other.search({ text: 'anything', limit: 1 }, signal);
      const [first] = past;
      if (first === undefined) throw new Error('no report');
      await history.learn({ ...first, markdown: `${first.markdown}\n## Lessons\n\nxylophone\n` });
      const { candidates } = await other.search({ text: 'xylophone', limit: 1 }, signal);
      expect(candidates[0]?.document).toBe(first.slug);
      expect(await other.reports()).toHaveLength(4);
    });

    it('keeps a report of ours from what a file says under its name', async () => {
      const ours = report('2026-05-01-ours-inc', { symptom: 'as it was', cause: 'c', incident: 'inc_bbbbbbbb' });
      await history.learn(ours);
      await history.learn({ ...ours, symptom: 'as somebody wants it', incident: undefined });
      await history.learn({ ...ours, symptom: 'as somebody wants it', incident: 'inc_cccccccc' });
      const kept = (await history.reports()).find(({ slug }) => slug === ours.slug);
      expect(kept).toMatchObject({ symptom: 'as it was', incident: 'inc_bbbbbbbb' });
      await history.learn({ ...ours, symptom: 'version 2' });
      expect((await history.reports()).find(({ slug }) => slug === ours.slug)?.symptom).toBe('version 2');
    });

    it('gives reports newest first, as they were learned', async () => {
      const reports = await history.reports();
      expect(reports.map(({ slug }) => slug)).toEqual(past.map(({ slug }) => slug).reverse());
      expect(reports.at(-1)).toEqual(past[0]);
    });

    it('redacts what is asked before anything is asked with it', async () => {
      const asked: string[] = [];
      const corpora = async () => ({
        ...index,
        open: (corpus: string) => ({
          ...index.open(corpus),
          search: async (query: string) => {
            asked.push(query);
            return [];
          },
        }),
      });
      const listening = openHistory({
        database: { whenOpen: async () => database },
        corpora,
        actions,
        redact: (text) => ({ text: text.replaceAll('hunter2', '[gone]'), counts: {} }),
        now: () => now,
      });
      const { candidates } = await listening.search({ text: 'mail late hunter2', limit: 5 }, signal);
      expect(asked.join()).toContain('[gone]');
      expect(JSON.stringify([asked, candidates])).not.toContain('hunter2');
    });

    it('takes any text, and ends when it is told to', async () => {
      await history.learn(
        report('2026-01-01-odd', {
          symptom: '\0 \ud800',
          cause: `'; drop table castellan.past_report; --`,
          services: ['\0'],
        }),
      );
      for (const text of ['\0', '\ud800', '"'.repeat(5_000), 'x '.repeat(50_000), '`a`'.repeat(9_000)])
        await search(text);
      await expect(history.search({ text: 'x', limit: 1 }, AbortSignal.abort())).rejects.toThrow();
    });
  });
}

function dossier({
  title,
  symptom,
  quote,
}: {
  readonly title: string;
  readonly symptom: string;
  readonly quote?: string;
}): Dossier {
  const at = new Date('2026-05-30T10:00:00Z');
  const incident: Incident = {
    ...anIncident,
    title,
    symptom,
    startedAt: at,
    detectedAt: at,
  };
  return {
    incident,
    events: [],
    evidence: quote === undefined ? [] : [evidenceOf(quote, at)],
    findings: [],
    marks: [],
    triage: undefined,
    candidates: [],
    historyAt: undefined,
    reports: [],
    actions: [],
    leases: [],
  };
}

function evidenceOf(quote: string, at: Date): Evidence {
  return {
    id: 'ev_aaaaaaaa',
    incident: 'inc_aaaaaaaa',
    sha256: '',
    bytes: 0,
    by: 'agent:a',
    source: 'logs',
    query: 'logs',
    params: {},
    from: at,
    to: at,
    collectedAt: at,
    status: 'ok',
    truncated: false,
    problem: undefined,
    clockOffsetMs: undefined,
    rows: [{ at, precision: 'second', text: 'an error', quote, warning: true }],
  };
}

const anIncident: Incident = {
  id: 'inc_aaaaaaaa',
  number: 1,
  title: '',
  symptom: '',
  status: 'open',
  severity: undefined,
  override: undefined,
  detectedBy: 'human',
  window: { from: new Date('2026-05-30T09:00:00Z'), to: undefined },
  services: [],
  namespaces: [],
  startedAt: undefined,
  detectedAt: new Date('2026-05-30T10:00:00Z'),
  mitigatedAt: undefined,
  resolvedAt: undefined,
  change: undefined,
  mergedInto: undefined,
  openedBy: { agent: 'agent:a', human: 'human:robin' },
  openedAt: new Date('2026-05-30T10:00:00Z'),
  version: 1,
};
