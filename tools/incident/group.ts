import { join } from 'node:path';
import { corporaPort } from '../../memory/corpus/port.ts';
import { keepPort } from '../../src/change/wire/keep-port.ts';
import { chroniclePort, clusterPort } from '../../src/cluster/index.ts';
import { readSecret } from '../../src/config/secret-reference.ts';
import { keepVerifying } from '../../src/incident/actions/keep-verifying.ts';
import type { VerifyPorts } from '../../src/incident/actions/ports.ts';
import { verifyAction } from '../../src/incident/actions/verify.ts';
import { openHistory } from '../../src/incident/history/open.ts';
import { importInto } from '../../src/incident/import/into.ts';
import { type Actor, ourselves } from '../../src/incident/incident.ts';
import { openKnowledge } from '../../src/incident/knowledge/open.ts';
import { openIncidentRecord } from '../../src/incident/record/open.ts';
import type { IncidentRecord } from '../../src/incident/record/port.ts';
import { openSources } from '../../src/incident/sources/open.ts';
import { openInfraRepository } from '../../src/incident/sources/repository.ts';
import { loadRubric } from '../../src/incident/triage/rubric.ts';
import { defineGroup, ifConfigured } from '../../src/kit/index.ts';
import { alertsPort, logStorePort, metricsPort } from '../../src/monitoring/port.ts';
import { openProbes } from '../../src/probe/open.ts';
import { redactorPort } from '../../src/redaction/port.ts';
import { databasePort, foldersPort, logPort } from '../../src/store/port.ts';
import { vaultPort } from '../../src/vault/index.ts';
import { withClocks } from './clock.ts';
import { commands } from './commands/index.ts';
import { jsonOf } from './commands/json-of.ts';
import { incidentConfig } from './config.ts';
import { documentNames } from './document-names.ts';
import { watchDocuments } from './documents.ts';
import { draft } from './draft.ts';
import { watchExpectations } from './expectations.ts';
import { groupFindings } from './findings.ts';
import { gather } from './gather.ts';
import { history as historyTool } from './history.ts';
import { lentRecord } from './lent-record.ts';
import { list } from './list.ts';
import { open } from './open.ts';
import type { ImportedFile, IncidentPorts } from './port.ts';
import { publish } from './publish.ts';
import { record as recordTool } from './record.ts';
import { openReporter } from './reporter.ts';
import { show } from './show.ts';
import { triage } from './triage.ts';
import { openTriager } from './triager.ts';
import { update } from './update.ts';
import { watchedOf } from './watched.ts';

const probeDeadlineMs = 10_000;
const verifyEveryMs = 3_600_000;

