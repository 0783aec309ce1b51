/** A shell command as its grammar has it. A piece is a part of a word. */
export interface TextPiece {
  readonly kind: 'text';
  readonly text: string;
  /** Neither split, nor a pattern, nor a brace. */
  readonly quoted: boolean;
}

export interface CommandPiece {
  readonly kind: 'command';
  readonly body: Pipelines;
  readonly quoted: boolean;
}

/** `<(…)`, or `>(…)` when what is written goes into it. */
export interface ProcessPiece {
  readonly kind: 'process';
  readonly body: Pipelines;
  readonly into: boolean;
}

/** `$((…))`: the substitutions inside. */
export interface SumPiece {
  readonly kind: 'sum';
  readonly pieces: Word;
}

export interface ParameterPiece {
  readonly kind: 'parameter';
  readonly name: string;
  readonly index: string | undefined;
  readonly operator: string;
  readonly argument: Word;
  readonly quoted: boolean;
  /** `${#name}` */
  readonly length: boolean;
  /** `${!name}` */
  readonly indirect: boolean;
}

export type Piece = TextPiece | CommandPiece | ProcessPiece | SumPiece | ParameterPiece;
export type Word = readonly Piece[];

export interface Redirection {
  readonly from: string;
  readonly operator: string;
  /** A here-document's is read behind the line. */
  target: Word;
}

interface Assigned {
  readonly name: string;
  readonly adds: boolean;
}

export type Assignment = Assigned &
  ({ readonly array: false; readonly word: Word } | { readonly array: true; readonly words: readonly Word[] });

export interface SimpleCommand {
  readonly kind: 'simple';
  readonly assignments: Assignment[];
  readonly words: Word[];
  readonly redirections: Redirection[];
}

export interface Group {
  readonly kind: 'group';
  readonly body: Pipelines;
  /** It may run or not. */
  readonly branch: boolean;
  readonly redirections: Redirection[];
}

/** Words that are looked at and not run: `[[ … ]]`, `(( … ))`, the word of a case. */
export interface Words {
  readonly kind: 'words';
  readonly pieces: Word;
  readonly redirections: Redirection[];
}

export interface Loop {
  readonly kind: 'for';
  readonly name: string;
  readonly words: readonly Word[] | undefined;
  readonly body: Pipelines;
  readonly redirections: Redirection[];
}

export interface Definition {
  readonly kind: 'function';
  readonly name: string;
  readonly body: Command;
  readonly redirections: Redirection[];
}

export type Command = SimpleCommand | Group | Words | Loop | Definition;
export type Pipelines = readonly (readonly Command[])[];

export function plain(text: string): TextPiece {
  return { kind: 'text', text, quoted: false };
}

export function literal(text: string): TextPiece {
  return { kind: 'text', text, quoted: true };
}
