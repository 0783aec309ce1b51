import { describe, expect, it } from 'vitest';
import { CastellanError } from '../kit/index.ts';
import { createRedactor } from '../redaction/index.ts';
import { connectAlertmanager } from './alertmanager.ts';
import { connectLoki } from './loki.ts';
import { matchHere } from './match-here.fixture.ts';
import { connectPrometheus } from './prometheus.ts';
import { type Answer, json, openScripted, success } from './scripted-server.fixture.ts';

/**
 * An agent that wants a secret, and asks what depends on it: whether it is told by an answer, by an error, by how many, by which order,
 * or by what reaches the server to be compared there. A right guess and a wrong one must look the same.
 */
const redactor = createRedactor();
const secret = 'Zq8xV-hunter2';
const wrong = 'Zq9xV-hunter2';
const masked = `https://mira:${secret}@cam.example.net/feed`;
const signal = () => AbortSignal.timeout(20_000);

const values: Readonly<Record<string, readonly string[]>> = {
  target: ['https://nas.example.net', masked, '.*'],
  password: [secret],
  pod: ['cam-0', 'nas-0'],
  value: [secret],
};

const series = [
  { metric: { __name__: 'probe_success', target: masked, pod: 'cam-0' }, value: [1_795_712_843, '0'] },
  {
    metric: { __name__: 'probe_success', target: 'https://nas.example.net', pod: 'nas-0' },
    value: [1_795_712_843, '1'],
  },
].toReversed();

const prometheus: Answer = (response, { path }) => {
  const [, label] = /\/label\/(\w+)\/values$/.exec(path) ?? [];
  json(response, success(label === undefined ? { resultType: 'vector', result: series } : (values[label] ?? [])));
};

async function outcomeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify(await work());
  } catch (error) {
    if (error instanceof CastellanError) return `${error.code}: ${error.message} → ${error.next}`;
    throw error;
  }
}

describe('a secret in a label of a series', () => {
  const forms: readonly ((guess: string) => string)[] = [
    (guess) => `probe_success{target="https://mira:${guess}@cam.example.net/feed"}`,
    (guess) => `probe_success{target=~".*${guess.slice(0, 3)}.*"}`,
    (guess) => `probe_success{target!~".*${guess.slice(0, 3)}.*"}`,
    (guess) => `probe_success{target!="https://mira:${guess}@cam.example.net/feed"}`,
    () => 'probe_success{target=~".*"}',
    (guess) => `count(probe_success{password="${guess}"}) > 0`,
    (guess) => `probe_success{value="${guess}"}`,
    (guess) => `absent(probe_success{password="${guess}"})`,
    (guess) => `probe_success{pod="cam-0"} unless on(password) probe_success{password=~"${guess.slice(0, 3)}.+"}`,
    (guess) => `max_over_time(probe_success{password='${guess}'}[1h:5m] offset 5m)`,
    (guess) => `label_replace(probe_success, "hit", "yes", "target", ".*${guess.slice(0, 3)}.*")`,
    (guess) => `label_join(probe_success, "${guess}", "-", "target", "pod")`,
    (guess) => `count_values("password", probe_success) and on(password) vector(${guess.length})`,
    (guess) => `sort_by_label(probe_success, "${guess}")`,
    (guess) => `limit_ratio(0.${guess.length}, probe_success)`,
    (guess) => `info(probe_success, {target=~".*${guess.slice(0, 3)}.*"})`,
  ];

  it.each(forms.map((form) => [form('GUESS'), form] as const))('is not guessed by %s', async (_, form) => {
    await using server = await openScripted(prometheus);
    await using metrics = await connectPrometheus({ url: server.url }, { redactor });
    const told = await Promise.all(
      [secret, wrong].map((guess) => outcomeOf(() => metrics.instant(form(guess), new Date(), signal()))),
    );
    expect(told[0]).toMatch(/^query-refused: /);
    expect(told[0]?.replaceAll(secret, '').replaceAll(secret.slice(0, 3), '')).toBe(
      told[1]?.replaceAll(wrong, '').replaceAll(wrong.slice(0, 3), ''),
    );
    // Nothing that was guessed reached the server.
    expect(server.asked.filter(({ path }) => path === '/api/v1/query')).toEqual([]);
  });

  it('is masked in every answer, and moves nothing in it', async () => {
    await using server = await openScripted(prometheus);
    await using metrics = await connectPrometheus({ url: server.url }, { redactor });
    const samples = await metrics.instant('probe_success', new Date(), signal());
    expect(JSON.stringify(samples)).not.toContain(secret);
    expect(samples.map(({ labels }) => labels['pod'])).toEqual(['cam-0', 'nas-0']);
    expect(samples[0]?.labels['target']).toMatch(/cam\.example\.net/);
  });

  it('does not keep anybody from matching what is shown', async () => {
    await using server = await openScripted(prometheus);
    await using metrics = await connectPrometheus({ url: server.url }, { redactor });
    for (const query of [
      'probe_success{pod=~"cam-.*"}',
      'probe_success{target="https://nas.example.net"}',
      'probe_success{target!="https://nas.example.net"}',
      'probe_success{target!=""}',
    ])
      expect(await metrics.instant(query, new Date(), signal())).toHaveLength(2);
    expect(server.asked.filter(({ path }) => path === '/api/v1/query')).toHaveLength(4);
  });

  it('is not matched when the server cannot name all values of a label', async () => {
    await using server = await openScripted((response) =>
      json(response, { ...success(['cam-0']), warnings: ['one store did not answer'] }),
    );
    await using metrics = await connectPrometheus({ url: server.url }, { redactor });
    await expect(metrics.instant('up{pod="cam-0"}', new Date(), signal())).rejects.toMatchObject({
      code: 'monitoring-failing',
    });
  });

  it('is not tried through the fingerprint of an alert, which hashes it with all other labels', async () => {
    const alert = (target: string, fingerprint: string) => ({
      fingerprint,
      startsAt: '2026-11-26T16:58:24Z',
      labels: { alertname: 'ProbeFailed', target },
      annotations: { summary: `${target} is down` },
      status: { state: 'suppressed', silencedBy: [], inhibitedBy: ['aaaa000000000001'] },
    });
    await using server = await openScripted((response) =>
      json(response, [alert(masked, 'aaaa000000000001'), alert('https://nas.example.net', 'aaaa000000000002')]),
    );
    await using alerts = await connectAlertmanager({ url: server.url }, { redactor });
    const current = await alerts.current(signal());
    const told = JSON.stringify(current);
    expect(told).not.toContain(secret);
    expect(told).not.toContain('aaaa000000000001');
    const [one, other] = ['nas', 'cam'].map((host) => current.find(({ labels }) => labels['target']?.includes(host)));
    expect(one?.fingerprint).toBe('aaaa000000000002');
    expect(one?.by).toEqual([other?.fingerprint]);
  });
});

