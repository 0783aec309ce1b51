import { describe, expect, it } from 'vitest';
import { openScratchDatabase } from '../../src/store/scratch-database.fixture.ts';
import { openCrowdedApi } from './crowded.fixture.ts';
import {
  type Call,
  everyCall,
  openCaller,
  questionsOfThePast,
  type Told,
  tellAll,
  touchEverything,
} from './every-call.fixture.ts';
import { cursorsIn, hideSecrets, PlantedSecrets } from './planted-secrets.fixture.ts';

/** Columns and groups are asked for by those who know where to look. */
function questionsAbout(kind: string): readonly Call[] {
  const get = (input: Call['input']): Call => ({ tool: 'kubectl_get', input: { kind, budget: 24_000, ...input } });
  return kind === 'secrets'
    ? []
    : [
        get({ path: 'spec.smtp.pass,spec.password,spec.settings.value,spec.wifi.psk' }),
        get({ path: 'spec.template.spec.containers.env,spec.containers.args,data' }),
        get({ groupBy: 'spec.smtp.pass' }),
        get({ groupBy: 'spec.settings.value' }),
      ];
}

function leaksIn(secrets: PlantedSecrets, told: readonly Told[]): Readonly<Record<string, string>> {
  const leaks = new Map<string, string>();
  for (const { text, progress, tool, input } of told) {
    for (const place of [text, ...progress, ...cursorsIn(text)].flatMap((one) => secrets.foundIn(one))) {
      if (!leaks.has(place)) leaks.set(place, `${tool} ${JSON.stringify(input)}`);
    }
  }
  return Object.fromEntries(leaks);
}

describe('wherever people put a secret', () => {
  it('no tool shows it', async () => {
    await using api = await openCrowdedApi();
    await using caller = await openCaller(api);
    const secrets = new PlantedSecrets();
    const calls = [...(await everyCall(api, caller, { named: 2 })), ...api.resources.flatMap(questionsAbout)];
    hideSecrets(api, secrets);
    expect(leaksIn(secrets, await tellAll(caller, calls))).toEqual({});
  });

  it('the chronicle keeps none of it', async () => {
    await using scratch = await openScratchDatabase();
    await using api = await openCrowdedApi();
    await using caller = await openCaller(api, scratch.lent);
    const secrets = new PlantedSecrets();
    const kept = async (): Promise<readonly object[]> => {
      await caller.tell({ tool: 'cluster_changes', input: {} });
      return scratch.database.query('select * from castellan.chronicle');
    };
    await expect.poll(() => api.watches).toBe(12);
    const before = await kept();
    hideSecrets(api, secrets);
    touchEverything(api);
    await expect.poll(async () => (await kept()).length).toBeGreaterThan(before.length + 20);
    const told = await tellAll(caller, await questionsOfThePast(api, caller));
    expect(leaksIn(secrets, told)).toEqual({});
    const rows = [await kept(), await scratch.database.query('select * from castellan.chronicle_state')];
    expect(secrets.foundIn(JSON.stringify(rows))).toEqual([]);
  });
});
