import type { Finding } from './finding.ts';
import type { Meter } from './limits.ts';
import { UNKNOWN } from './marks.ts';
import type { Command, Pipelines } from './syntax.ts';

/** An array has several. */
export type Value = string | readonly string[];

/** So many values of one variable are remembered. */
const mostValues = 12;

/** What a script has set, written and defined so far, and what was found. */
export abstract class State {
  readonly findings: Finding[] = [];
  commands = 0;
  readonly aliases = new Map<string, string>();
  /** Undefined where nobody knows who calls. */
  arguments: readonly string[] | undefined = [];
  readonly meter: Meter;
  protected readonly variables = new Map<string, readonly Value[]>();
  protected readonly functions = new Map<string, Command>();
  protected readonly files = new Map<string, string>();
  /** Commands that read what is written to a path, of `>(…)`. */
  protected readonly sinks = new Map<string, Pipelines>();
  protected readonly fed = new Set<Pipelines>();
  protected zero = UNKNOWN;
  /** Above 0 inside of what may run or not. */
  protected branches = 0;
  /** Which of the values that its variables may have a command is read with. */
  protected variant = 0;
  protected most = 1;
  /** Above 0: what is read may not be what runs, so only what is certain is a finding. */
  protected doubt = 0;

  constructor(meter: Meter) {
    this.meter = meter;
  }

  protected abstract list(pipelines: Pipelines, stdin: string | undefined): string;

  find(finding: Omit<Finding, 'place'>): void {
    if (this.doubt === 0 || finding.kind !== 'unknown') this.findings.push({ place: this.commands, ...finding });
  }

  spend(text: string): string {
    this.meter.spend(text.length + 1);
    return text;
  }

  /** Puts a text in all places of a mark, if that does not make too much. */
  fill(text: string, mark: string, by: string): string {
    this.meter.spend(text.length + (text.split(mark).length - 1) * by.length + 1);
    return text.replaceAll(mark, () => by);
  }

  assign(name: string, value: Value, adds = false, beside = false): void {
    const known = this.variables.get(name) ?? [];
    const last = known.at(-1);
    const whole = !adds || last === undefined ? value : added(last, value);
    this.spend(typeof whole === 'string' ? whole : whole.join(' '));
    const keeps = this.branches > 0 || this.variant > 0 || (beside && known.length > 0);
    this.variables.set(name, keeps ? [...known, whole].slice(-mostValues) : [whole]);
  }

  /** One more value that it may have. */
  mayBe(name: string, value: string): void {
    this.variables.set(name, [...(this.variables.get(name) ?? []), value].slice(-mostValues));
  }

  protected lookUp(name: string, index?: string): Value | undefined {
    if (name === '@' || name === '*') return this.arguments;
    if (name === '0') return this.zero;
    if (/^\d+$/.test(name)) return this.arguments === undefined ? undefined : (this.arguments[Number(name) - 1] ?? '');
    const values = this.variables.get(name);
    if (values === undefined) return name === 'IFS' ? ' ' : undefined;
    this.most = Math.max(this.most, values.length);
    const value = values[Math.min(this.variant, values.length - 1)];
    if (typeof value === 'string' || value === undefined) return value;
    return index === '@' || index === '*' ? value : (value[Number(index ?? 0)] ?? '');
  }

  write(path: string, text: string, adds: boolean): void {
    const sink = this.sinks.get(path);
    const name = fileName(path);
    if (sink === undefined) this.files.set(name, this.spend(adds ? (this.files.get(name) ?? '') + text : text));
    else {
      this.fed.add(sink);
      this.list(sink, text);
    }
  }

  /** What the text itself wrote into a file. */
  file(path: string | undefined): string | undefined {
    return this.files.get(fileName(path ?? ''));
  }
}

function fileName(path: string): string {
  return path.replace(/^\.\//, '');
}

function added(last: Value, value: Value): Value {
  if (typeof last !== 'string') return [...last, ...[value].flat()];
  return `${last}${value}`;
}
