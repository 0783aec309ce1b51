import { expect, it } from 'vitest';
import { z } from 'zod';
import { matchLines } from '../../src/cluster/index.ts';
import { CastellanError } from '../../src/kit/index.ts';
import { connectLoki } from '../../src/monitoring/loki.ts';
import { createRedactor } from '../../src/redaction/index.ts';
import { describeWithLab, leaksIn, sampleOf } from '../../test/lab/use-lab.ts';
import { callerOf, noChronicle } from './call.fixture.ts';
import { logs } from './logs.ts';

const values = z.object({ data: z.array(z.string()) });

await describeWithLab('kubectl_logs of pods that are gone', (lab) => {
  const { loki } = lab;
  if (loki === undefined) {
    it('needs its stand-in for Loki', () => expect.unreachable());
    return;
  }
  const labels = { namespace: 'namespace', pod: 'pod', container: 'container' };

  it('tells of every deployment what the pod it had before said last', async () => {
    await using store = await connectLoki({ url: loki, labels }, { redactor: createRedactor(), match: matchLines });
    const logStore = async () => store;
    await using caller = await callerOf(lab.kubeconfig.castellan, undefined, logs, noChronicle, { logStore });
    await using alone = await callerOf(lab.kubeconfig.castellan, undefined, logs);
    const known = values.parse(await (await fetch(`${loki}/loki/api/v1/label/pod/values`)).json()).data;
    const deployments = sampleOf(lab).apps.slice(0, 6);
    const told: string[] = [];
    const goneOf = async (pods: readonly string[], namespace: string): Promise<string | undefined> => {
      for (const pod of pods) {
        const said = await alone.call({ target: `pod/${pod}`, namespace }).catch((error: unknown) => error);
        if (said instanceof CastellanError && said.code === 'log-gone') return pod;
      }
      return undefined;
    };
    for (const { name, namespace } of deployments) {
      const gone = await goneOf(
        known.filter((pod) => pod.startsWith(`${name}-`)),
        namespace,
      );
      if (gone === undefined) continue;
      const { text } = await caller.call({ target: `pod/${gone}`, namespace });
      expect(text).toMatch(/from Loki: /);
      expect(text).toMatch(/no database after 30 attempts|out of memory|SIGTERM: the last requests/);
      told.push(text);
    }
    expect(told.length).toBeGreaterThan(0);
    expect(leaksIn(lab, told.join('\n')).map(({ where }) => where)).toEqual([]);
  });

  it('says of a pod that never was that nobody has a line of it', async () => {
    await using store = await connectLoki({ url: loki, labels }, { redactor: createRedactor(), match: matchLines });
    await using caller = await callerOf(lab.kubeconfig.castellan, undefined, logs, noChronicle, {
      logStore: async () => store,
    });
    await expect(caller.call({ target: 'default/pod/never-was-0' })).rejects.toMatchObject({
      code: 'log-gone',
      message: expect.stringContaining('Loki has no line of it'),
    });
  });
});
