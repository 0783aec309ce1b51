/**
 * Pages that answer with 200 and are not the service. Only what such pages have in common anywhere is looked for, never a
 * product's own words.
 *
 *  bot wall    asks the visitor to prove to be a human, or to have a browser compute something
 *  login page  asks who it is: here, or at another host it leads to
 *  error page  says in its own title that something is wrong
 */
export type Pretender = 'a bot wall' | 'a login page' | 'a login at another host' | 'an error page';

export interface Page {
  readonly status: number;
  readonly host: string;
  /** Absolute; of a redirect. */
  readonly location: string | undefined;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The first of it; undefined where it is no HTML. */
  readonly html: string | undefined;
}

const loginPath =
  /(?:^|[/._-])(?:log-?in|sign-?in|sso|saml2?|oauth2?|oidc|openid|authorize|authenticate|auth)(?:[/._-]|$)/i;
const wall =
  /(?:checking|verifying) (?:your browser|(?:that )?you are (?:a )?human)|(?:prove|verify|confirm|making sure) (?:that )?you(?:['’]| a)re (?:a human|human|not a (?:bot|robot))|enable javascript and cookies to continue|proof[- ]of[- ]work|just a moment\.\.\.|complete the captcha/i;
const broken =
  /\b(?:40[034]|410|5\d\d)\b|not found|bad gateway|service unavailable|gateway time-?out|internal server error|maintenance|something went wrong|application error|no (?:available )?server|default backend|error\b/i;

export function pretenderOf({ status, host, location, headers, html }: Page): Pretender | undefined {
  if (location !== undefined) {
    const to = URL.parse(location);
    if (to === null || !loginPath.test(to.pathname)) return undefined;
    return to.hostname.toLowerCase() === host ? 'a login page' : 'a login at another host';
  }
  // A wall says so in whatever status it pleases.
  if (Object.entries(headers).some(([name, value]) => /-mitigated$/.test(name) && /challenge/i.test(value ?? ''))) {
    return 'a bot wall';
  }
  if (html === undefined) return undefined;
  const title = textOf(/<title[^>]*>([^<]{0,300})/i.exec(html)?.[1] ?? '');
  if (wall.test(title) || wall.test(textOf(html.slice(0, 16_000)))) return 'a bot wall';
  if (status >= 200 && status < 300 && broken.test(title)) return 'an error page';
  if (/<input\b[^>]{0,300}\btype\s*=\s*["']?password/i.test(html)) return 'a login page';
  return undefined;
}

function textOf(html: string): string {
  return html
    .replace(/<(script|style)\b[^>]{0,1000}>/gi, ' ')
    .replace(/<[^<>]{0,1000}>/g, ' ')
    .replace(/&#(?:39|x27);|&apos;|&rsquo;/gi, "'")
    .replace(/\s+/g, ' ');
}
