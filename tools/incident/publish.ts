import { join } from 'node:path';
import { z } from 'zod';
import { incidentError } from '../../src/incident/errors.ts';
import type { Dossier, ReportVersion, Write } from '../../src/incident/record/port.ts';
import { nextVersion } from '../../src/incident/report/front-matter.ts';
import { reportSlug } from '../../src/incident/report/slug.ts';
import { type Answer, text, toolsFor } from '../../src/kit/index.ts';
import { supersededBy } from './draft.ts';
import { fields } from './fields.ts';
import { actorOf, type IncidentPorts, type PublishTarget } from './port.ts';
import { problemBlocks } from './problem-blocks.ts';
import { writeReport } from './publish/folder.ts';
import { actionDraftsOf, pastReportOf } from './publish/learned.ts';
import { standingBlocks, standingOf } from './publish/standing.ts';
import { type Proposed, proposeReport } from './publish/through-change.ts';
import { reportInput } from './report-input.ts';
import { callText } from './words.ts';

const { defineTool } = toolsFor<IncidentPorts>();

const input = z.strictObject({
  incident: fields.incident,
  reason: fields.line.optional().describe('of a correction: what was wrong'),
  budget: fields.budget,
});

/**
 * A version is final once it stands in the folder, or once it was proposed: `published` holds the path or the change. Of a change
 * that a human rejects the version stays final in the record; what is to be said otherwise is the next version.
 */
export const publish = defineTool({
  name: 'post_mortem_publish',
  title: 'Publish a post-mortem',
  description:
    'Validates the newest draft again and publishes it: as Markdown in the folder of reports, or as a change that a human signs. Refuses what is not valid. A later version supersedes; none is ever changed.',
  effect: 'propose',
  input,
  async run({ incident: id, reason }, { ports, principal, signal, now, progress }): Promise<Answer> {
    const { record, publish: target } = ports;
    if (target === undefined) {
      throw incidentError('publish-unconfigured', {
        message: 'nothing says where reports are published',
        next: 'an operator gives castellan.yaml `incident: { publish: { kind: folder, folder: /srv/post-mortems } }`; the draft is kept until then',
      });
    }
    const write: Write = { by: actorOf(principal), now: now() };
    const correction = reason === undefined ? undefined : ports.redact(reason.trim());
    return record.holding(id, 'publish', write.by, async () => {
      const dossier = await record.dossier(id);
      const newest = dossier.reports.at(-1);
      if (newest?.final === true && reason === undefined)
        return publishedAlready(newest, dossier, ports, { write, signal });
      const draft = draftIn(dossier);
      const narrative =
        correction === undefined ? draft.narrative : { ...draft.narrative, correction: { reason: correction } };
      progress('validating it again');
      const { input: held, missing } = await reportInput(dossier, narrative, ports, { signal, now: write.now });
      const { valid, errors, warnings, score } = ports.reporter.validate(held);
      if (!valid) return invalidAnswer(id, errors.length, problemBlocks([...errors, ...warnings]), write.now);
      const version = nextVersion(dossier);
      const supersedes = supersededBy(dossier, narrative.correction?.reason);
      if (version > 1 && supersedes === undefined) throw withoutReason();
      const markdown = ports.reporter.render(held);
      progress('publishing it');
      const name = fileNameFor(dossier, narrative.title);
      const placed = await place(target, { name, markdown, dossier, version, write, ports, signal });
      const kept = await record.putReport(
        id,
        { narrative, markdown, problems: warnings, final: true, published: placed.published, supersedes },
        write,
      );
      const actions = await afterwards(kept, dossier, ports, write);
      return text({
        asOf: write.now,
        coverage: { covered: `version ${kept.version} of ${id}, sha256 ${kept.sha256.slice(0, 12)}`, missing },
        headline: `${placed.headline}; version ${kept.version}, score ${score.toFixed(2)}`,
        blocks: [...placed.lines, `${actions} new action items`, ...problemBlocks(warnings)],
        notes: [...placed.notes, `next: ${callText('action_list', { incident: id })}`],
      });
    });
  },
});

