import { describe, expect, it } from 'vitest';
import { openRecordedApi, type RecordedApi } from '../../../test/recorded/api.ts';
import { silent } from '../../redaction/no-redaction.fixture.ts';
import { connectCluster } from '../connect.ts';
import { refText } from '../owner.ts';
import type { ClusterReader } from '../reader.ts';
import type { Rule } from './rule.ts';
import { allRules } from './rules.ts';
import { type Survey, takeSurvey } from './survey.ts';

interface Surveyed {
  readonly api: RecordedApi;
  readonly reader: ClusterReader;
  take(reader?: ClusterReader, signal?: AbortSignal): Promise<Survey>;
}

/** A recorded API that `prepare` may change, and a survey of it by every rule. */
async function withCluster(prepare: (api: RecordedApi) => void, test: (surveyed: Surveyed) => Promise<void>) {
  await using api = await openRecordedApi();
  prepare(api);
  await using connection = await connectCluster(
    { kubeconfig: api.kubeconfig, deadlineMs: 5_000 },
    { redactor: silent },
  );
  await test({
    api,
    reader: connection.reader,
    take: (reader = connection.reader, signal = new AbortController().signal) =>
      takeSurvey(reader, { rules: allRules, signal, now: api.at }),
  });
}

const told = ({ findings }: Survey) =>
  findings.map(({ rule, object, summary }) => `${rule} ${refText(object)}: ${summary}`);

describe('a survey', () => {
  it('finds what the recorded cluster suffers from, worst first, and the same each time', async () => {
    await withCluster(
      () => undefined,
      async ({ take }) => {
        const survey = await take();
        const rules = new Set(survey.findings.map(({ rule }) => rule));
        for (const rule of ['container-crashing', 'image-pull-failing', 'rollout-stuck', 'cronjob-suspended']) {
          expect(rules).toContain(rule);
        }
        const severities = survey.findings.map(({ severity }) => severity);
        expect(severities).toEqual(
          ['critical', 'warning', 'notice'].flatMap((one) => severities.filter((severity) => severity === one)),
        );
        expect(survey.unread).toEqual([]);
        expect(survey.broken).toEqual([]);
        expect(told(await take())).toEqual(told(survey));
      },
    );
  });

  it('runs no rule that needs what could not be read, says so, and runs the others', async () => {
    await withCluster(
      (api) => {
        api.refuse = ({ resource }) => (resource === 'pods' ? 403 : undefined);
      },
      async ({ take }) => {
        const survey = await take();
        const [unread] = survey.unread;
        expect(survey.unread.map(({ kindId }) => kindId)).toEqual(['pods']);
        expect(unread?.why).toMatch(/^cluster-forbidden: /);
        const needing = allRules.filter(({ needs }) => Object.hasOwn(needs, 'pods')).map(({ id }) => id);
        expect(unread?.rules).toEqual(needing);
        expect(needing).toContain('container-crashing');
        const ran = new Set(survey.findings.map(({ rule }) => rule));
        expect(needing.filter((id) => ran.has(id))).toEqual([]);
        expect(ran).toContain('rollout-stuck');
        expect(ran).toContain('cronjob-suspended');
      },
    );
  });

  it('runs a rule without what it only wants, and still says that it was not read', async () => {
    await withCluster(
      (api) => {
        api.refuse = ({ resource }) => (resource === 'events' ? 500 : undefined);
      },
      async ({ take }) => {
        const survey = await take();
        expect(survey.unread).toMatchObject([{ kindId: 'events', rules: [] }]);
        expect(survey.findings.map(({ rule }) => rule)).toContain('image-pull-failing');
      },
    );
  });

  it('takes a kind that nobody serves for measured', async () => {
    await withCluster(
      (api) => api.withdraw('cert-manager.io'),
      async ({ take }) => {
        const { view, unread } = await take();
        expect(unread).toEqual([]);
        expect(view.serves('certificates.cert-manager.io')).toBe(false);
        expect(view.all('certificates.cert-manager.io')).toEqual([]);
        expect(view.serves('pods')).toBe(true);
      },
    );
  });

  it('is none when nothing could be read', async () => {
    await withCluster(
      (api) => {
        api.refuse = () => 403;
      },
      async ({ take }) => {
        await expect(take()).rejects.toMatchObject({ code: 'cluster-forbidden' });
      },
    );
  });

  it('outlives a rule that fails, and names it', async () => {
    await withCluster(
      () => undefined,
      async ({ reader, api }) => {
        const clumsy: Rule = {
          id: 'clumsy',
          title: '',
          needs: { pods: {} },
          find: () => {
            throw new TypeError('undefined is not a function');
          },
        };
        const { signal } = new AbortController();
        const survey = await takeSurvey(reader, { rules: [clumsy, ...allRules], signal, now: api.at });
        expect(survey.broken).toEqual(['clumsy']);
        expect(survey.findings.length).toBeGreaterThan(5);
      },
    );
  });

  it('asks once what the server serves, and for each kind once, four at a time', async () => {
    await withCluster(
      () => undefined,
      async ({ api, reader, take }) => {
        let going = 0;
        let most = 0;
        const counting: ClusterReader = {
          ...reader,
          list: async (kind, options) => {
            going += 1;
            most = Math.max(most, going);
            try {
              return await reader.list(kind, options);
            } finally {
              going -= 1;
            }
          },
        };
        const before = api.requests.length;
        await take(counting);
        const asked = api.requests.slice(before).filter(({ method }) => method === 'GET');
        const urls = asked.map(({ url }) => url);
        expect(new Set(urls).size).toBe(urls.length);
        expect(urls.filter((url) => url === '/api' || url === '/apis')).toHaveLength(2);
        expect(urls.filter((url) => url.startsWith('/api/v1/pods'))).toHaveLength(1);
        expect(most).toBe(4);
      },
    );
  });

  it('ends when its caller goes, and does not take that for a kind that could not be read', async () => {
    await withCluster(
      () => undefined,
      async ({ api, take }) => {
        const caller = new AbortController();
        const gone = new Error('the caller went');
        api.refuse = () => {
          caller.abort(gone);
          return undefined;
        };
        const before = api.requests.length;
        await expect(take(undefined, caller.signal)).rejects.toBe(gone);
        const lists = api.requests.slice(before).filter(({ url }) => url.includes('limit='));
        expect(lists.length).toBeLessThanOrEqual(4);
      },
    );
  });
});
