import { describe, expect, it } from 'vitest';
import { documents } from '../../../test/lab/homelab/documents.ts';
import { drawHomelab } from '../../../test/lab/homelab/model.ts';
import { postMortemFiles } from '../../../test/lab/homelab/post-mortems.ts';
import { nameMaker } from '../../../test/lab/sample/names.ts';
import type { Redact } from '../../kit/index.ts';
import type { Imported, ImportedReport } from './imported.ts';
import { readDocuments } from './read.ts';

const silent: Redact = (text) => ({ text, counts: {} });

function read(files: Readonly<Record<string, string>>, redact: Redact = silent): Imported {
  return readDocuments(
    Object.entries(files).map(([path, text]) => ({ path, text })),
    { redact },
  );
}

function only(path: string, text: string): ImportedReport {
  const { reports, unread } = read({ [path]: text });
  const [report] = reports;
  if (report === undefined || reports.length > 1) throw new Error(`not one report: ${JSON.stringify(unread)}`);
  return report;
}

const frame = (actions: string): string => `# Web down

**Date**: 2026-03-14 · early
**Severity**: SEV2

## Summary

The shop answered 502.

## Root cause

The port was taken: "address already in use".

## Action items

${actions}
`;

describe('a post-mortem', () => {
  it('of the household is read whole', () => {
    const stacks = drawHomelab(
      Array.from({ length: 30 }, (_, index) => `namespace-${index}`),
      nameMaker([]),
    );
    const now = new Date('2026-06-01T12:00:00Z');
    const files = [...postMortemFiles(stacks, now)].map(([path, { text }]) => ({ path, text }));
    const { reports, unread } = readDocuments(files, { redact: silent });
    expect(unread).toEqual([]);
    expect(reports).toHaveLength(files.length);
    for (const { report, actions, missing } of reports) {
      expect(report.severity).toMatch(/^SEV[123]$/);
      expect(report.services.length).toBeGreaterThan(0);
      expect([report.symptom, report.cause].every((text) => text.length > 20)).toBe(true);
      expect(`docs/post-mortems/${report.slug}.md`).toBe(report.origin);
      expect(actions).toHaveLength(2);
      for (const { parts } of missing) expect(parts).toEqual(['owner', 'due']);
    }
    const oom = reports.find(({ report }) => report.slug.endsWith('photo-workers-killed-for-memory'));
    expect(oom?.actions).toMatchObject([
      { type: 'config', priority: 'P0', status: 'landed', owner: undefined, due: undefined },
      { type: 'alert', class: 'detect', priority: 'P1', status: 'open' },
    ]);
    expect(oom?.report.at.toISOString().slice(0, 10)).toBe('2026-02-09');
  });

  it('has its actions in a table whose columns are named and ordered otherwise', () => {
    const { actions } = only(
      'post-mortems/2026-03-14-web.md',
      frame(`| # | What | Who | Deadline | Prio | State | Where |
|---|---|---|---|---|---|---|
| 1 | Add the alert \`ShopPortTaken\` | @robin | 1 April 2026 | high | in progress | \`stacks/shop/alerts.tf\` |
| 2 | ~~Move the port~~ | kim | – | P3 | won't do | |`),
    );
    expect(actions).toEqual([
      {
        title: 'Add the alert ShopPortTaken',
        type: 'alert',
        class: 'detect',
        priority: 'P1',
        owner: 'robin',
        due: '2026-04-01',
        status: 'in-progress',
        path: 'stacks/shop/alerts.tf',
        verify: { kind: 'alert-rule', name: 'ShopPortTaken' },
        automatable: false,
      },
      expect.objectContaining({
        title: 'Move the port',
        owner: 'kim',
        due: undefined,
        priority: 'P3',
        status: 'dropped',
      }),
    ]);
  });

  it('has its actions in boxes', () => {
    const { actions, missing } = only(
      'post-mortems/2026-03-14-web.md',
      frame(`### Preventive

- [x] Pin the port in the config (owner: robin, due 2026-04-01)
- [ ] P1: write a runbook for ports
- [ ] ~~Rewrite the proxy~~

### Detective

- [ ] probe the port from inside ✅`),
    );
    expect(
      actions.map(({ title, status, class: goal, priority, owner, due }) => [
        title,
        status,
        goal,
        priority,
        owner,
        due,
      ]),
    ).toEqual([
      ['Pin the port in the config', 'landed', 'prevent', 'P2', 'robin', '2026-04-01'],
      ['write a runbook for ports', 'open', 'prevent', 'P1', undefined, undefined],
      ['Rewrite the proxy', 'dropped', 'prevent', 'P2', undefined, undefined],
      ['probe the port from inside', 'landed', 'detect', 'P2', undefined, undefined],
    ]);
    expect(missing[1]).toEqual({ title: 'write a runbook for ports', line: 19, parts: ['owner', 'due'] });
  });

  it('has its actions in prose, by item or by sentence', () => {
    const items = only(
      'post-mortems/2026-03-14-web.md',
      frame('- raise the limit — done\n- alert on 502\n  - at once\n- nothing else is done here'),
    );
    expect(items.actions.map(({ title, status }) => [title, status])).toEqual([
      ['raise the limit', 'landed'],
      ['alert on 502', 'open'],
      ['nothing else is done here', 'open'],
    ]);
    const prose = only(
      'post-mortems/2026-03-14-web.md',
      frame('We will do this:\n\nPin the port in Terraform.\n\nTell whoever is on call.'),
    );
    expect(prose.actions.map(({ title }) => title)).toEqual(['Pin the port in Terraform.', 'Tell whoever is on call.']);
    expect(only('post-mortems/2026-03-14-web.md', frame('None.')).actions).toEqual([]);
  });

  it('in HTML is read as in Markdown, and nothing of it is run', () => {
    const { reports, unread } = read({
      'incidents/web.html': `<!doctype html><html><head><title>Web down</title></head><body>
<h1>Web down</h1>
<table><tr><th>Date</th><td>14 March 2026 10:20 CET</td></tr><tr><th>Services</th><td>web, api</td></tr></table>
<script>fetch('http://192.0.2.9/')</script>
<h2>What happened</h2><p>The shop answered <b>502</b>.</p>
<h2>Root cause</h2><pre>bind: address already in use</pre>
<h2>Follow-ups</h2>
<ul><li><input type="checkbox" checked> Pin the port</li><li><input type="checkbox"> Alert on 502</li></ul>
<img src="http://192.0.2.9/x.png" onerror="alert(1)" alt="a graph">
</body></html>`,
    });
    expect(unread).toEqual([{ path: 'incidents/web.html', line: 4, what: '<script>', why: 'is never read' }]);
    const [web] = reports;
    expect(web?.report).toMatchObject({
      slug: '2026-03-14-web',
      title: 'Web down',
      at: new Date('2026-03-14T09:20:00Z'),
      services: ['web', 'api'],
      symptom: 'The shop answered 502.',
      cause: 'bind: address already in use',
    });
    expect(web?.actions.map(({ title, status }) => [title, status])).toEqual([
      ['Pin the port', 'landed'],
      ['Alert on 502', 'open'],
    ]);
    expect(web?.report.markdown).not.toMatch(/192\.0\.2\.9|fetch|onerror/);
  });

  it('says from where its time was taken, and that an unwritten zone was taken for UTC', () => {
    const at = (text: string, path = 'post-mortems/web.md') => {
      const { report, notes } = only(path, `# Web\n\n${text}\n\n## Root cause\n\nx\n`);
      return [report.at.toISOString(), notes[0]];
    };
    expect(at('Started: 2026-03-14 10:20 EEST')).toEqual(['2026-03-14T07:20:00.000Z', 'time from its facts']);
    expect(at('- **Start time**: 14.03.2026 10:20')).toEqual([
      '2026-03-14T10:20:00.000Z',
      'time from its facts, no zone is written: taken for UTC',
    ]);
    expect(at('x', 'post-mortems/20260314_web.md')).toEqual(['2026-03-14T00:00:00.000Z', 'time from its file name']);
    expect(at('## Timeline (CET)\n\n| When | What |\n|---|---|\n| 2026-03-14 10:20 | down |')).toEqual([
      '2026-03-14T09:20:00.000Z',
      'time from its timeline',
    ]);
    expect(at('---', 'post-mortems/2026-03-14-web/README.md')[0]).toBe('2026-03-14T00:00:00.000Z');
    expect(read({ 'post-mortems/web.md': '# Web\n\nsome day' }).unread).toMatchObject([
      { path: 'post-mortems/web.md', what: 'report' },
    ]);
  });

  it('is redacted before anything of it is kept, behind entities as well', () => {
    const redact: Redact = (text) => ({ text: text.replaceAll('hunter2', '[gone]'), counts: {} });
    const markdown = read(
      { 'post-mortems/2026-03-14-hunter2.md': frame('- rotate hunter2 and hunt`er2`').replace('502', 'hunt**er2**') },
      redact,
    );
    const html = read(
      {
        'post-mortems/2026-03-14-web.html':
          '<h1>x</h1><h2>Summary</h2><p>it was &#104;unter2</p><h2>Actions</h2><ul><li>rotate hunt&#101;r2</ul>',
      },
      redact,
    );
    for (const { reports } of [markdown, html]) {
      const { report, actions } = reports[0] ?? {};
      expect(reports).toHaveLength(1);
      expect(JSON.stringify([report, actions])).not.toContain('hunter2');
    }
  });

  it('belongs to no incident, whatever it says of itself', () => {
    const { report } = only(
      'post-mortems/2026-03-14-web.md',
      `---\nincident_id: inc_aaaaaaaa\nincident: inc_aaaaaaaa\norigin: /etc\n__proto__: {slug: x}\nconstructor: y\n---\n${frame('- x y z')}`,
    );
    expect(report).toMatchObject({
      incident: undefined,
      origin: 'post-mortems/2026-03-14-web.md',
      slug: '2026-03-14-web',
    });
  });
});

