import type { ClusterObject, ListOptions } from '../reader.ts';
import type { Section } from './section.ts';
import type { Surroundings } from './surroundings.ts';

/** What is read around the objects of a kind, and what is said of them. */
export interface Profile {
  /** Beside the object, by kind id. Kinds the API server does not serve are left out. */
  needs(object: ClusterObject): Readonly<Record<string, Need>>;
  /** Which pods are looked at: those it made (or has, or leads to), or those its label selector selects. */
  readonly pods: 'own' | 'selected' | 'none';
  /** Whose usage is measured, if anybody's. */
  readonly usage?: 'pods' | 'nodes';
  /** What it is and does. */
  readonly parts: readonly Part[];
  /** What it has to do with others. */
  readonly relations: readonly Part[];
}

export type Need = Omit<ListOptions, 'signal' | 'resourceVersion'>;

export type Part = (around: Surroundings) => Section | undefined;