export const incident = defineGroup({
  name: 'incident',
  summary:
    'Incidents: a durable record, triage by a coded rubric, evidence, history, validated post-mortems, actions that are verified',
  prefixes: ['incident', 'sev', 'post_mortem', 'action'],
  configKey: 'incident',
  config: incidentConfig,
  withoutConfig: true,
  howToConfigure:
    'incident: { publish: { kind: folder, folder: /srv/post-mortems } } (it needs no section; `incident: false` takes it away)',
  routing: [
    'something is down or wrong → incident_open, then sev_triage, before you investigate',
    'evidence while an incident is open → incident_gather; what it shows → incident_record; was it there before → sev_history',
    'post-mortem → post_mortem_draft, then post_mortem_publish; what was promised, did it land → action_list, action_update',
  ],
  requires: {
    database: databasePort,
    folders: foldersPort,
    redactor: redactorPort,
    log: logPort,
    corpora: ifConfigured(corporaPort),
    cluster: ifConfigured(clusterPort),
    chronicle: ifConfigured(chroniclePort),
    metrics: ifConfigured(metricsPort),
    alerts: ifConfigured(alertsPort),
    logStore: ifConfigured(logStorePort),
    keep: ifConfigured(keepPort),
    vault: ifConfigured(vaultPort),
  },
  provides: [],
  tools: [open, show, triage, gather, recordTool, historyTool, draft, publish, list, update],
  commands,
  // Failed expectations are noticed, documents read and actions verified whether anybody asks or not.
  eager: true,
  async connect(
    config,
    { database, folders, redactor, log, corpora, cluster, chronicle, metrics, alerts, logStore, keep, vault },
  ) {
    const now = (): Date => new Date();
    const redact = (text: string): string => redactor.agentText(text).text;
    const { repository: where, probes: looks } = config;
    const repository =
      where === undefined
        ? undefined
        : openInfraRepository({
            url: where.url,
            branch: where.branch,
            mirror: where.mirror ?? join(folders.of('incident'), 'infra.git'),
            sshKeyFile: where.sshKeyFile,
            knownHostsFile: where.knownHostsFile,
            token:
              where.tokenFile === undefined ? undefined : readSecret(where.tokenFile, 'incident.repository.tokenFile'),
            redact: redactor,
            now,
          });
    const probes = openProbes({ allow: looks.allow, dnsServers: looks.dns, deadlineMs: probeDeadlineMs });
    const { critical, tierLabels, tiers } = config.criticalPath;
    const rubric = loadRubric({ critical, tiers: { labels: tierLabels, values: tiers } });

    let opening: Promise<IncidentRecord> | undefined;
    const opened = (): Promise<IncidentRecord> => {
      opening ??= database
        .whenOpen()
        .then((open) => openIncidentRecord({ database: open }))
        .catch((error: unknown) => {
          opening = undefined;
          throw error;
        });
      return opening;
    };
    const record = lentRecord(opened);
    const history = openHistory({ database, corpora, actions: record, redact: redactor.agentText, now });
    const knowledge = openKnowledge({ database });
    const seen: VerifyPorts = {
      metrics,
      repository,
      cluster,
      probes,
      documents: documentNames(history, knowledge),
      redactor,
    };
    const importFiles = (files: readonly ImportedFile[], by: Actor) =>
      importInto({ history, record, knowledge, corpora, redact: redactor.text, write: { by, now: now() } }, files);
    const documents = watchDocuments({
      folders: config.documents,
      importFiles: (files) => importFiles(files, ourselves),
      log,
    });
    const expectations = keep === undefined ? undefined : watchExpectations({ keep, record, redact, log, now });

    const ports: IncidentPorts = {
      record,
      history,
      knowledge,
      sources: withClocks(
        openSources({ cluster, chronicle, metrics, alerts, logStore, probes, repository, redact: redactor }),
        config.clockOffsets,
      ),
      cluster,
      chronicle,
      metrics,
      alerts,
      logStore,
      keep,
      repository,
      probes,
      vault,
      watch: watchedOf(looks.watch),
      publish: config.publish,
      triager: openTriager({
        rubric,
        cluster,
        chronicle,
        alerts,
        metrics,
        keep,
        repository,
        probes,
        targets: looks.watch,
        calls: config.calls,
        redactor,
      }),
      reporter: openReporter(rubric, where?.platformStacks ?? []),
      verify: (action, context) => verifyAction(action, seen, context),
      importFiles: async (files, by) => jsonOf(await importFiles(files, by)),
      redact,
      withheldFrom: (text, author) => {
        const { counts } = author === 'agent' ? redactor.agentText(text) : redactor.text(text);
        return Object.values(counts).reduce((sum, count) => sum + count, 0);
      },
      redactKept: (text) => redactor.text(text).text,
      findings: () =>
        groupFindings({
          record,
          repository,
          publish: config.publish,
          documents: documents.findings(),
          signal: AbortSignal.timeout(probeDeadlineMs),
        }),
    };

    const ending = new AbortController();
    const verifying: Promise<void>[] = [];
    // Nobody waits for it here: the database opens behind the sockets.
    opened()
      .then(() => {
        if (ending.signal.aborted) return;
        documents.keepLooking();
        expectations?.keepLooking();
        // Mirrored before the first question; what fails is told to who asks.
        repository?.head(ending.signal).catch(() => undefined);
        verifying.push(keepVerifying({ record, ports: seen, everyMs: verifyEveryMs, now, log, signal: ending.signal }));
      })
      .catch(() => undefined);

    return {
      ports,
      probe: () => ports.findings(),
      [Symbol.asyncDispose]: async () => {
        ending.abort();
        await expectations?.[Symbol.asyncDispose]();
        await documents[Symbol.asyncDispose]();
        await Promise.all(verifying);
      },
    };
  },
});
