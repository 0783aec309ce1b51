import { z } from 'zod';
import { actionClasses, actionStatuses, actionTypes, priorities, verifyPredicate } from '../action.ts';
import { detections, severities } from '../incident.ts';

/**
 * What an agent or a human writes of an incident. Times, durations, timeline, severity and its rules, coverage and history come
 * from the record when it is rendered: nobody can write them differently. Every claim cites evidence.
 */
const evidence = z.array(z.string().regex(/^ev_[a-z2-7]{8}$/, 'an id like ev_…')).max(20);
const sentence = z.string().trim().min(1).max(1_000);
const day = z.iso.date();

/** A claim; `quote` must stand in the evidence, letter by letter. */
const claim = z.strictObject({
  text: sentence,
  evidence,
  quote: z.string().max(500).optional(),
  /** It says that something was not there or did not happen: cites an empty answer. */
  absence: z.boolean().optional(),
  /** It rests on what somebody told, and nothing that was observed. */
  reported: z.boolean().optional(),
});
export type Claim = z.output<typeof claim>;

export const narrative = z.strictObject({
  title: z.string().trim().min(1).max(200),
  status: z.enum(['mitigated', 'resolved', 'ongoing']),
  authors: z.array(z.string().min(1).max(80)).min(1).max(10),
  services: z.array(z.string().min(1).max(100)).max(50),
  namespaces: z.array(z.string().min(1).max(63)).max(50),
  /** Absent: what triage found. */
  severityOverride: z
    .strictObject({ severity: z.enum(severities), by: z.string().min(1).max(80), reason: sentence })
    .optional(),
  summary: z.array(claim).min(1).max(10),
  impact: z.strictObject({
    users: z.array(claim).max(10),
    services: z.array(claim).max(10),
    dataLoss: claim,
    /** `5h50m`, `38m`: held against the record's times. */
    duration: z.string().max(40).optional(),
  }),
  /** Ids of `steps`; every step leads to another or to the impact. */
  cause: z.strictObject({
    steps: z
      .array(
        z.strictObject({
          id: z.string().regex(/^[a-z0-9-]{1,40}$/),
          claim,
          at: z.iso.datetime().optional(),
          leadsTo: z.array(z.string().max(40)).max(10),
        }),
      )
      .min(1)
      .max(30),
    ruledOut: z.array(claim).max(20),
    contributing: z.array(claim).max(20),
  }),
  detection: z.strictObject({
    by: z.enum(detections),
    how: claim,
    /** What should have told, and did not. */
    gap: claim,
    timeToDetect: z.string().max(40).optional(),
  }),
  resolution: z.strictObject({ steps: z.array(claim).min(1).max(20), timeToResolve: z.string().max(40).optional() }),
  recurrence: z.strictObject({
    verdict: z.enum(['recurrence', 'related', 'first_recorded']),
    text: sentence,
    /** Documents of the record's candidates. */
    of: z.array(z.string().max(200)).max(10),
    /** Earlier items, by id, with what became of them. */
    earlierActions: z
      .array(z.strictObject({ id: z.string().regex(/^act_[a-z2-7]{8}$/), status: z.enum(actionStatuses) }))
      .max(50),
  }),
  actions: z
    .array(
      z.strictObject({
        title: z.string().trim().min(1).max(300),
        type: z.enum(actionTypes),
        class: z.enum(actionClasses),
        priority: z.enum(priorities),
        owner: z.string().min(1).max(80),
        due: day,
        status: z.enum(actionStatuses).default('open'),
        path: z.string().max(300).optional(),
        /** The path is to be made. */
        newFile: z.boolean().optional(),
        lines: z.tuple([z.int().min(1), z.int().min(1)]).optional(),
        /** YAML, HCL or PromQL to begin with. */
        draft: z.strictObject({ language: z.enum(['yaml', 'hcl', 'promql']), text: z.string().max(4_000) }).optional(),
        verify: verifyPredicate,
        automatable: z.boolean().default(false),
      }),
    )
    .max(30),
  lessons: z.strictObject({
    well: z.array(sentence).max(10),
    poorly: z.array(sentence).max(10),
    lucky: z.array(sentence).max(10),
  }),
  /** Why two sources disagree about a time. */
  clockNotes: z.array(sentence).max(10),
  /** Of a version after the first that was published. */
  correction: z.strictObject({ reason: sentence }).optional(),
});
export type Narrative = z.output<typeof narrative>;