describe('known issues', () => {
  it('of the household come out of their YAML', () => {
    const stacks = drawHomelab(
      Array.from({ length: 30 }, (_, index) => `namespace-${index}`),
      nameMaker([]),
    );
    const files = [...documents(stacks)].map(([path, text]) => ({ path, text }));
    const { issues, runbooks, unread } = readDocuments(files, { redact: silent });
    expect(issues.map(({ id, until }) => [id, until])).toEqual([
      ['KI-01', '2027-06-30'],
      ['KI-02', '2027-12-31'],
      ['KI-03', '2026-11-01'],
    ]);
    expect(issues[1]).toMatchObject({ rules: ['Watchdog'], workaround: 'worry when it stops' });
    expect(runbooks.map(({ name }) => name)).toEqual([
      'restore-a-claim',
      'rotate-a-secret',
      'renew-a-certificate',
      'state-lock',
      'bootstrap',
    ]);
    // What is none of them is said to be none.
    expect(unread.map(({ path }) => path)).toEqual([
      'README.md',
      'docs/services.yaml',
      'docs/network.md',
      'docs/storage.md',
      'docs/conventions.md',
    ]);
  });

  it('stand in one file under a heading each, in a table, or in a file each', () => {
    const many = read({
      'docs/known-issues.md':
        '# Known issues\n\n## KI-7: the camera drops out\n\n- **Services**: camera-*\n- **Until**: 2026-12-01\n\n### Workaround\n\nrestart it\n\n## KI-8: nothing to know it by\n\ntext\n',
    });
    expect(many.issues).toMatchObject([
      {
        id: 'KI-7',
        title: 'the camera drops out',
        services: ['camera-*'],
        until: '2026-12-01',
        workaround: 'restart it',
      },
    ]);
    expect(many.unread).toMatchObject([{ path: 'docs/known-issues.md', line: 12, what: 'known issue' }]);
    const table = read({
      'known-issues.md':
        '| ID | Symptom | Workaround | Namespace |\n|---|---|---|---|\n| KI-1 | volume is full | grow it | Shop |',
    });
    expect(table.issues).toMatchObject([
      { id: 'KI-1', symptoms: ['volume is full'], workaround: 'grow it', namespaces: ['shop'] },
    ]);
    const single = read({
      'known-issues/ki-9.md':
        '---\nservices: [mail]\n---\n# KI-9 Mail is slow\n\n## Symptoms\n\n- queue grows\n\n## Workaround\n\nwait\n',
    });
    expect(single.issues).toMatchObject([
      { id: 'KI-9', title: 'Mail is slow', services: ['mail'], symptoms: ['queue grows'], workaround: 'wait' },
    ]);
  });

  it('name the other file where two have one id', () => {
    const { issues, unread } = read({
      'known-issues/a.yaml': 'id: KI-1\ntitle: a\nservices: [a]',
      'known-issues/b.yaml': 'id: KI-1\ntitle: b\nservices: [b]',
    });
    expect(issues).toHaveLength(1);
    expect(unread[0]?.why).toContain('known-issues/a.yaml');
  });
});

describe('a runbook', () => {
  it('says what it is for by its title, labels and symptoms', () => {
    const { runbooks } = read({
      'runbooks/pool.md':
        '---\nservices: pool\n---\n# When PoolExhausted fires\n\n**Alerts**: PoolSlow\n\n## Symptoms\n\n- too many clients already\n\n## Steps\n\n1. look\n',
    });
    expect(runbooks).toMatchObject([
      {
        name: 'pool',
        services: ['pool'],
        alerts: ['PoolSlow', 'PoolExhausted'],
        symptoms: ['too many clients already'],
      },
    ]);
  });

  it('has a title where its heading is empty', () => {
    const { runbooks } = read({ 'runbooks/drain-a-node.md': '#\n\nlook first\n' });
    expect(runbooks).toMatchObject([{ title: 'drain a node' }]);
  });
});
