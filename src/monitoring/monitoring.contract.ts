import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRedactor } from '../redaction/index.ts';
import { connectAlertmanager } from './alertmanager.ts';
import { connectLoki, type LokiDeps } from './loki.ts';
import type { Alerts, LogStore, Metrics } from './port.ts';
import { connectPrometheus } from './prometheus.ts';

/** Where the three are, and what the test may rely on beside what the lab's rules say. */
export interface Scene extends AsyncDisposable {
  readonly prometheus: string;
  readonly alertmanager: string;
  readonly loki: string;
  /** A pod that is gone, with a last line that holds these words. */
  readonly gone: {
    readonly namespace: string;
    readonly pod: string;
    readonly workload: string;
    readonly around: Date;
    readonly lastWords: string;
  };
}

/** What the three ports promise, run against recorded answers and against real servers. */
export function describeMonitoring(name: string, open: () => Promise<Scene>, match: LokiDeps['match']): void {
  describe(`monitoring on ${name}`, () => {
    const redactor = createRedactor();
    const opened = new AsyncDisposableStack();
    let scene: Scene;
    let metrics: Metrics;
    let alerts: Alerts;
    let logs: LogStore;
    beforeAll(async () => {
      scene = opened.use(await open());
      metrics = opened.use(await connectPrometheus({ url: scene.prometheus }, { redactor }));
      alerts = opened.use(await connectAlertmanager({ url: scene.alertmanager }, { redactor }));
      const labels = { namespace: 'namespace', pod: 'pod', container: 'container' };
      logs = opened.use(await connectLoki({ url: scene.loki, labels }, { redactor, match }));
    });
    afterAll(() => opened.disposeAsync());
    const signal = () => AbortSignal.timeout(20_000);
    const around = ({ around: at }: Scene['gone']) => ({
      from: new Date(at.getTime() - 1_800_000),
      to: new Date(at.getTime() + 1_800_000),
    });

    it('says that each is ready, and in which version', async () => {
      for (const port of [metrics, alerts, logs]) {
        const { ready, version } = await port.health(signal());
        expect(ready).toBe(true);
        expect(version).toMatch(/^\d+\.\d+\.\d+/);
      }
    });

    it('gives the samples of a moment', async () => {
      const [one] = await metrics.instant('up', new Date(), signal());
      expect(one?.labels).toMatchObject({ __name__: 'up' });
      expect([0, 1]).toContain(one?.value);
      expect(one?.at).toBeInstanceOf(Date);
      expect(await metrics.instant('1 + 1', new Date(), signal())).toMatchObject([{ labels: {}, value: 2 }]);
      expect((await metrics.instant('vector(0 / 0)', new Date(), signal()))[0]?.value).toBeNaN();
      expect(await metrics.instant('no_such_series', new Date(), signal())).toEqual([]);
      const firing = await metrics.instant('ALERTS{alertstate="firing"}', new Date(), signal());
      expect(firing.map(({ labels }) => labels['alertname'])).toContain('Watchdog');
    });

    it('gives a series at most three hundred points, however long the time is', async () => {
      const to = new Date();
      for (const hours of [1, 24 * 30]) {
        const from = new Date(to.getTime() - hours * 3_600_000);
        const { series, truncated } = await metrics.range({ query: 'up{job="exporter"}', from, to, step: 1 }, signal());
        expect(truncated).toBe(false);
        // The last step is the end: also of a month, a server that is minutes old has something.
        expect(series.length).toBeGreaterThan(0);
        for (const { points } of series) {
          expect(points.length).toBeLessThanOrEqual(300);
          expect(Math.abs((points.at(-1)?.[0].getTime() ?? 0) - to.getTime())).toBeLessThan(1_000);
        }
      }
    });

    it('tells the rules that alert, with their state', async () => {
      const rules = await metrics.rules(signal());
      expect(rules.find(({ name: rule }) => rule === 'Watchdog')).toMatchObject({
        query: 'vector(1)',
        state: 'firing',
        health: 'ok',
        forSeconds: 0,
      });
      expect(rules.map(({ name: rule }) => rule)).not.toContain('job:up:sum');
    });

    it('tells alerts that fire from those that another inhibits and those that somebody silenced', async () => {
      const current = await alerts.current(signal());
      const named = (alert: string) => current.filter(({ name: one }) => one === alert);
      const [down] = named('TargetDown');
      expect(down).toMatchObject({ state: 'firing', by: [] });
      expect(named('HostMetricsMissing')).toMatchObject([{ state: 'inhibited', by: [down?.fingerprint] }]);
      const silences = await alerts.silences(signal());
      const silenced = named('BackupTooOld').find(({ state }) => state === 'silenced');
      const silence = silences.find(({ id }) => silenced?.by.includes(id));
      expect(silence).toMatchObject({ by: 'lab', state: 'active', comment: expect.stringContaining('replaced') });
      expect(silence?.matchers).toContain('alertname="BackupTooOld"');
    });

    it('gives the newest lines of a window, oldest first, and says when there were more', async () => {
      const { gone } = scene;
      const query = `{namespace="${gone.namespace}", pod="${gone.pod}"}`;
      const all = await logs.lines({ query, ...around(gone), limit: 1_000 }, signal());
      expect(all.truncated).toBe(false);
      expect(all.lines.length).toBeGreaterThan(20);
      expect(all.lines.map(({ at }) => at.getTime())).toEqual(
        all.lines.map(({ at }) => at.getTime()).toSorted((a, b) => a - b),
      );
      const some = await logs.lines({ query, ...around(gone), limit: 5 }, signal());
      expect(some).toEqual({ lines: all.lines.slice(-5), truncated: true });
      const last = all.lines.at(-1);
      expect(last?.labels).toMatchObject({ namespace: gone.namespace, pod: gone.pod });
      expect(last?.text).toContain(gone.lastWords);
    });

    it('applies line filters', async () => {
      const { gone } = scene;
      const selector = `{pod="${gone.pod}"}`;
      const textsOf = async (filters: string) =>
        (await logs.lines({ query: `${selector} ${filters}`, ...around(gone), limit: 1_000 }, signal())).lines.map(
          ({ text }) => text,
        );
      const all = await textsOf('');
      expect(await textsOf(`|= ${JSON.stringify(gone.lastWords)}`)).toEqual([all.at(-1)]);
      expect(await textsOf(`!= ${JSON.stringify(gone.lastWords)}`)).toEqual(all.slice(0, -1));
      expect(await textsOf('|~ `[0-9]+`')).toEqual(all.filter((text) => /[0-9]/.test(text)));
      expect(
        await textsOf(`|~ "(?i)${gone.lastWords.toUpperCase()}" |= "nowhere" or "${gone.lastWords}"`),
      ).toHaveLength(1);
      expect(await textsOf(`|~ "${gone.lastWords.toUpperCase()}"`)).toEqual([]);
    });

    it('finds the lines of a pod that is gone, by its name or by its workload', async () => {
      const { gone } = scene;
      const { namespace, pod, workload } = gone;
      for (const by of [{ pods: [pod] }, { podPrefix: workload }, { podPrefix: `${workload}-` }]) {
        const found = await logs.ofPods({ namespace, ...by, ...around(gone), limit: 100 }, signal());
        expect(found.lines.at(-1)?.text).toContain(gone.lastWords);
        expect(new Set(found.lines.map(({ labels }) => labels['pod']))).toEqual(new Set([pod]));
      }
      const none = { namespace: 'no-such-place', pods: ['no-such-pod'], ...around(gone), limit: 10 };
      expect(await logs.ofPods(none, signal())).toEqual({ lines: [], truncated: false });
    });

    it('refuses what is no query, and what the server does not take, without repeating its words', async () => {
      const { gone } = scene;
      for (const query of ['up{', 'up up', 'rate(up)', '']) {
        await expect(metrics.instant(query, new Date(), signal())).rejects.toMatchObject({
          code: 'query-invalid',
          message: expect.not.stringMatching(/parse error:|expected type/),
        });
      }
      for (const query of ['{pod="', 'pod', 'rate({pod="a"}[5m])'])
        await expect(logs.lines({ query, ...around(gone), limit: 10 }, signal())).rejects.toMatchObject({
          code: 'query-invalid',
        });
    });
  });
}
