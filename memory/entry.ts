import { z } from 'zod';

/**
 * Glossary of memory.
 *
 *  entry       one self-contained memory, at most 1,400 characters: read alone, it says what it is about
 *  owner       the human it was stored for; that human's agents may change it, nobody else
 *  visibility  private  the owner (all agents of that human)
 *              shared   the owner and the humans named as `readers`
 *              public   everybody this daemon serves
 *  shelf       what is searched as one: all entries that the same people may read. A recall reads the shelves its human may
 *              read, and nothing of another shelf moves what it finds: no count, no vocabulary, no rank
 *  link        supersedes   the new one is shown where the old one is found
 *              resolved-by  the solution comes with the symptom
 *              part-of      points from a part to its hub
 *              see-also     points to a neighbour
 *  session     what was stored together, in the order `seq`: neighbours of a hit are likely meant too
 *  validity    from when to when it was true; not when it was written down
 *  sensitive   its text is encrypted for humans before it is kept; this process cannot read it again. It is found by its
 *              keywords and tags alone, and never embedded
 */
export const longestEntry = 1_400;

export const visibilities = ['private', 'shared', 'public'] as const;
export type Visibility = (typeof visibilities)[number];

export const linkTypes = ['supersedes', 'resolved-by', 'part-of', 'see-also'] as const;
export type LinkType = (typeof linkTypes)[number];

export interface LinkTo {
  readonly type: LinkType;
  readonly to: number;
}

/** For whom something is done: from the principal, never from what a client says. */
export interface Actor {
  /** `human:robin` */
  readonly human: string;
  /** `agent:claude` */
  readonly agent: string;
}

/** What a caller gives of a new entry; the engine proves it. */
export interface Draft {
  readonly content: string;
  readonly category?: string;
  readonly tags?: readonly string[];
  /** Words it should be found by that it does not hold; a field of its own. */
  readonly keywords?: string;
  /** 0 to 1; a prior of the rank and nothing else. */
  readonly importance?: number;
  /** Where it comes from: a URL, a file, a change. */
  readonly source?: string;
  readonly session?: string;
  readonly visibility?: Visibility;
  /** `human:…`; of a shared entry. */
  readonly readers?: readonly string[];
  readonly sensitive?: boolean;
  readonly validFrom?: Date;
  readonly validTo?: Date;
  readonly links?: readonly LinkTo[];
}

/** What of an entry may be changed; what is absent stays. `content` is the whole new text. */
export type Changes = Partial<Omit<Draft, 'session' | 'links' | 'validTo'>> & {
  /** null: open again. */
  readonly validTo?: Date | null;
};

export interface Entry {
  readonly id: number;
  readonly owner: string;
  readonly author: string;
  readonly visibility: Visibility;
  readonly readers: readonly string[];
  readonly category: string;
  /** Undefined of a sensitive entry. */
  readonly content: string | undefined;
  readonly sensitive: boolean;
  readonly keywords: string;
  readonly tags: readonly string[];
  readonly importance: number;
  readonly source: string | undefined;
  readonly session: string | undefined;
  readonly seq: number | undefined;
  readonly validFrom: Date;
  readonly validTo: Date | undefined;
  readonly recordedAt: Date;
  readonly updatedAt: Date;
  readonly deletedAt: Date | undefined;
  readonly revision: number;
}

/** A date (`2026-03-01`, midnight UTC) or an instant with its offset. */
export const instant = z.union([z.iso.date(), z.iso.datetime({ offset: true })]).transform((text) => new Date(text));
