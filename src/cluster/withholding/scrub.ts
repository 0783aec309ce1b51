import { markerEnd } from '../../redaction/marker.ts';
import { isSecretName, isSecretValue } from './names.ts';

/** Replaces a value; the rule is what the answer counts. */
export type Withhold = (rule: string, value: string) => string;

const pem = /-----BEGIN [A-Z0-9 ]{1,40}-----[\s\S]*?(?:-----END [A-Z0-9 ]{1,40}-----|$)/g;
const userinfo = /([a-z][a-z0-9+.-]{0,20}:\/\/)([^\s'"<>]{1,300})@/gi;
/** `//backup:…@nas/share`, as mounts are written. */
const shareLogin = /(?<![:\w])(\/\/)([^\s'"<>:@/]{1,100}:[^\s'"<>@]{1,200})@/g;
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
    .replace(shareLogin, (all, slashes: string, user: string) =>
      isMarker(user) ? all : `${slashes}${withhold('url-userinfo', user)}@`,
    )
    .replace(authorization, (all, scheme: string, gap: string, value: string) =>
      value.length >= 16 || /\d/.test(value) ? `${scheme}${gap}${withhold('authorization', value)}` : all,
    );
  return scrubAssignments(plain, withhold).replace(blob, (value) => withhold('blob', value));
}

function scrubAssignments(text: string, withhold: Withhold): string {
  const kept: string[] = [];
  let done = 0;
  // Looked for once: in a text without any, looking before each name again takes ever longer.
  const isMarked = text.includes('«');
  for (const match of text.matchAll(assigned)) {
    const [all, name = '', quote = '', separator = ''] = match;
    const plain = name.replace(/^-+/, '');
    const isFlag = plain !== name;
    if (match.index < done || !(isSecretName(plain) || isFlag)) continue;
    if (isMarked && standsInMarker(text, match.index)) continue;
    // "could not fetch token: unexpected status" is prose: a colon and a space assign only where a field may start.
    const prose = /^:\s/.test(separator.trimStart()) && quote === '' && !startsField(text, match.index);
    assignedValue.lastIndex = match.index + all.length;
    const value = assignedValue.exec(text)?.[0];
    if (prose || value === undefined || isReference(value) || isMarker(value)) continue;
    if (!isSecretName(plain) && !isSecretValue(plain, value)) continue;
    if (/^(?:bearer|basic)$/i.test(value) && /^\s{1,3}«redacted:/.test(text.slice(assignedValue.lastIndex))) continue;
    kept.push(text.slice(done, match.index), all, withhold('assignment', value));
    done = assignedValue.lastIndex;
  }
  return kept.length === 0 ? text : kept.join('') + text.slice(done);
}

/** Programs that take a password by a flag, or in a place, without a telling name. What stands before it, then it. */
const logins: readonly RegExp[] = [
  /(\b(?:mysql|mariadb)[\w-]{0,20}\b[^|;&\n]{0,300}?\s-p)([^\s'"]+)/g,
  /(\b(?:redis|valkey|keydb)-cli\b[^|;&\n]{0,300}?\s-a\s{1,3})(\S+)/g,
  /(\bldap[a-z]{2,10}\b[^|;&\n]{0,300}?\s-w\s{0,3})(\S+)/g,
  /(\bmongo[a-z]{0,12}\b[^|;&\n]{0,300}?\s-p\s{1,3})(\S+)/g,
  /(\bsshpass\s[^|;&\n]{0,60}?-p\s{0,3})(\S+)/g,
  /(\b(?:docker|podman|nerdctl|helm|skopeo|buildah|crane|oras|oc|az)\b[^|;&\n]{0,60}\blogin\s[^|;&\n]{0,300}?-p\s{1,3})(\S+)/g,
  /(\b(?:vault|bao)\s{1,3}login\s{1,3}(?:-[\w-]{1,40}(?:=\S{1,100})?\s{1,3}){0,5})([^\s=-][^\s=]{5,})(?=\s|$)/g,
  /((?<=\s|^)(?:-u|--user)[ =][^\s:]{1,100}:)(?!\d{1,6}(?:\s|$))(\S{1,300})/g,
  /((?<=\s|^)--?[A-Za-z][\w.-]{1,80}\s{1,3})([^\s-]\S*)/g,
];

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where passwords stand in a command line, in order and apart from each other. */
function loginsIn(line: string): readonly Range[] {
  const found = logins.flatMap((form) =>
    [...line.matchAll(form)].flatMap(({ index, 1: before = '', 2: value = '' }): Range[] => {
      const flag = /(?:^|\s)--?([A-Za-z][\w.-]{1,80})\s+$/.exec(before)?.[1];
      const byName = flag !== undefined && form === logins.at(-1);
      if (isReference(value) || isMarker(value) || (byName && !isSecretFlag(flag, value))) return [];
      return [{ start: index + before.length, end: index + before.length + value.length }];
    }),
  );
  let done = 0;
  return found
    .sort((a, b) => a.start - b.start)
    .filter(({ start, end }) => {
      const isApart = start >= done;
      done = Math.max(done, end);
      return isApart;
    });
}

function isSecretFlag(flag: string, value: string): boolean {
  return isSecretName(flag) || isSecretValue(flag, value);
}

/** As one line, because a flag's value may be the next argument and a program's name the first. */
export function scrubArguments(items: readonly string[], withhold: Withhold): string[] {
  const found = loginsIn(items.join(' '));
  let [offset, next] = [0, 0];
  return items.map((item) => {
    const end = offset + item.length;
    let [kept, done] = ['', 0];
    // None reaches over two arguments: there is no blank in it.
    for (let range = found[next]; range !== undefined && range.end <= end; range = found[next]) {
      const [from, to] = [range.start - offset, range.end - offset];
      kept += item.slice(done, from) + withhold('argument', item.slice(from, to));
      done = to;
      next += 1;
    }
    offset = end + 1;
    return scrubText(kept + item.slice(done), withhold);
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
