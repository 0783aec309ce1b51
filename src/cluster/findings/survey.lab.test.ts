import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type PlantedFault, plantedFault } from '../../../test/lab/homelab/planted.ts';
import { describeWithLab, leaksIn, sampleOf } from '../../../test/lab/use-lab.ts';
import { Untrusted } from '../../kit/index.ts';
import { silent } from '../../redaction/no-redaction.fixture.ts';
import { type ClusterConnection, connectCluster } from '../connect.ts';
import { refText } from '../owner.ts';
import type { ClusterObject } from '../reader.ts';
import { networkRules } from './rules/network/index.ts';
import { operatorRules } from './rules/operator/index.ts';
import { policyRules } from './rules/policy/index.ts';
import { storageRules } from './rules/storage/index.ts';
import { allRules } from './rules.ts';
import { type FoundBy, type Survey, takeSurvey } from './survey.ts';

await describeWithLab('a survey of the sample homelab', (lab) => {
  const planted = z.array(plantedFault).parse(JSON.parse(readFileSync(lab.key ?? '', 'utf8')));
  const fault = (id: string): PlantedFault => {
    const found = planted.find((one) => one.id === id);
    if (found === undefined) throw new Error(`no fault ${id} was planted`);
    return found;
  };
  let connection: ClusterConnection;
  let survey: Survey;
  const printed = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')];
  beforeAll(async () => {
    connection = await connectCluster(
      { kubeconfig: lab.kubeconfig.castellan, deadlineMs: 20_000 },
      { redactor: silent },
    );
    for (const output of printed) output.mockClear();
    const { signal } = new AbortController();
    // So late that whatever is only starting now has had its time.
    const now = new Date(Date.now() + 15 * 60_000);
    survey = await takeSurvey(connection.reader, { rules: allRules, signal, now });
  });
  afterAll(() => connection[Symbol.asyncDispose]());

  const written = (finding: FoundBy): string =>
    [
      `${finding.severity} ${finding.rule} ${refText(finding.object)} ${refText(finding.root)}`,
      finding.summary,
      finding.detail === undefined ? '' : Untrusted.openForRendering(finding.detail),
      finding.next ?? '',
    ].join('\n');

  it.each([
    ['route-without-service', 'route-backend-missing', 'critical'],
    ['claim-without-backup', 'claim-without-backup', 'notice'],
    ['certificate-expires', 'certificate-expires', 'warning'],
    ['drain-blocked', 'disruption-budget-blocks-drain', 'warning'],
    ['quota-full', 'quota-pressure', 'warning'],
    ['secret-key-missing', 'external-secret-not-synced', 'warning'],
  ])('finds %s', (id, rule, severity) => {
    const { object, must } = fault(id);
    const found = survey.findings.filter(
      (one) => one.rule === rule && one.object.namespace === object.namespace && written(one).includes(object.name),
    );
    expect(found).toHaveLength(1);
    expect(found[0]?.severity).toBe(severity);
    for (const word of must) expect(found.map(written).join('\n')).toContain(word);
  });

  it('finds what else the sample has, and nothing that is not so', () => {
    const own = new Set([...networkRules, ...storageRules, ...policyRules, ...operatorRules].map(({ id }) => id));
    const { namespaces, faults } = sampleOf(lab);
    // Other tests' namespaces may still be on their way out.
    const isOurs = ({ kind, namespace, name }: ClusterObject): boolean =>
      kind === 'Namespace' ? namespaces.includes(name) : namespace === '' || namespaces.includes(namespace);
    const told = survey.findings.filter(({ rule, object }) => own.has(rule) && isOurs(object));
    const objectsOf = (rule: string): readonly string[] =>
      told.filter((one) => one.rule === rule).map(({ object }) => `${object.namespace}/${object.name}`);
    expect([...new Set(told.map(({ rule }) => rule))].sort()).toEqual([
      'certificate-expires',
      'claim-without-backup',
      'disruption-budget-blocks-drain',
      'external-secret-not-synced',
      'ingress-class-missing',
      'quota-pressure',
      'route-backend-missing',
      'service-without-endpoints',
      'storage-class-missing',
    ]);
    for (const rule of ['certificate-expires', 'disruption-budget-blocks-drain', 'route-backend-missing']) {
      expect(objectsOf(rule), rule).toHaveLength(1);
    }
    const down = ['crash-loop-oom', 'image-pull', 'never-ready', 'unschedulable'] as const;
    const apps = [
      ...down.map((one) => faults[one]),
      fault('memory-limit-too-low').object,
      fault('image-does-not-exist').object,
    ];
    expect([...objectsOf('service-without-endpoints')].sort()).toEqual(
      apps.map(({ namespace, name }) => `${namespace}/${name}`).sort(),
    );
  });

  it('reads everything it needs', () => {
    expect(survey.unread).toEqual([]);
  });

  it('shows no secret and prints nothing', () => {
    expect(leaksIn(lab, survey.findings.map(written).join('\n'))).toEqual([]);
    expect(
      leaksIn(
        lab,
        JSON.stringify(allRules.flatMap(({ needs }) => Object.keys(needs).map((kind) => survey.view.all(kind)))),
      ),
    ).toEqual([]);
    expect(printed.map((output) => output.mock.calls.map(([text]) => String(text)))).toEqual([[], []]);
  });
});
