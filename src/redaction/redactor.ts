import type { JsonObject, JsonValue, Redact } from '../kit/index.ts';

/**
 * Glossary of redaction.
 *
 *  finding     a range of a text that must not leave, the rule that found it, and what stands there instead
 *  marker      `«redacted:rule»`, `«redacted:rule:detail»`, or of a known value its label: `«secret:secret/apps/mail#password@v3»`;
 *              holds no quote and no backslash, so JSON and YAML stay valid
 *  layer       finds ranges in a text: the pattern rules, the encodings, the known values
 *  structural  rule: looks at one JSON object and names the leaves below it that must not leave
 *  round       strip hidden characters → every layer → merge → one rewrite; rounds repeat until nothing is found, so
 *              redacting a redacted text changes nothing. A text that does not settle is withheld as a whole.
 */
export interface Finding {
  /** UTF-16 offsets; `end` is behind the last character. */
  readonly start: number;
  readonly end: number;
  /** Short kebab-case name; what counts are kept by. */
  readonly rule: string;
  /** Found by what stands around it: gives way to a rule that knows the range by its own shape. */
  readonly byContext?: true;
  /** A known value of class b or c: an answer that masks what the agent sent would tell it that the guess was right. */
  readonly guessable?: true;
  /** Of a known value: what it is called, as `labelText` writes it. Shown instead of the rule. */
  readonly label?: string;
  /** A harmless fact that helps a reader: the algorithm of a JWT. Letters, digits and hyphens. */
  readonly detail?: string;
  /** What stands there instead, when it is more than the marker: an edit inside a JSON document. */
  readonly replacement?: string;
}

/** Who wrote a text decides what may be told of it: what an agent wrote must not become a guess that is answered. */
export type Author =
  /** The homelab: every class of known value, with its label. */
  | 'others'
  /** An agent, in this call or an earlier one: class a only, and no label. */
  | 'agent';

/** A layer that throws withholds the whole text: it must not be possible to get past one by breaking it. */
export interface RedactionLayer {
  readonly name: string;
  /** Work must grow linearly with the text. */
  find(text: string, author: Author): readonly Finding[];
  /** In a string or number that stands behind this name in a value: for what is only found behind its name. */
  findNamed?(name: string, text: string, author: Author): readonly Finding[];
}

export type LeafPath = readonly (string | number)[];

export interface StructuralRule {
  readonly name: string;
  /** One of these occurs in every JSON text the rule can fire on; lets most texts be passed over unparsed. */
  readonly keywords: readonly string[];
  /** Paths below `object`: every string and number at or below one is masked, but for the empty string. */
  hides(object: JsonObject): Iterable<LeafPath>;
}

/** How many markers each rule left, by rule name. */
export type RedactionCounts = Readonly<Record<string, number>>;

/**
 * The one choke point. Every byte that leaves passes it: tool answers (before they are filtered or cut), structured
 * content, errors, progress, resources, prompts, log lines, database rows.
 */
export interface Redactor {
  readonly text: Redact;
  /** What an agent wrote, also where it is shown again; and what passes last, when nobody knows any more who wrote it. */
  readonly agentText: Redact;
  /** Every string leaf and every key; also leaves of any kind that their key names or a structural rule give away. */
  value<Value extends JsonValue>(
    value: Value,
    author?: Author,
  ): { readonly value: Value; readonly counts: RedactionCounts };
  /**
   * The same, for the answer to a call in which the agent sent these strings: a known value short enough to be guessed
   * (class b and c) is left alone where the agent sent it itself, for a mask would tell it that the guess was right.
   */
  echoing(sent: readonly string[]): Redactor;
}

/** What the process that owns the redactor sees; everyone else gets a `Redactor`. */
export interface ExtensibleRedactor extends Redactor {
  addLayer(layer: RedactionLayer): void;
  addStructuralRule(rule: StructuralRule): void;
}
