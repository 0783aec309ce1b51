import { Command, Option } from 'commander';
import type { JsonObject } from '../../kit/index.ts';
import { askTool } from '../ask-tool.ts';
import type { CliContext } from '../terminal.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import { replayCommand } from './replay.ts';
import { reportCommand } from './report.ts';
import { verifyCommand } from './verify.ts';

/** `castellan incident`: what agents have tools for asks the tools; the rest asks the daemon's own commands. */
export function incidentCommand(context: CliContext): Command {
  return new Command('incident')
    .description('open, triage, show and replay incidents; import what was written before')
    .addCommand(openCommand(context))
    .addCommand(triageCommand(context))
    .addCommand(showCommand(context))
    .addCommand(reportCommand(context))
    .addCommand(replayCommand(context))
    .addCommand(importCommand(context))
    .addCommand(exportCommand(context))
    .addCommand(verifyCommand(context));
}

function openCommand(context: CliContext): Command {
  const command = new Command('open')
    .description('open an incident, or find the one that is open for the same thing')
    .argument('<title>', 'what is broken, for whom')
    .requiredOption('--symptom <words>', 'what was seen; errors word for word')
    .option('--since <when>', 'when it began: 3h, or RFC 3339')
    .option('--services <names>', 'web,mail')
    .option('--namespaces <names>', 'shop,mail')
    .option('--detected-by <who>', 'alert, check, user, human')
    .addOption(json());
  return command.action((title: string, options: OpenOptions) => {
    const { symptom, since, services, namespaces, detectedBy } = options;
    const input = given({ title, symptom, since, services, namespaces, detected_by: detectedBy });
    return askTool('incident_open', input, { command, context, json: options.json === true });
  });
}

interface OpenOptions extends JsonOption {
  readonly symptom: string;
  readonly since?: string;
  readonly services?: string;
  readonly namespaces?: string;
  readonly detectedBy?: string;
}

function triageCommand(context: CliContext): Command {
  const command = new Command('triage')
    .description('look at everything once and judge: severity with every rule, suspects, changes, what was not seen')
    .argument('<incident>', 'inc_…')
    .option('--namespaces <names>', 'beside those of the incident')
    .option('--max-age <duration>', 'a snapshot this young is judged again instead of a new look: 5m')
    .addOption(json());
  return command.action((incident: string, options: JsonOption & { namespaces?: string; maxAge?: string }) => {
    const input = given({ incident, namespaces: options.namespaces, max_age: options.maxAge });
    return askTool('sev_triage', input, { command, context, json: options.json === true });
  });
}

function showCommand(context: CliContext): Command {
  const command = new Command('show')
    .description('list incidents, or show one')
    .argument('[incident]', 'inc_…')
    .option('--part <part>', 'summary, timeline, evidence, findings, triage, history, report, actions, events')
    .option('--evidence <ids>', 'ev_…: what was seen, as it is kept')
    .option('--cursor <cursor>', 'where an earlier answer ended')
    .addOption(json());
  return command.action((incident: string | undefined, options: ShowOptions) => {
    const input = given({ incident, part: options.part, evidence: options.evidence, cursor: options.cursor });
    return askTool('incident_show', input, { command, context, json: options.json === true });
  });
}

interface ShowOptions extends JsonOption {
  readonly part?: string;
  readonly evidence?: string;
  readonly cursor?: string;
}

interface JsonOption {
  readonly json?: true;
}

function json(): Option {
  return new Option('--json', 'print the whole result as JSON');
}

function given(input: Readonly<Record<string, string | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(input).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
