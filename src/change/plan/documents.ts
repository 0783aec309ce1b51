import { parseAllDocuments } from 'yaml';
import { isList, isObject } from './plan-json.ts';
import type { PlanValue } from './reading.ts';

/**
 * Strings of a plan that are documents themselves: `yaml_body`, `manifest`, the `values` of a chart, policies. One that does not
 * parse, or is no mapping, stays the text it is.
 */
const longestDocument = 512 * 1_024;
const mappingStart =
  /^(?:\s|#[^\n]*(?:\n|$)|---[^\n]*(?:\n|$))*(?:[{[]|(?:- +)?(?:"[^"\n]*"|'[^'\n]*'|[^\s"'#:{[][^:\n]*):(?:\s|$))/;

/** The mapping, or a list of mappings; of several YAML documents the list of them. */
export type ReadDocument = (text: string) => PlanValue | undefined;

/** Reads each text once. */
export function createDocumentReader(): ReadDocument {
  const known = new Map<string, PlanValue | undefined>();
  return (text) => {
    if (text.length < 4 || text.length > longestDocument || !mappingStart.test(text)) return undefined;
    if (known.has(text)) return known.get(text);
    const value = parseDocument(text);
    known.set(text, value);
    return value;
  };
}

function parseDocument(text: string): PlanValue | undefined {
  const value = parseJson(text) ?? parseYaml(text);
  if (isObject(value)) return value;
  return isList(value) && value.length > 0 && value.every(isObject) ? value : undefined;
}

function parseJson(text: string): PlanValue | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return plain(JSON.parse(text), 0);
  } catch {
    // Flow style of YAML may begin like this too; nested too deep, it is nothing to YAML either.
    return undefined;
  }
}

function parseYaml(text: string): PlanValue | undefined {
  try {
    const documents = parseAllDocuments(text, { logLevel: 'silent', uniqueKeys: true });
    if ('empty' in documents || documents.some(({ errors }) => errors.length > 0)) return undefined;
    const values = documents.map((document) => plain(document.toJS({ maxAliasCount: 100 }), 0));
    return values.length === 1 ? values[0] : values.filter((value) => value !== null);
  } catch {
    // Too many aliases, nested too deep, a key that is no text: it stays a text.
    return undefined;
  }
}

const deepest = 60;

/** What YAML can say and JSON cannot (dates, not-a-number, binary) is refused. */
function plain(value: unknown, depth: number): PlanValue {
  if (depth > deepest) throw new RangeError('nested too deep');
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, depth + 1)]));
  throw new TypeError('no value of JSON');
}
