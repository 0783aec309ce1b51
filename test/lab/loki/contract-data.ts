/**
 * What was pushed to the Loki whose answers are recorded, and what it was asked. The recorder and the contract test both
 * read this: a change here needs new recordings.
 */

/** 2026-09-01T00:00:00Z */
const begin = 1_788_220_800;
const end = begin + 600;

const nanoseconds = (second: number, rest = 0): string => `${begin + second}${String(rest).padStart(9, '0')}`;

const cart = { namespace: 'shop', app: 'cart', pod: 'cart-1', container: 'cart', stream: 'stdout' };
const web = { namespace: 'shop', app: 'web', pod: 'web-1', container: 'web', stream: 'stdout' };
const dns = { namespace: 'infra', app: 'dns', pod: 'dns-1', container: 'dns', stream: 'stderr' };
const cron = { job: 'cron', namespace: 'infra' };

function cartLine(index: number): string {
  const failed = index % 4 === 3;
  const took = failed ? '1.2s' : `${12 + index}ms`;
  const level = failed ? 'error' : 'info';
  return `level=${level} method=GET path=/cart/${index} status=${failed ? 500 : 200} took=${took} size=${index}.5KB msg="item ${index}"`;
}

function webLine(index: number): string {
  const request = { path: `/page/${index}`, id: index };
  return JSON.stringify({ level: index % 5 === 4 ? 'warn' : 'info', status: 200 + index * 50, app: 'clash', request });
}

export const pushed = {
  streams: [
    { stream: cart, values: Array.from({ length: 20 }, (_, index) => [nanoseconds(index * 30), cartLine(index)]) },
    {
      stream: web,
      values: [
        ...Array.from({ length: 8 }, (_, index) => [nanoseconds(15 + index * 60), webLine(index)]),
        [nanoseconds(500), 'not JSON at all'],
        [nanoseconds(501), '{"level": "cut'],
        [nanoseconds(502), '{"ok": true, "price": 1.50, "none": null, "tags": ["a", "b"], "odd-key": "x", "9th": "y"}'],
        [nanoseconds(503), '{"level": "", "deep": {"er": {"still": "here"}}}'],
        [nanoseconds(504), '[1, 2]'],
      ],
    },
    {
      stream: dns,
      values: [
        [nanoseconds(0, 1), 'WARN slow query for example.net'],
        [nanoseconds(0, 2), 'ERROR timeout of 192.0.2.53'],
        [nanoseconds(60), '\u001b[31merror\u001b[0m in colour'],
        [nanoseconds(60), 'the second line of one moment'],
        [nanoseconds(60), 'the second line of one moment'],
        [nanoseconds(61), 'ünïcode → 漢字 😀'],
        [nanoseconds(62), 'a="quoted \\" value" b c=d'],
        [nanoseconds(63), 'took=soon status=none size=big'],
        [nanoseconds(64), ''],
      ],
    },
    {
      stream: cron,
      values: [
        [nanoseconds(120), 'level=info msg="it began"'],
        [nanoseconds(300), 'level=info msg="it ended" = broken'],
      ],
    },
  ],
};

