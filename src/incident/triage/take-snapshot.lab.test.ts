import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { plantedFault } from '../../../test/lab/homelab/planted.ts';
import { describeWithLab, leaksIn, sampleOf } from '../../../test/lab/use-lab.ts';
import { type ClusterConnection, connectCluster } from '../../cluster/index.ts';
import { silent } from '../../redaction/no-redaction.fixture.ts';
import { judge } from './judge.ts';
import type { Judgement, TriageSnapshot } from './port.ts';
import { loadRubric } from './rubric.ts';
import { snapshotText } from './snapshot.ts';
import { takeSnapshot } from './take-snapshot.ts';

await describeWithLab('triage of the sample homelab', (lab) => {
  const planted = z.array(plantedFault).parse(JSON.parse(readFileSync(lab.key ?? '', 'utf8')));
  const rubric = loadRubric();
  let connection: ClusterConnection;
  let snapshot: TriageSnapshot;
  let judgement: Judgement;
  beforeAll(async () => {
    connection = await connectCluster(
      { kubeconfig: lab.kubeconfig.castellan, deadlineMs: 20_000 },
      { redactor: silent },
    );
    // So late that whatever is only starting now has had its time.
    const now = new Date(Date.now() + 15 * 60_000);
    snapshot = await takeSnapshot(
      {
        cluster: async () => connection.reader,
        chronicle: undefined,
        alerts: () => Promise.reject(new Error('secret words of a library')),
        metrics: undefined,
        repository: undefined,
        probes: undefined,
      },
      {
        window: { from: new Date(now.getTime() - 2 * 3_600_000), to: undefined },
        namespaces: [],
        services: [],
        rubric,
        signal: new AbortController().signal,
        now,
      },
    );
    judgement = judge(snapshot, rubric);
  });
  afterAll(() => connection[Symbol.asyncDispose]());

  it('suspects what was broken on purpose', () => {
    const suspects = judgement.suspects.slice(0, 12).map(({ object }) => object);
    const { faults } = sampleOf(lab);
    const down = (['crash-loop-oom', 'image-pull', 'never-ready', 'unschedulable'] as const).map((one) => faults[one]);
    const seen = ['memory-limit-too-low', 'image-does-not-exist', 'secret-key-missing', 'route-without-service'].map(
      (id) => {
        const object = planted.find((one) => one.id === id)?.object;
        if (object === undefined) throw new Error(`no fault ${id} was planted`);
        return object;
      },
    );
    for (const { namespace, name } of [...down, ...seen]) {
      expect(
        suspects.some((object) => object.includes(`${namespace}/`) && object.includes(name)),
        `${namespace}/${name} among ${suspects.join(', ')}`,
      ).toBe(true);
    }
  });

  it('names what could not be asked, and in no words of others', () => {
    expect(judgement.unread.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['alerts', 'chronicle', 'infra repository', 'volume figures']),
    );
    expect(JSON.stringify(judgement.unread)).not.toContain('secret words');
    expect(judgement.severity).toMatch(/^SEV[123]$/);
  });

  it('is no larger than evidence may be, and has no secret in it', () => {
    expect(Buffer.byteLength(snapshotText(snapshot))).toBeLessThanOrEqual(64 * 1024);
    expect(leaksIn(lab, snapshotText(snapshot))).toEqual([]);
    expect(leaksIn(lab, JSON.stringify(judgement))).toEqual([]);
  });
});
