import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorizingProxy } from './authorizing-proxy.ts';
import { complaints, passed, requiredScenarios, runSuite, type SuiteResult } from './conformance-suite.ts';
import { ScratchCastellan } from './scratch-castellan.ts';

const scenarioTimeout = '60000';

function tally(result: SuiteResult, scenarios: readonly string[]): string {
  const checks = scenarios.reduce((sum, scenario) => sum + passed(result.get(scenario) ?? []), 0);
  return `${scenarios.length} scenarios, ${checks} checks passed`;
}

describe("the protocol's test suite, against the fixtures on the product's own stack", () => {
  const castellan = new ScratchCastellan();
  let url = '';
  beforeAll(async () => {
    ({ url } = await castellan.serve('--conformance'));
  });
  afterAll(() => castellan[Symbol.asyncDispose]());

  it('are not served beside anything real', async () => {
    const config = castellan.configure(castellan.unreachableCluster());
    const refused = await castellan.run(`--config=${config}`, 'serve', '--conformance');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('conformance-refused') });
  });

  it.each(['2025-11-25', '2026-07-28'])('every scenario that %s requires of a server passes', async (revision) => {
    const required = requiredScenarios(revision);
    const result = await runSuite(url, '--requirements', revision, '--timeout', scenarioTimeout);
    expect(complaints(result, required)).toEqual([]);
    process.stdout.write(`conformance ${revision}: ${tally(result, required)}\n`);
  });
});

describe("the protocol's test suite, against the product as it is served", () => {
  /** Scenarios that need no fixture, by the revision whose wire they are run at. */
  const fixtureFree = [
    ['2025-11-25', 'server-initialize'],
    ['2025-11-25', 'ping'],
    ['2025-11-25', 'tools-list'],
    ['2025-11-25', 'resources-list'],
    ['2025-11-25', 'prompts-list'],
    ['2025-11-25', 'dns-rebinding-protection'],
    ['2026-07-28', 'tools-list'],
    ['2026-07-28', 'resources-list'],
    ['2026-07-28', 'prompts-list'],
    ['2026-07-28', 'caching'],
    ['2026-07-28', 'dns-rebinding-protection'],
    ['2026-07-28', 'http-header-validation'],
    ['2026-07-28', 'sep-2164-resource-not-found'],
    ['2026-07-28', 'input-required-result-unsupported-methods'],
  ] as const;
  /** The checks of `server-stateless` that call a diagnostic tool, which the product does not have. */
  const needsFixture = [
    'sep-2575-server-rejects-undeclared-capability',
    'sep-2575-missing-capability-http-400',
    'sep-2575-http-server-no-independent-requests-on-stream',
    'sep-2575-server-no-log-without-loglevel',
  ];

  const castellan = new ScratchCastellan();
  const opened = new AsyncDisposableStack();
  let url = '';
  beforeAll(async () => {
    opened.use(castellan);
    const { token } = await castellan.token();
    const daemon = await castellan.serve(`--config=${castellan.configure(castellan.unreachableCluster())}`);
    ({ url } = opened.use(await authorizingProxy(new URL(daemon.url), token)));
  });
  afterAll(() => opened.disposeAsync());

  it.each(fixtureFree)('at %s: %s', async (revision, scenario) => {
    const words = ['--scenario', scenario, '--spec-version', revision, '--timeout', scenarioTimeout];
    expect(complaints(await runSuite(url, ...words), [scenario])).toEqual([]);
  });

  it('at 2026-07-28: server-stateless, but for what only a fixture can show', async () => {
    const words = ['--scenario', 'server-stateless', '--spec-version', '2026-07-28', '--timeout', scenarioTimeout];
    const checks = (await runSuite(url, ...words)).get('server-stateless') ?? [];
    const failed = checks.filter(({ status }) => status === 'FAILURE').map(({ id }) => id);
    expect(failed.toSorted()).toEqual(needsFixture.toSorted());
    expect(passed(checks)).toBeGreaterThanOrEqual(20);
  });
});
