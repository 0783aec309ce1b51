/** What was pushed to the Loki whose answers are recorded. A change here needs new recordings. */

/** 2026-09-01T00:00:00Z */
export const begin = 1_788_220_800;
export const end = begin + 600;

const nanoseconds = (second: number, rest = 0): string => `${begin + second}${String(rest).padStart(9, '0')}`;

const cart = { namespace: 'shop', app: 'cart', pod: 'cart-1', container: 'cart', stream: 'stdout' };
const web = { namespace: 'shop', app: 'web', pod: 'web-1', container: 'web', stream: 'stdout' };
const dns = { namespace: 'infra', app: 'dns', pod: 'dns-1', container: 'dns', stream: 'stderr' };
const odd = { namespace: 'odd', app: 'odd' };
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

/** Lines that are nearly what they seem. */
const oddLines = [
  '{"a": 1, "b": "cut',
  '{"a": 1} trailing',
  '  {"a": 2}',
  '"text"',
  '12',
  '{"a": 1, "a": 2}',
  '{"a": {"b": 1}, "a_b": 2}',
  '{"a": tru}',
  '{"a": "\\u00e9\\n\\""}',
  '{"": 5, "-": 6}',
  '{"a": 1e3, "b": -0, "c": 12345678901234567890}',
  '{a: 1}',
  '{}',
  'x=1 y= =z w="un q=5',
  'x=a"b"c y=2',
  'x="a"b y=2',
  'x==1',
];

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
    { stream: odd, values: oddLines.map((line, index) => [nanoseconds(400, index), line]) },
    {
      stream: cron,
      values: [
        [nanoseconds(120), 'level=info msg="it began"'],
        [nanoseconds(300), 'level=info msg="it ended" = broken'],
      ],
    },
  ],
};
