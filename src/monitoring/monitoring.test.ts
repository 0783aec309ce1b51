import { matchHere } from './match-here.fixture.ts';
import { describeMonitoring } from './monitoring.contract.ts';
import { goneAt, openRecordedMonitoring } from './recorded.fixture.ts';

describeMonitoring(
  'recorded answers',
  async () => {
    const recorded = await openRecordedMonitoring();
    return {
      prometheus: recorded.prometheus.url,
      alertmanager: recorded.alertmanager.url,
      loki: recorded.loki.url,
      gone: {
        namespace: 'garnet-larder',
        pod: 'brass-kiln-mzp7gbzcxr-jvjnj',
        workload: 'brass-kiln',
        around: goneAt,
        lastWords: 'no database after 30 attempts',
      },
      [Symbol.asyncDispose]: () => recorded[Symbol.asyncDispose](),
    };
  },
  matchHere,
);
