import { agrees } from './agree.ts';
import { convertFile } from './convert.ts';
import { hclError, unsupported } from './errors.ts';
import { readSyntax, type Syntax } from './grammar.ts';
import { judge, type Verdict } from './official.ts';
import { remembering } from './remembered.ts';
import { type Source, sourceOf } from './source.ts';
import type { HclComment, HclFile } from './syntax.ts';

/**
 * What the largest file of a homelab has, many times over. The official parser cannot be interrupted, and needs time by the
 * square of a heredoc's lines.
 */
const limits = { bytes: 1_000_000, lines: 10_000, bytesTimesLines: 2e9, nodes: 150_000 } as const;

/**
 * Reads one file of HCL: `.tf`, `.hcl`, `.tfvars`. Two parsers read it, and it counts only where they agree: what one of
 * them overlooks can hide nothing. Nothing of the text is executed. The last 8 MB of text are remembered.
 * Errors: `hcl-invalid`, `hcl-too-large`, `hcl-unsupported`, `hcl-reader-failed`.
 */
export const parseHcl = remembering(read, 8_000_000);

async function read(path: string, text: string): Promise<HclFile> {
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.bytes) throw tooLarge(path, `${bytes} bytes`);
  // Both parsers skip a byte order mark; a space keeps the offsets.
  const source = sourceOf(path, text.replace(/^\ufeff/, ' '));
  const lines = source.lineAt(text.length);
  if (lines > limits.lines || bytes * lines > limits.bytesTimesLines) throw tooLarge(path, `${lines} lines`);
  const syntax = await readSyntax(source.text);
  if (syntax.unknownAt !== undefined) throw await whyUnknown(source, syntax.unknownAt);
  if (syntax.size > limits.nodes) throw tooLarge(path, 'too many parts');
  const body = convertFile(source, syntax.root);
  const verdict = await judge(source.text);
  if (verdict.said === 'valid' && agrees(body, verdict.json))
    return { path, body, comments: commentsOf(source, syntax) };
  throw problemOf(source, verdict, 1, 'something in this file');
}

async function whyUnknown(source: Source, offset: number): Promise<Error> {
  const line = source.lineAt(offset);
  const verdict = await judge(source.text);
  return verdict.said === 'failed'
    ? invalid(source.path, line, 'not valid HCL')
    : problemOf(source, verdict, line, 'what stands here');
}

function problemOf({ path }: Source, verdict: Verdict, line: number, what: string): Error {
  if (verdict.said === 'invalid') return invalid(path, verdict.line, verdict.what);
  if (verdict.said !== 'failed') return unsupported(path, line, what);
  return hclError('hcl-reader-failed', {
    message: `${path} could not be read: the parser ended`,
    next: 'look at the file: a text that ends the parser was made for it; the cause is in the log',
    cause: verdict.cause,
  });
}

function tooLarge(path: string, what: string): Error {
  return hclError('hcl-too-large', { message: `${path} has ${what}: it is not read`, next: 'split the file' });
}

function invalid(path: string, line: number, what: string): Error {
  return hclError('hcl-invalid', {
    message: `${path}:${line}: ${what}`,
    next: 'correct the file and propose it again',
  });
}

function commentsOf(source: Source, { comments }: Syntax): readonly HclComment[] {
  return comments.map(({ start, end }) => ({
    text: source.text
      .slice(start, end)
      .replace(/^(#+|\/\/|\/\*+)|\*+\/$/g, '')
      .trim(),
    range: source.rangeOf(start, end),
  }));
}
