import type { FieldWish } from '../../../src/change/wire/edit.ts';

/** The words of one denied command, as the shell would hand them to the program. */
export interface DeniedWords {
  readonly argv: readonly string[];
  /** What it would have read: a patch, a manifest. */
  readonly stdin?: string | undefined;
}

/** What a denied command would have done, as far as its words say it. */
export type DeniedCommand =
  | {
      readonly is: 'edit';
      /** As in manifests: `Deployment`. Of a Helm release: `HelmRelease`. */
      readonly kind: string;
      readonly name: string;
      /** Undefined: the command did not say it. */
      readonly namespace: string | undefined;
      readonly wishes: readonly FieldWish[];
      /** False: the command means every container the object has; the paths say `{ only: true }`, true of an object that has one. */
      readonly containersNamed: boolean;
      /** What the command would have done beside it, which no wish says. Our words, at most 160 characters. */
      readonly besides?: string;
    }
  | {
      /** It would only have been looked at, or what it would change is not said by its words. */
      readonly is: 'look';
      readonly kind: string;
      readonly name: string;
      readonly namespace: string | undefined;
    }
  /** Our words, at most 160 characters. */
  | { readonly is: 'none'; readonly why: string };

export type ReadDeniedCommand = (words: DeniedWords) => DeniedCommand;
