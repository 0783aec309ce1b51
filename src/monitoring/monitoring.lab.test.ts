import { expect, it } from 'vitest';
import { z } from 'zod';
import { describeWithLab } from '../../test/lab/use-lab.ts';
import { createRedactor } from '../redaction/index.ts';
import { connectLoki } from './loki.ts';
import { matchHere } from './match-here.fixture.ts';
import { describeMonitoring } from './monitoring.contract.ts';

const values = z.object({ data: z.array(z.string()) });
const found = z.object({
  data: z.object({
    result: z
      .array(
        z.object({
          stream: z.object({ namespace: z.string(), pod: z.string(), app: z.string() }),
          values: z.array(z.tuple([z.string(), z.string()])),
        }),
      )
      .min(1),
  }),
});

await describeWithLab('monitoring of the lab', (lab) => {
  const { prometheus, alertmanager, loki } = lab;
  if (prometheus === undefined || alertmanager === undefined || loki === undefined) {
    it('needs its servers: npm run lab -- build', () => expect.unreachable());
    return;
  }
  const asked = async (path: string, parameters: Record<string, string> = {}): Promise<unknown> =>
    (await fetch(`${loki}/loki/api/v1/${path}?${new URLSearchParams(parameters).toString()}`)).json();

  describeMonitoring(
    'the real Prometheus and Alertmanager, and the stand-in for Loki',
    async () => {
      const now = Date.now();
      const { data } = found.parse(
        await asked('query_range', {
          query: '{stream="stderr"} |= "no database"',
          start: `${now - 6 * 3_600_000}000000`,
          end: `${now}000000`,
          limit: '1',
        }),
      );
      const [one] = data.result;
      if (one === undefined) throw new Error('the lab has a pod that is gone');
      return {
        prometheus,
        alertmanager,
        loki,
        gone: {
          namespace: one.stream.namespace,
          pod: one.stream.pod,
          workload: one.stream.app,
          around: new Date(Number(BigInt(one.values[0]?.[0] ?? 0) / 1_000_000n)),
          lastWords: 'no database after 30 attempts',
        },
        [Symbol.asyncDispose]: async () => undefined,
      };
    },
    matchHere,
  );

  it('a secret that was printed is found by no guess, and shown to nobody', async () => {
    const secret = `Zq8xV-${crypto.randomUUID().slice(0, 8)}`;
    const stream = { job: `door-${crypto.randomUUID()}` };
    const now = Date.now();
    const pushed = [
      [`${now - 2_000}000000`, `login refused: password=${secret}`],
      [`${now - 1_000}000000`, 'all is well'],
    ];
    const push = await fetch(`${loki}/loki/api/v1/push`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ streams: [{ stream, values: pushed }] }),
    });
    expect(push.status).toBe(204);
    expect(values.parse(await asked('label/job/values')).data).toContain(stream.job);

    const labels = { namespace: 'namespace', pod: 'pod', container: 'container' };
    await using logs = await connectLoki({ url: loki, labels }, { redactor: createRedactor(), match: matchHere });
    const linesOf = async (filter: string) => {
      const query = `{job="${stream.job}"} ${filter}`;
      const window = { from: new Date(now - 60_000), to: new Date(now + 60_000), limit: 10 };
      return (await logs.lines({ query, ...window }, AbortSignal.timeout(20_000))).lines.map(({ text }) => text);
    };
    expect(await linesOf('')).toEqual([expect.stringMatching(/^login refused: password=«redacted/), 'all is well']);
    for (const [op, right] of [
      ['|=', secret],
      ['|~', `=${secret.slice(0, 4)}`],
      ['!=', secret],
      ['!~', `=${secret.slice(0, 4)}.*`],
    ] as const)
      expect(await linesOf(`${op} "${right}"`)).toEqual(await linesOf(`${op} "${right.replace('8', '7')}"`));
  });
});
