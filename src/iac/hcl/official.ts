import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { z } from 'zod';

/**
 * HashiCorp's own parser, compiled to WebAssembly: what it takes is HCL, what it refuses is none. It is a Go program that
 * waits to be called. A text nested too deeply ends it, so a program that failed is thrown away and another one started.
 */
export type Verdict =
  | { readonly said: 'valid'; readonly json: unknown }
  | { readonly said: 'invalid'; readonly line: number; readonly what: string }
  /** HCL that has no JSON: blocks of one type with and without labels. */
  | { readonly said: 'inexpressible' }
  | { readonly said: 'failed'; readonly cause: unknown };

type Program = (file: string, text: string) => Promise<string>;

let starting: Promise<Program> | undefined;

/** The name it is told: its diagnostics repeat it. */
const file = 'text.hcl';
const diagnostic = /text\.hcl:(\d+),\d+-(?:\d+,)?\d+: ([^;]*);/;

export async function judge(text: string): Promise<Verdict> {
  starting ??= startProgram();
  const current = starting;
  try {
    const program = await current;
    return { said: 'valid', json: JSON.parse(await program(file, text)) };
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    if (message.startsWith('convert to HCL:')) return { said: 'inexpressible' };
    const [, line, summary = ''] = diagnostic.exec(message) ?? [];
    if (line === undefined) {
      if (starting === current) starting = undefined;
      return { said: 'failed', cause: error };
    }
    // Its summaries are fixed sentences; details quote the source.
    const what = /^[A-Z][A-Za-z ,'-]{2,79}$/.test(summary) ? summary.toLowerCase() : 'not valid HCL';
    return { said: 'invalid', line: Number(line), what };
  }
}

/** What of it is used here; only browsers' types have it whole. */
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<CompiledModule>;
  instantiate(module: CompiledModule, imports: object): Promise<RunningInstance>;
};
type CompiledModule = { readonly compiled: unique symbol };
type RunningInstance = { readonly exports: object };

interface GoProgram {
  readonly importObject: { readonly gojs: Record<string, unknown> };
  exit: (code: number) => void;
  run(instance: RunningInstance): Promise<void>;
}

let compiling: Promise<CompiledModule> | undefined;

/** The package starts the program itself, once: here it is started as often as it is needed. */
async function startProgram(): Promise<Program> {
  const entry = import.meta.resolve('@cdktn/hcl2json');
  await import('@cdktn/hcl2json/wasm/bridge_wasm_exec.js');
  compiling ??= readFile(new URL('../main.wasm.gz', entry))
    .then((packed) => promisify(gunzip)(packed))
    .then((bytes) => WebAssembly.compile(Uint8Array.from(bytes)));
  const Go = z.custom<new () => GoProgram>((made) => typeof made === 'function').parse(Reflect.get(globalThis, 'Go'));
  const go = new Go();
  go.exit = () => {};
  // What a dying Go program writes is of no use to anybody, and quotes the text.
  go.importObject.gojs['runtime.wasmWrite'] = () => {};
  const functions: Functions = {};
  Reflect.set(globalThis, '__parse_terraform_config_wasm__', functions);
  const instance = await WebAssembly.instantiate(await compiling, go.importObject);
  const ended = go.run(instance).then(() => {
    throw new Error('the parser ended');
  });
  // Whoever waits for an answer hears of it; when nobody does, nobody needs to.
  ended.catch(() => {});
  return (name, text) => Promise.race([ended, call(functions, name, text)]);
}

interface Functions {
  parse?: (file: string, text: string, done: (error: unknown, json: string) => void) => void;
}

function call({ parse }: Functions, name: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    if (parse === undefined) throw new Error('the parser did not start');
    parse(name, text, (error, json) => {
      if (error === null || error === undefined) resolve(json);
      else reject(new Error(String(error)));
    });
  });
}
