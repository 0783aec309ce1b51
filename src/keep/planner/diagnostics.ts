import { z } from 'zod';
import type { RawDiagnostic } from './port.ts';
import { parseQuietly } from './quiet-json.ts';

/** What an engine said went wrong, from its stream of JSON lines or from its words. All of it is raw. */

const mostDiagnostics = 100;
const longest = 8_000;

const line = z.object({
  type: z.literal('diagnostic'),
  diagnostic: z.object({
    severity: z.string(),
    summary: z.string(),
    detail: z.string().default(''),
    address: z.string().optional(),
    range: z.object({ filename: z.string(), start: z.object({ line: z.int() }) }).optional(),
  }),
});

export interface Said {
  readonly diagnostics: readonly RawDiagnostic[];
  /** `OpenTofu 1.12.6`, where the stream says it. */
  readonly engine: string | undefined;
}

const version = z.object({ type: z.literal('version'), terraform: z.string().optional(), tofu: z.string().optional() });

/** `plan -json`. Lines that are none of its are passed over. */
export function readStream(text: string, pathOf: (name: string) => string): Said {
  const diagnostics: RawDiagnostic[] = [];
  let engine: string | undefined;
  for (const raw of text.split('\n')) {
    if (!raw.startsWith('{')) continue;
    const value = parseQuietly(raw);
    const said = version.safeParse(value).data;
    if (said !== undefined)
      engine ??= said.tofu === undefined ? `Terraform ${said.terraform}` : `OpenTofu ${said.tofu}`;
    const found = line.safeParse(value).data?.diagnostic;
    if (found === undefined || found.severity !== 'error' || diagnostics.length >= mostDiagnostics) continue;
    const { summary, detail, address, range } = found;
    diagnostics.push({
      summary: summary.slice(0, longest),
      detail: detail.slice(0, longest),
      ...(range === undefined ? {} : { file: pathOf(range.filename), line: range.start.line }),
      ...(address === undefined ? {} : { address }),
    });
  }
  return { diagnostics, engine };
}

/** Of Terragrunt's own log, which follows what the engine said. */
const runnerLine = /^\d\d:\d\d:\d\d\.\d{3} /m;

/** What a program without `-json` said: each `Error: …` with what follows it, or else the end of it all. */
export function readWords(stdout: string, stderr: string, pathOf: (name: string) => string): readonly RawDiagnostic[] {
  const text = `${stdout}\n${stderr}`
    .replaceAll(/^.*? (?:STDOUT|STDERR) (?:terraform|tofu): ?/gm, '')
    .replaceAll(/^[╷│╵] ?/gm, '');
  const parts = text.split(/^Error: /m).slice(1, mostDiagnostics + 1);
  if (parts.length === 0) {
    const end = stderr.trim() === '' ? stdout : stderr;
    return [{ summary: 'the program failed', detail: end.trim().slice(-longest) }];
  }
  return parts.map((part) => {
    const [summary = '', ...rest] = part.split('\n');
    const [words = ''] = rest.join('\n').split(runnerLine, 1);
    const detail = words.trim();
    const [, file, number] = /^\s*on (\S+) line (\d+)/m.exec(detail) ?? [];
    return {
      summary: summary.slice(0, longest),
      detail: detail.slice(0, longest),
      ...(file === undefined ? {} : { file: pathOf(file), line: Number(number) }),
    };
  });
}