export interface Asked {
  readonly name: string;
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const window = { start: `${begin}000000000`, end: `${end}000000000` };

const range = (name: string, query: string, more: Readonly<Record<string, string>> = {}): Asked => ({
  name,
  path: '/loki/api/v1/query_range',
  parameters: { query, ...window, ...more },
});

const instant = (name: string, query: string, more: Readonly<Record<string, string>> = {}): Asked => ({
  name,
  path: '/loki/api/v1/query',
  parameters: { query, time: `${end}`, ...more },
});

const about = (name: string, path: string, parameters: Readonly<Record<string, string>>): Asked => ({
  name,
  path: `/loki/api/v1/${path}`,
  parameters,
});

const lines: readonly Asked[] = [
  range('newest first', '{namespace="shop"}', { limit: '7' }),
  range('oldest first', '{namespace="shop"}', { limit: '7', direction: 'forward' }),
  range('one line of many streams', '{namespace=~"shop|infra"}', { limit: '1' }),
  range('a hundred by default', '{namespace=~".+"}'),
  range('matchers of every kind', '{namespace="shop", app!="web", pod=~"cart-.*", container!~"w.*"}', { limit: '2' }),
  range('lines with a text', '{namespace=~".+"} |= "error"'),
  range('lines without a text', '{app="cart"} != "level=info"'),
  range('lines with one of two texts', '{app="dns"} |= "WARN" or "ERROR"'),
  range('lines by a pattern', '{app="dns"} |~ "(?i)error|[0-9]+\\\\.[0-9]+"'),
  range('lines not by a pattern', '{app="dns"} !~ `^[A-Z]+ `'),
  range('no line at all', '{app="nobody"}'),
  range('times by date', '{app="cart"}', { start: '2026-09-01T00:01:00Z', end: '2026-09-01T00:02:30.5+00:00' }),
  range('times in seconds', '{app="cart"}', { start: `${begin + 60}`, end: `${begin + 150}.5` }),
  range('JSON', '{app="web"} | json'),
  range('JSON, some fields', '{app="web"} | json id="request.id", path="request[\\"path\\"]", status', { limit: '3' }),
  range('JSON, a number', '{app="web"} | json | status >= 400', { limit: '20' }),
  range('JSON, whole lines only', '{app="web"} | json | __error__=""', { limit: '3' }),
  range('logfmt', '{app="cart"} | logfmt', { limit: '3' }),
  range('logfmt of odd lines', '{app="dns"} | logfmt'),
  range('logfmt, strict', '{namespace="infra"} | logfmt --strict'),
  range('logfmt, some fields', '{app="cart"} | logfmt level, code="status"', { limit: '3' }),
  range('a duration', '{app="cart"} | logfmt | took > 500ms'),
  range('a size', '{app="cart"} | logfmt | size >= 15KB'),
  range('and, or', '{app="cart"} | logfmt | level="error" and (status=500 or path="/cart/3"), path!="/cart/7"'),
  range('what cannot be compared', '{app="dns"} | logfmt | status > 5 or took > 1s'),
];

const series: readonly Asked[] = [
  range('a count', 'count_over_time({namespace="shop"}[2m])', { step: '120' }),
  range('a rate', 'rate({app="cart"} |= "error" [5m])', { step: '60s' }),
  range('bytes by app', 'sum by (app) (bytes_over_time({namespace="shop"}[5m]))', { step: '300' }),
  range('grouped behind', 'sum(count_over_time({namespace=~".+"}[5m])) by (namespace, app)', { step: '300' }),
  range('without', 'max without (pod, container) (rate({namespace="shop"}[10m]))', { step: '600' }),
  range('the most', 'topk(1, sum by (app) (count_over_time({namespace=~".+"}[10m])))', { step: '600' }),
  range('by a field', 'sum by (level) (count_over_time({app="cart"} | logfmt [10m]))', { step: '300' }),
  range('an offset', 'count_over_time({app="cart"}[1m] offset 5m)', { step: '60' }),
  range('the default step', 'sum(count_over_time({app="cart"}[10s]))', { end: `${begin + 60}` }),
  range('a whole that is missing', 'absent_over_time({app="nobody"}[5m])', { step: '300' }),
  range('no series at all', 'count_over_time({app="nobody"}[5m])'),
  instant('by app, now', 'sum by (app) (count_over_time({namespace=~".+"}[10m]))'),
  instant('all, now', 'sum(rate({namespace=~".+"}[10m]))'),
  instant('the two most, now', 'topk(2, sum by (app) (bytes_rate({namespace=~".+"}[10m])))'),
  instant('nothing, now', 'sum(rate({app="nobody"}[10m]))'),
  instant('count, average, least', 'avg(count_over_time({namespace="shop"}[10m]))', { time: `${end}.25` }),
];

const labels: readonly Asked[] = [
  about('label names', 'labels', window),
  about('label names of some streams', 'labels', { ...window, query: '{app="dns"}' }),
  about('label values', 'label/app/values', window),
  about('label values of some streams', 'label/pod/values', { ...window, query: '{namespace="shop"}' }),
  about('values of a label that is not', 'label/nobody/values', window),
  about('series', 'series', { ...window, 'match[]': '{namespace="shop"}' }),
  about('index statistics', 'index/stats', { ...window, query: '{namespace="shop"}' }),
];

const refused: readonly Asked[] = [
  range('an empty query', ''),
  range('an unfinished selector', '{app="cart"'),
  range('an unquoted value', '{app=cart}'),
  range('no selector', 'app="cart"'),
  range('something behind', '{app="cart"} cart'),
  range('a line filter without text', '{app="cart"} |= cart'),
  range('a mistake on the second line', '{app="cart"}\n|= "x" | | json'),
  range('an unfinished text', '{app="cart} |= "x"'),
  range('a broken pattern in a matcher', '{app=~"ca[rt"}'),
  range('a broken pattern in a filter', '{app="cart"} |~ "ca(rt"'),
  range('a selector that takes everything', '{app=~".*"}'),
  range('an empty selector', '{}'),
  range('a function that is not', 'sum_all({app="cart"}[5m])'),
  range('a count without a range', 'count_over_time({app="cart"})'),
  range('a range without a unit', 'count_over_time({app="cart"}[5])'),
  range('an aggregation of lines', 'sum({app="cart"})'),
  range('a field that is not JSON, counted', 'sum(count_over_time({app="web"} | json [10m]))', { step: '600' }),
  range('too many lines', '{app="cart"}', { limit: '5001' }),
  range('a limit that is no number', '{app="cart"}', { limit: 'many' }),
  range('no lines', '{app="cart"}', { limit: '0' }),
  range('a start that is no time', '{app="cart"}', { start: 'yesterday' }),
  range('an end before the start', '{app="cart"}', { start: `${end}`, end: `${begin}` }),
  range('a step too small', 'rate({app="cart"}[5m])', { step: '0.01' }),
  range('a step that is none', 'rate({app="cart"}[5m])', { step: 'often' }),
  range('no step', 'rate({app="cart"}[5m])', { step: '0' }),
  range('too long a range', '{app="cart"}', { end: `${begin + 31 * 86_400}` }),
  range('a direction that is not', '{app="cart"}', { direction: 'sideways' }),
  instant('lines, now', '{app="cart"}'),
  about('series of nothing', 'series', window),
  about('series of everything', 'series', { ...window, 'match[]': '{app=~".*"}' }),
  about('label names by a broken selector', 'labels', { ...window, query: '{app=' }),
];

/** One file of recordings each. */
export const asked: Readonly<Record<string, readonly Asked[]>> = { lines, series, labels, refused };