/** What follows from a version that is final; done again it changes nothing. */
async function afterwards(
  version: ReportVersion,
  dossier: Dossier,
  { record, history }: IncidentPorts,
  write: Write,
): Promise<number> {
  const { narrative, markdown } = version;
  const known = new Set(dossier.actions.map(({ title }) => title));
  // What is known may have landed since: it is not opened again.
  const fresh = actionDraftsOf(narrative).filter(({ title }) => !known.has(title));
  if (fresh.length > 0) await record.putActions({ incident: dossier.incident.id }, fresh, write);
  await history.learn(pastReportOf(dossier, narrative, markdown));
  return fresh.length;
}

/** Whoever published may have been killed before its actions were kept: they are now. */
async function publishedAlready(
  version: ReportVersion,
  dossier: Dossier,
  ports: IncidentPorts,
  { write, signal }: { readonly write: Write; readonly signal: AbortSignal },
): Promise<Answer> {
  const fresh = await afterwards(version, dossier, ports, write);
  const { id } = dossier.incident;
  return text({
    asOf: write.now,
    coverage: { covered: `version ${version.version} of ${id}, sha256 ${version.sha256.slice(0, 12)}` },
    headline: `ALREADY PUBLISHED, version ${version.version}${fresh === 0 ? '' : `; ${fresh} action items were missing and are kept now`}`,
    blocks: [
      `where: ${version.published ?? '?'}`,
      ...standingBlocks(await standingOf(version.published, ports.keep, signal)),
    ],
    notes: [`to correct it: ${callText('post_mortem_draft', { incident: id })}, then publish with reason=`],
  });
}

function draftIn({ reports, incident }: Dossier): ReportVersion {
  const newest = reports.at(-1);
  if (newest !== undefined && !newest.final) return newest;
  throw incidentError('report-invalid', {
    message:
      newest === undefined
        ? 'there is no draft'
        : `version ${newest.version} is published, and there is no draft behind it`,
    next: callText('post_mortem_draft', { incident: incident.id }),
  });
}

function withoutReason(): Error {
  return incidentError('report-invalid', {
    message: 'a version was published before, and this one does not say what it corrects',
    next: 'call again with reason=, what was wrong',
  });
}

function invalidAnswer(id: string, count: number, blocks: ReturnType<typeof problemBlocks>, now: Date): Answer {
  return text({
    asOf: now,
    coverage: { covered: `the newest draft of ${id}` },
    headline: `NOT PUBLISHED: ${count} errors`,
    blocks,
    notes: ['next: mend these with post_mortem_draft, then publish'],
  });
}

/** A later version goes where the first one went, whatever its title is. */
function fileNameFor({ reports, incident }: Dossier, title: string): string {
  const first = reports.find(({ final }) => final);
  return `${reportSlug(incident, first?.narrative.title ?? title)}.md`;
}

interface Placing {
  readonly name: string;
  readonly markdown: string;
  readonly dossier: Dossier;
  readonly version: number;
  readonly write: Write;
  readonly ports: IncidentPorts;
  readonly signal: AbortSignal;
}

interface Placed {
  readonly published: string;
  readonly headline: string;
  readonly lines: readonly string[];
  readonly notes: readonly string[];
}

async function place(target: PublishTarget, placing: Placing): Promise<Placed> {
  const { name, markdown, dossier, version, write, ports, signal } = placing;
  const incident = dossier.incident.id;
  if (target.kind === 'folder') {
    const path = await writeReport(target.folder, { name, markdown, incident });
    return { published: path, headline: 'PUBLISHED', lines: [`file: ${path}`], notes: [] };
  }
  if (ports.keep === undefined) {
    throw incidentError('publish-unconfigured', {
      message: 'reports are published through a change, and no keep is configured',
      next: 'an operator configures `keep:`, or `incident.publish` with kind: folder',
    });
  }
  const path = join(target.folder, name);
  const earlier = dossier.reports
    .filter(({ final }) => final)
    .map(({ published = '', markdown: then }) => ({ change: published, markdown: then }))
    .reverse();
  const change = await proposeReport(
    { path, stack: target.stack, markdown, incident, version, earlier, by: write.by },
    { keep: await ports.keep(), repository: ports.repository, signal },
  );
  return throughChange(change, path);
}

function throughChange({ change, state, decideAt, why }: Proposed, path: string): Placed {
  return {
    published: change,
    headline: `PROPOSED as ${change}, ${state}: a human signs it, then it lands`,
    lines: [`file: ${path}`, ...(why === undefined ? [] : [`the keep says: ${why}`])],
    notes: [`approval_url: ${decideAt}`, `how it goes: ${callText('change_status', { id: change, wait: 0 })}`],
  };
}
