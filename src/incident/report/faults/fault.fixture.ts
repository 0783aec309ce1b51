import type { Evidence } from '../../evidence.ts';
import type { Incident } from '../../incident.ts';
import type { CandidateKept, Dossier } from '../../record/port.ts';
import { compileTimeline } from '../../timeline/compile.ts';
import type { DossierShape } from '../dossier.fixture.ts';
import type { Narrative } from '../narrative.ts';
import type { ReportInput } from '../port.ts';

/** One thing that is wrong with a report that was right before, and the rule that is to see it. */
export interface Fault {
  readonly rule: string;
  readonly what: string;
  readonly shape?: Partial<DossierShape>;
  /** A text is what an agent sends instead of a narrative. */
  make(input: ReportInput): ReportInput | string;
}

/** Changes the narrative. */
export function told(change: (narrative: Narrative) => void): Fault['make'] {
  return (input) => {
    const narrative = structuredClone(input.narrative);
    change(narrative);
    return { ...input, narrative };
  };
}

/** Sends another JSON: parts of the narrative are replaced by what need not fit. */
export function sent(change: (narrative: Narrative) => object): Fault['make'] {
  return ({ narrative }) => JSON.stringify({ ...narrative, ...change(structuredClone(narrative)) });
}

/** Changes the record; the timeline is compiled of what it then says. */
export function recorded(change: (dossier: Dossier) => Partial<Dossier>): Fault['make'] {
  return (input) => {
    const dossier = { ...input.dossier, ...change(input.dossier) };
    return { ...input, dossier, timeline: compileTimeline(dossier) };
  };
}

export function incidentIs(change: Partial<Incident>): Fault['make'] {
  return recorded(({ incident }) => ({ incident: { ...incident, ...change } }));
}

export function evidenceIs(id: string, change: (evidence: Evidence) => Partial<Evidence>): Fault['make'] {
  return recorded(({ evidence }) => ({
    evidence: evidence.map((one) => (one.id === id ? { ...one, ...change(one) } : one)),
  }));
}

export function candidateIs(change: Partial<CandidateKept>): Fault['make'] {
  return recorded(({ candidates }) => ({ candidates: candidates.map((one) => ({ ...one, ...change })) }));
}

/** Replaces the words of one claim that cites much and says little in numbers. */
export function says(text: string, more: Partial<Narrative['summary'][number]> = {}): Fault['make'] {
  return told((narrative) => {
    narrative.cause.contributing = narrative.cause.contributing.map((claim) => ({ ...claim, text, ...more }));
  });
}

export function both(first: Fault['make'], second: Fault['make']): Fault['make'] {
  return (input) => {
    const changed = first(input);
    return typeof changed === 'string' ? changed : second(changed);
  };
}

export function action(index: number, change: Partial<Narrative['actions'][number]>): Fault['make'] {
  return told((narrative) => {
    narrative.actions = narrative.actions.map((one, at) => (at === index ? { ...one, ...change } : one));
  });
}
