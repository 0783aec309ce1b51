import { sentencesOf } from '../claims.ts';
import { utc } from '../front-matter.ts';
import { error, type ReportRule, shown } from '../rule.ts';
import { dayOf, kebab } from '../slug.ts';

export const linksAndVersionsHold: ReportRule = {
  id: 'V32',
  title: 'Links and ids lead somewhere, the name fits the day, and versions are only added.',
  severities: ['error'],
  *check(input, page) {
    const { dossier, narrative } = input;
    const { incident, reports, candidates } = dossier;
    for (const href of page.links)
      if (href.startsWith('#') && !page.anchors.has(href.slice(1)))
        yield error('report', `${shown(href)} leads nowhere`, 'cite evidence of this incident');
    const actions = new Set(
      [...candidates.flatMap((candidate) => candidate.actions), ...dossier.actions].map(({ id }) => id),
    );
    const documents = [incident.id, incident.mergedInto ?? '', ...candidates.map(({ document }) => document)];
    for (const { path, text } of sentencesOf(narrative)) {
      for (const [id] of text.matchAll(/\bact_[a-z2-7]{8}\b/g))
        if (!actions.has(id)) yield error(path, `there is no action item ${id}`, 'name one of an earlier report');
      for (const [id] of text.matchAll(/\binc_[a-z2-7]{10}\b/g))
        if (!documents.some((document) => document.includes(id)))
          yield error(path, `${id} is not known here`, 'name an incident that history gave');
      for (const [url] of text.matchAll(/\bhttps?:\/\/[^\s)>\]]+/gi))
        if (![...input.payloads.values()].some((payload) => payload.includes(url.replace(/[.,;]$/, ''))))
          yield error(path, `${shown(url)} stands in no evidence`, 'cite evidence instead of an address');
    }
    const named = /\b\d{4}-\d{2}-\d{2}\b/.exec(narrative.title)?.[0];
    const until = (utc(incident.resolvedAt) ?? input.now.toISOString()).slice(0, 10);
    if (named !== undefined && (named < dayOf(incident) || named > until))
      yield error(
        'title',
        `it began on ${dayOf(incident)}, not on ${named}`,
        'leave the day out: the name begins with it',
      );
    if (kebab(narrative.title) === '')
      yield error('title', 'no name can be made of it', 'write a title with letters from a to z');
    const published = reports.filter(({ final }) => final);
    if (published.length > 0 && narrative.correction === undefined)
      yield error(
        'correction',
        `version ${published.at(-1)?.version ?? 1} is published, and stays`,
        'say in `correction.reason` what it corrects',
      );
    if (published.length === 0 && narrative.correction !== undefined)
      yield error('correction', 'nothing was published that could be corrected', 'leave `correction` out');
    for (const [index, { version, supersedes }] of published.entries()) {
      const before = published[index - 1];
      if (before !== undefined && (version <= before.version || supersedes?.version !== before.version))
        yield error(
          `reports[${index}]`,
          `version ${version} does not follow version ${before.version}`,
          'versions are only added: look at the record',
        );
    }
  },
};
