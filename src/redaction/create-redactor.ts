import type { JsonValue } from '../kit/index.ts';
import { sentBy } from './echo.ts';
import { patternLayer } from './pattern-layer.ts';
import type { Author, ExtensibleRedactor, Finding, RedactionLayer, Redactor, StructuralRule } from './redactor.ts';
import { type Reading, settledText, settledValue } from './settle.ts';
import { structuralRules } from './structure/rules.ts';

interface RedactorOptions {
  /** Beside the pattern rules, which always run. */
  readonly layers?: readonly RedactionLayer[];
  readonly structuralRules?: readonly StructuralRule[];
}

export function createRedactor(options: RedactorOptions = {}): ExtensibleRedactor {
  const layers: RedactionLayer[] = [patternLayer, ...(options.layers ?? [])];
  const rules: StructuralRule[] = [...structuralRules, ...(options.structuralRules ?? [])];

  /** `echoed`: whether a range of a text is nothing but what the agent sent itself. */
  const redactorFor = (echoed: (text: string, start: number, end: number) => boolean): Redactor => {
    const told = (text: string, findings: readonly Finding[]): Finding[] =>
      findings.filter(({ guessable, start, end }) => guessable !== true || !echoed(text, start, end));
    const readingOf = (author: Author): Reading => ({
      find: (text) => layers.flatMap((layer) => told(text, layer.find(text, author))),
      findNamed: (name, text) => layers.flatMap((layer) => told(text, layer.findNamed?.(name, text, author) ?? [])),
      rules,
    });
    const readings = { others: readingOf('others'), agent: readingOf('agent') };
    const textOf = (author: Author) => (input: string) => {
      const { content, counts } = settledText(readings[author], input);
      return { text: content, counts };
    };
    return {
      text: textOf('others'),
      agentText: textOf('agent'),
      value: <Value extends JsonValue>(input: Value, author: Author = 'others') => {
        const { content, counts } = settledValue(readings[author], input);
        // Same shape: only strings and numbers become strings.
        return { value: content as Value, counts };
      },
      echoing: (sent) => redactorFor(sentBy(sent)),
    };
  };

  return {
    ...redactorFor(() => false),
    addLayer: (layer) => void layers.push(layer),
    addStructuralRule: (rule) => void rules.push(rule),
  };
}
