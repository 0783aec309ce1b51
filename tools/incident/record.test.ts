import { describe, expect, it } from 'vitest';
import { incidentError } from '../../src/incident/errors.ts';
import type { Evidence } from '../../src/incident/evidence.ts';
import type { IncidentRecord } from '../../src/incident/record/port.ts';
import { callTool, candidateOf, now, portsOver, secret, shop, shopDossier } from './incident.fixture.ts';
import { record } from './record.ts';

function recording(more: Partial<IncidentRecord> = {}) {
  const calls: unknown[][] = [];
  const ports = portsOver({
    record: {
      putFinding: async (id, draft) => {
        calls.push(['finding', id, draft]);
        return { ...draft, id: 'fi_aaaaaaaa', by: 'agent:claude', at: now };
      },
      addEvidence: async (incident, drafts) => {
        calls.push(['evidence', incident, drafts]);
        return drafts.map(
          ({ payload, ...rest }): Evidence => ({
            ...rest,
            id: 'ev_aaaaaaaa',
            incident,
            sha256: '',
            bytes: payload.length,
            by: '',
          }),
        );
      },
      annotate: async (id, mark) => void calls.push(['annotate', id, mark]),
      change: async (id, what) => {
        calls.push(['change', id, what]);
        return { ...shop, status: what.status ?? shop.status };
      },
      judge: async (id, verdict) => {
        calls.push(['judge', id, verdict]);
        return { ...candidateOf(), verdict: verdict.verdict, reason: verdict.reason };
      },
      dossier: async () => ({ ...shopDossier, candidates: [] }),
      ...more,
    },
  });
  return { calls, ports };
}
const of = (kind: string, more: object) => ({ incident: shop.id, kind, ...more });

describe('incident_record', () => {
  it('keeps a finding with what it cites and what to look at next', async () => {
    const { calls, ports } = recording();
    const { text } = await callTool(
      record,
      ports,
      of('finding', {
        text: 'the limit is too small',
        status: 'supported',
        confidence: 0.9,
        evidence: 'ev_bbbbbbbb, ev_cccccccc',
        checks: 'usage; the commit',
      }),
    );
    expect(calls).toEqual([
      [
        'finding',
        shop.id,
        {
          id: undefined,
          hypothesis: 'the limit is too small',
          status: 'supported',
          confidence: 0.9,
          evidence: ['ev_bbbbbbbb', 'ev_cccccccc'],
          nextChecks: ['usage', 'the commit'],
        },
      ],
    ]);
    expect(text).toContain('fi_aaaaaaaa: supported, confidence 0.9, cites ev_bbbbbbbb, ev_cccccccc');
  });

  it('passes on that evidence is unknown', async () => {
    const unknown = incidentError('evidence-unknown', { message: 'no ev_bbbbbbbb', next: 'see part=evidence' });
    const { ports } = recording({ putFinding: () => Promise.reject(unknown) });
    await expect(callTool(record, ports, of('finding', { text: 'x', evidence: 'ev_bbbbbbbb' }))).rejects.toMatchObject({
      code: 'evidence-unknown',
    });
  });

  it('keeps a note as what was told, and not as what was seen', async () => {
    const { calls, ports } = recording();
    const { text } = await callTool(record, ports, of('note', { text: 'robin saw the lamp blink', at: '10m' }));
    expect(calls[0]?.[2]).toMatchObject([
      {
        source: 'note',
        status: 'ok',
        payload: 'robin saw the lamp blink',
        rows: [{ quote: 'robin saw the lamp blink' }],
      },
    ]);
    expect(text).toContain('reported, not observed');
  });

  it.each([
    [
      'annotate',
      { target: '0a1b2c3d', text: 'the cause' },
      ['annotate', shop.id, { row: '0a1b2c3d', note: 'the cause' }],
    ],
    [
      'exclude',
      { target: '0a1b2c3d', text: 'a test' },
      ['annotate', shop.id, { row: '0a1b2c3d', excluded: { reason: 'a test' } }],
    ],
    [
      'milestone',
      { target: 'mitigated', at: '10m' },
      ['change', shop.id, { mitigatedAt: new Date(now.getTime() - 600_000) }],
    ],
    [
      'verdict',
      { target: '2026-08-04-photo-workers-killed', status: 'accepted', text: 'the same limit' },
      [
        'judge',
        shop.id,
        { document: '2026-08-04-photo-workers-killed', verdict: 'accepted', reason: 'the same limit' },
      ],
    ],
    [
      'override',
      { target: 'SEV1', text: 'the till is down too' },
      [
        'change',
        shop.id,
        {
          override: { severity: 'SEV1', by: 'agent:claude', reason: 'the till is down too' },
          reason: 'the till is down too',
        },
      ],
    ],
    ['dismiss', { text: 'a drill' }, ['change', shop.id, { status: 'dismissed', reason: 'a drill' }]],
  ])('takes %s', async (kind, more, call) => {
    const { calls, ports } = recording();
    await callTool(record, ports, of(kind, more));
    expect(calls).toEqual([call]);
  });

  it('masks what looks like a secret before it is stored', async () => {
    const { calls, ports } = recording();
    const { text } = await callTool(record, ports, of('note', { text: `the token was ${secret}` }));
    await callTool(record, ports, of('finding', { text: `x ${secret}`, checks: `grep ${secret}` }));
    expect(JSON.stringify(calls)).not.toContain(secret);
    expect(text).toContain('was masked before it was stored');
  });

  it.each([
    ['a finding that is supported by nothing', of('finding', { text: 'x', status: 'supported' })],
    ['a finding without words', of('finding', { status: 'open' })],
    ['a finding with a verdict for a status', of('finding', { text: 'x', status: 'accepted' })],
    ['another thing than a finding, stated anew', of('finding', { text: 'x', target: 'ev_aaaaaaaa' })],
    ['a row that is none', of('annotate', { target: '../../x', text: 'x' })],
    ['a row that is left out without a reason', of('exclude', { target: '0a1b2c3d' })],
    ['a milestone nobody knows', of('milestone', { target: 'noticed', at: '5m' })],
    [
      'a milestone in the future',
      of('milestone', { target: 'resolved', at: new Date(now.getTime() + 9e5).toISOString() }),
    ],
    ['a milestone without a time', of('milestone', { target: 'resolved' })],
    ['a verdict without a reason', of('verdict', { target: 'x', status: 'rejected' })],
    ['a verdict that is none', of('verdict', { target: 'x', status: 'supported', text: 'y' })],
    ['another severity without a reason', of('override', { target: 'SEV1' })],
    ['a severity nobody knows', of('override', { target: 'SEV0', text: 'x' })],
    ['unknown as a severity', of('override', { target: 'unknown', text: 'x' })],
    ['a dismissal without a reason', of('dismiss', {})],
    ['what a note does not take', of('note', { text: 'x', evidence: 'ev_aaaaaaaa' })],
  ])('refuses %s', async (_, asked) => {
    const { calls, ports } = recording();
    await expect(callTool(record, ports, asked)).rejects.toMatchObject({ code: 'incident-argument-invalid' });
    expect(calls).toEqual([]);
  });
});