describe('a secret in a log line', () => {
  const lines = [`login refused: password=${secret}`, `Authorization: Bearer ${secret}${secret}`, 'all is well'];
  const loki: Answer = (response, { path, parameters }) => {
    if (path.endsWith('/values')) {
      const label = path.split('/').at(-2);
      return json(response, success(label === 'job' ? ['door'] : [secret]));
    }
    // As a server that evaluates what it is sent: a filter in the query would be answered from what was printed.
    const wanted = /\|= "([^"]+)"/.exec(parameters.get('query') ?? '')?.[1] ?? '';
    const found = lines.filter((line) => line.includes(wanted));
    const printed = found.map((line, index) => [`179571284300000000${index}`, line]);
    json(
      response,
      success({ resultType: 'streams', result: [{ stream: { job: 'door' }, values: printed.toReversed() }] }),
    );
  };
  const window = { from: new Date(1_795_712_000_000), to: new Date(1_795_713_000_000), limit: 100 };

  const forms: readonly ((guess: string) => string)[] = [
    (guess) => `{job="door"} |= "${guess}"`,
    (guess) => `{job="door"} != "${guess}"`,
    (guess) => `{job="door"} |~ "password=${guess.slice(0, 3)}"`,
    (guess) => `{job="door"} !~ "(?i)=${guess.slice(0, 3)}.*$"`,
    (guess) => `{job="door"} |= "nothing" or "${guess}"`,
    (guess) => `{job="door", password="${guess}"}`,
    (guess) => `{job="door", password=~"${guess.slice(0, 3)}.*"}`,
    (guess) => `{job="door"} | logfmt | password="${guess}"`,
    (guess) => `{job="door"} | regexp "password=(?P<hit>${guess.slice(0, 3)})"`,
    (guess) => `{job="door"} | line_format "{{ if contains \\"${guess}\\" .line }}yes{{ end }}"`,
    (guess) => `{job="door"} |> "<_>${guess}<_>"`,
    (guess) => `count_over_time({job="door"} |= "${guess}" [5m])`,
  ];

  it.each(forms.map((form) => [form('GUESS'), form] as const))('is not guessed by %s', async (_, form) => {
    await using server = await openScripted(loki);
    const labels = { namespace: 'namespace', pod: 'pod', container: 'container' };
    await using logs = await connectLoki({ url: server.url, labels }, { redactor, match: matchHere });
    const told = await Promise.all(
      [secret, wrong].map((guess) => outcomeOf(() => logs.lines({ query: form(guess), ...window }, signal()))),
    );
    const [right, other] = told.map((text) => text.replace(/Zq[89](?:xV-hunter2)?/g, ''));
    expect(right).toBe(other);
    expect(told.join()).not.toMatch(/password=Zq/);
    const sent = server.asked.map(({ parameters }) => parameters.get('query') ?? '').join('\n');
    expect(sent).not.toMatch(/Zq[89]/);
  });

  it('leaves lines that can be searched for what is shown of them', async () => {
    await using server = await openScripted(loki);
    const labels = { namespace: 'namespace', pod: 'pod', container: 'container' };
    await using logs = await connectLoki({ url: server.url, labels }, { redactor, match: matchHere });
    const found = await logs.lines({ query: '{job="door"} |= "password=" != "well"', ...window }, signal());
    expect(found.lines.map(({ text }) => text)).toEqual([expect.stringMatching(/^login refused: password=«redacted/)]);
  });
});
