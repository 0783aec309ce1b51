import { markerEnd } from '../../redaction/marker.ts';
import { isSecretName } from './names.ts';

/** Replaces a value; the rule is what the answer counts. */
export type Withhold = (rule: string, value: string) => string;

const pem = /-----BEGIN [A-Z0-9 ]{1,40}-----[\s\S]*?(?:-----END [A-Z0-9 ]{1,40}-----|$)/g;
const userinfo = /([a-z][a-z0-9+.-]{0,20}:\/\/)([^\s'"<>]{1,300})@/gi;
const authorization = /\b(bearer|basic)(\s{1,3})([A-Za-z0-9._~+/=-]{6,})/gi;
/** A name and what follows it up to its value. The value is read apart, so that `why: token=x` is seen as two. */
const assigned = /(?<![\w.-])((?:--?)?[A-Za-z_][\w.-]{1,80})(["']?)(\s{0,3}[=:]\s{0,3})/g;
const assignedValue = /"(?:[^"\\\n]|\\.){1,4096}"|'(?:[^'\\\n]|\\.){1,4096}'|\S{1,4096}/y;
const blob = /[A-Za-z0-9+/_-]{120,}={0,2}/g;

/**
 * Takes secrets out of a line of text by how they are written: PEM blocks, userinfo in URLs, authorization headers,
 * assignments to a secret name (`--password=x`, `token: x`, `"apiKey":"x"`), long unbroken base64.
 */
export function scrubText(text: string, withhold: Withhold): string {
  if (text.length < 6) return text;
  const plain = text
    .replace(pem, (block) => withhold('pem', block))
    .replace(userinfo, (all, scheme: string, user: string) =>
      isMarker(user) ? all : `${scheme}${withhold('url-userinfo', user)}@`,
    )
    .replace(authorization, (all, scheme: string, gap: string, value: string) =>
      value.length >= 16 || /\d/.test(value) ? `${scheme}${gap}${withhold('authorization', value)}` : all,
    );
  return scrubAssignments(plain, withhold).replace(blob, (value) => withhold('blob', value));
}

function scrubAssignments(text: string, withhold: Withhold): string {
  const kept: string[] = [];
  let done = 0;
  for (const match of text.matchAll(assigned)) {
    const [all, name = '', quote = '', separator = ''] = match;
    if (match.index < done || !isSecretName(name.replace(/^-+/, '')) || standsInMarker(text, match.index)) continue;
    // "could not fetch token: unexpected status" is prose: a colon and a space assign only where a field may start.
    const prose = /^:\s/.test(separator.trimStart()) && quote === '' && !startsField(text, match.index);
    assignedValue.lastIndex = match.index + all.length;
    const value = assignedValue.exec(text)?.[0];
    if (prose || value === undefined || isReference(value) || isMarker(value)) continue;
    if (/^(?:bearer|basic)$/i.test(value) && /^\s{1,3}«redacted:/.test(text.slice(assignedValue.lastIndex))) continue;
    kept.push(text.slice(done, match.index), all, withhold('assignment', value));
    done = assignedValue.lastIndex;
  }
  return kept.length === 0 ? text : kept.join('') + text.slice(done);
}

/** Argument by argument, because a flag's value may be the next one. */
export function scrubArguments(items: readonly string[], withhold: Withhold): string[] {
  return items.map((item, index) => {
    const flag = /^--?([A-Za-z][\w.-]*)$/.exec(items[index - 1] ?? '')?.[1];
    if (flag !== undefined && !item.startsWith('-') && !isReference(item)) {
      if (isSecretName(flag)) return withhold('argument', item);
      if (/^(?:u|user)$/.test(flag) && item.includes(':')) {
        const user = item.slice(0, item.indexOf(':'));
        return `${user}:${withhold('argument', item.slice(user.length + 1))}`;
      }
    }
    return scrubText(item, withhold).replace(
      /(^|\s)(-u|--user)([ =])([^\s:]{1,100}):(\S{1,300})/g,
      (_all, before: string, name: string, gap: string, user: string, password: string) =>
        `${before}${name}${gap}${user}:${withhold('argument', password)}`,
    );
  });
}

/** `$(NAME)` and `${NAME}` say where the value comes from, not what it is. */
function isReference(value: string): boolean {
  return /^["']?\$(?:\([A-Za-z_]\w{0,80}\)|\{[A-Za-z_]\w{0,80}\})["']?$/.test(value);
}

function isMarker(value: string): boolean {
  return /^["']?«redacted:[a-z0-9-]{1,40}(?::[A-Za-z0-9-]{1,24})?»["']?$/.test(value);
}

/** `«redacted:authorization:f1a9c2»` assigns nothing, though it reads so. */
function standsInMarker(text: string, offset: number): boolean {
  const start = text.lastIndexOf('«', offset);
  return start !== -1 && markerEnd(text, start) > offset;
}

function startsField(whole: string, offset: number): boolean {
  return /(?:^|[\n{[,])[\s-]*$/.test(whole.slice(Math.max(0, offset - 40), offset));
}
