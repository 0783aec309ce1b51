import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { KnownValuesStanding } from './known-standing.ts';

export interface Metrics {
  readonly registry: Registry;
  call(tool: string, outcome: string, seconds: number, bytes: number): void;
  redacted(counts: Readonly<Record<string, number>>): void;
  clients(transport: 'socket', change: 1 | -1): void;
  refused(reason: string): void;
  inputRefused(reason: 'secret-in-input' | 'guessing'): void;
  /** What is said of the known values, asked for whenever the page is. */
  showKnownValues(standing: () => KnownValuesStanding): void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const calls = new Counter({
    name: 'castellan_tool_calls_total',
    help: 'Tool calls by tool and outcome.',
    labelNames: ['tool', 'outcome'],
    registers,
  });
  const duration = new Histogram({
    name: 'castellan_tool_call_seconds',
    help: 'Time from request to answer.',
    labelNames: ['tool'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 45],
    registers,
  });
  const bytes = new Counter({
    name: 'castellan_answer_bytes_total',
    help: 'Bytes of answers sent, by tool.',
    labelNames: ['tool'],
    registers,
  });
  const redactions = new Counter({
    name: 'castellan_redactions_total',
    help: 'Values masked, by rule.',
    labelNames: ['rule'],
    registers,
  });
  const clients = new Gauge({
    name: 'castellan_clients',
    help: 'MCP clients connected.',
    labelNames: ['transport'],
    registers,
  });
  const refusals = new Counter({
    name: 'castellan_http_refused_total',
    help: 'HTTP requests refused before they reached MCP, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const inputs = new Counter({
    name: 'castellan_inputs_refused_total',
    help: 'Calls refused because they held a value that Vault keeps, or came from whoever sent too many of these.',
    labelNames: ['reason'],
    registers,
  });
  return {
    registry,
    call: (tool, outcome, seconds, size) => {
      calls.inc({ tool, outcome });
      duration.observe({ tool }, seconds);
      bytes.inc({ tool }, size);
    },
    redacted: (counts) => {
      for (const [rule, count] of Object.entries(counts)) redactions.inc({ rule }, count);
    },
    clients: (transport, change) => clients.inc({ transport }, change),
    refused: (reason) => refusals.inc({ reason }),
    inputRefused: (reason) => inputs.inc({ reason }),
    showKnownValues: (standing) => showKnownValues(standing, registers),
  };
}

function showKnownValues(standing: () => KnownValuesStanding, registers: Registry[]): void {
  new Gauge({
    name: 'castellan_known_values',
    help: 'Values of Vault that redaction knows, by class; none of them while nothing is loaded.',
    labelNames: ['class'],
    registers,
    collect() {
      const { coverage } = standing();
      for (const name of ['a', 'b', 'c', 'public'] as const) this.set({ class: name }, coverage?.byClass[name] ?? 0);
    },
  });
  new Gauge({
    name: 'castellan_known_values_current',
    help: '1 while redaction knows what Vault keeps; 0 while nothing was loaded, or what was loaded may be old.',
    registers,
    collect() {
      this.set(standing().state === 'current' ? 1 : 0);
    },
  });
  new Gauge({
    name: 'castellan_known_values_age_seconds',
    help: 'Since Vault was last looked at for them; not a number while nobody told.',
    registers,
    collect() {
      const { coverage } = standing();
      this.set(coverage === undefined ? Number.NaN : (Date.now() - Date.parse(coverage.at)) / 1000);
    },
  });
}
