import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Redactor } from '../redaction/redactor.ts';
import { shownLabels } from './guard.ts';
import type { Alerts, CurrentAlert, Silence } from './port.ts';
import { type Deps, versionText } from './prometheus.ts';
import { askPlain, isReady } from './reply.ts';
import { Sender, type ServerAddress } from './sender.ts';

const texts = z.record(z.string().max(300), z.string());
const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const id = z
  .string()
  .max(100)
  .regex(/^[\w-]+$/);

const alerts = z.array(
  z.object({
    fingerprint: id,
    startsAt: moment,
    labels: texts,
    annotations: texts.default({}),
    status: z.object({
      state: z.string(),
      silencedBy: z.array(id).default([]),
      inhibitedBy: z.array(id).default([]),
    }),
  }),
);

const silences = z.array(
  z.object({
    id,
    startsAt: moment,
    endsAt: moment,
    createdBy: z.string().default(''),
    comment: z.string().default(''),
    status: z.object({ state: z.enum(['active', 'pending', 'expired']) }),
    matchers: z.array(
      z.object({ name: z.string(), value: z.string(), isRegex: z.boolean(), isEqual: z.boolean().default(true) }),
    ),
  }),
);

const status = z.object({ versionInfo: z.object({ version: z.string().max(100).optional() }).optional() });

/** Throws `monitoring-config-invalid`; a server that is away is told by each question. */
export async function connectAlertmanager(
  address: ServerAddress,
  { redactor }: Deps,
): Promise<Alerts & AsyncDisposable> {
  const sender = await Sender.open({ ...address, name: 'alertmanager' });
  return {
    async current(signal) {
      const parameters = { active: 'true', silenced: 'true', inhibited: 'true', unprocessed: 'true' };
      const found = await askPlain(sender, ['api', 'v2', 'alerts'], { parameters, data: alerts }, signal);
      const read = found.map((alert) => readAlert(alert, redactor));
      const names = new Map(read.map(({ sent, current }) => [sent, current.fingerprint]));
      return read
        .map(({ current }) => ({ ...current, by: current.by.map((one) => names.get(one) ?? one) }))
        .toSorted((a, b) => a.since.getTime() - b.since.getTime() || (a.fingerprint < b.fingerprint ? -1 : 1));
    },
    async silences(signal) {
      const found = await askPlain(sender, ['api', 'v2', 'silences'], { data: silences }, signal);
      return found.map((silence) => silenceOf(silence, redactor));
    },
    async health(signal) {
      const ready = await isReady(sender, ['-', 'ready'], signal);
      const said = ready ? await askPlain(sender, ['api', 'v2', 'status'], { data: status }, signal) : undefined;
      return { ready, version: versionText(said?.versionInfo?.version) };
    },
    [Symbol.asyncDispose]: () => sender[Symbol.asyncDispose](),
  };
}

interface ReadAlert {
  /** The fingerprint as Alertmanager has it, by which others name the alert. */
  readonly sent: string;
  readonly current: CurrentAlert;
}

function readAlert(alert: z.output<typeof alerts>[number], redactor: Redactor): ReadAlert {
  const { silencedBy, inhibitedBy } = alert.status;
  const labels = shownLabels(alert.labels, redactor);
  const current: CurrentAlert = {
    fingerprint: shownFingerprint(alert, labels),
    name: labels['alertname'] ?? '',
    // Both may be true of one; a silence was wanted by somebody, so it is told first.
    state: silencedBy.length > 0 ? 'silenced' : inhibitedBy.length > 0 ? 'inhibited' : 'firing',
    since: alert.startsAt,
    labels,
    annotations: shownLabels(alert.annotations, redactor),
    by: [...silencedBy, ...inhibitedBy],
  };
  return { sent: alert.fingerprint, current };
}

/** Alertmanager's is a plain hash of all labels: whoever knows the others could try what the masked one is. */
function shownFingerprint(
  { fingerprint, labels }: z.output<typeof alerts>[number],
  shown: Readonly<Record<string, string>>,
): string {
  const sorted = (of: Readonly<Record<string, string>>): string => JSON.stringify(Object.entries(of).sort());
  if (sorted(labels) === sorted(shown)) return fingerprint;
  return createHash('sha256').update(sorted(shown)).digest('hex').slice(0, 16);
}

function silenceOf(silence: z.output<typeof silences>[number], redactor: Redactor): Silence {
  const shown = (text: string): string => redactor.text(text).text;
  return {
    id: silence.id,
    matchers: silence.matchers.map(({ name, value, isRegex, isEqual }) => {
      const [told] = Object.entries(shownLabels({ [name]: value }, redactor));
      const op = isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=';
      return `${told?.[0] ?? ''}${op}${JSON.stringify(told?.[1] ?? '')}`;
    }),
    from: silence.startsAt,
    to: silence.endsAt,
    by: shown(silence.createdBy),
    comment: shown(silence.comment),
    state: silence.status.state,
  };
}
