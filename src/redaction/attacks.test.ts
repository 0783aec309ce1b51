import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../kit/index.ts';
import { characters, createRandom } from './fixtures/random.ts';
import { residue } from './fixtures/residue.ts';
import { pem } from './fixtures/samples.ts';
import { createRedactor } from './index.ts';

/** Ways a secret got past a redactor somewhere; each test is named after what it stops. */
const redactor = createRedactor();
const random = createRandom(77);
const word = (length: number): string => `q7${random.from(characters.base62, length - 2)}`;
const shown = (text: string): string => redactor.text(text).text;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('stops', () => {
  it('a zero-width character inside a token from hiding it', () => {
    const body = word(36);
    expect(shown(`ghp_${body.slice(0, 9)}\u200b${body.slice(9)}`)).toBe('«redacted:github»');
  });

  it('a diff from parting a name and the value below it by its signs', () => {
    const body = word(14);
    for (const sign of ['-', '+']) {
      const line = ` name  = "SMTP_PASSWORD"\n${sign}value = "`;
      expect(shown(`${line}${body}"\n`)).toBe(`${line}«redacted:password»"\n`);
    }
  });

  it('a colour inside a token from hiding it', () => {
    const body = word(36);
    expect(shown(`gh\u001b[1mp_${body.slice(0, 9)}\u001b[0;32m${body.slice(9)}\u001b[0m`)).toBe('«redacted:github»');
  });

  it('a terminal sequence left open before a token from taking its first letter along', () => {
    const body = word(24);
    expect(residue(shown(`user \u001b[ hvs.${body} logged in`), body)).toBeUndefined();
    expect(residue(shown(`user \u001b[hvs.${body} logged in`), body)).toBeUndefined();
    expect(residue(shown(`user \u009b12hvs.${body} logged in`), body)).toBeUndefined();
    expect(
      residue(shown(`user \u001bAKIA${body.toUpperCase().slice(0, 16)} x`), body.toUpperCase().slice(0, 16)),
    ).toBeUndefined();
  });

  it('colours around names and values from hiding which belongs to which', () => {
    const body = word(14);
    const coloured = `\u001b[34;1m"password"\u001b[0m\u001b[1;39m: \u001b[0;32m"${body}"\u001b[0m`;
    expect(shown(coloured)).toBe('"password": "«redacted:password»"');
  });

  it('the letter of an escaped newline from gluing itself to a token', () => {
    const body = word(24);
    for (const token of [
      `hvs.${body}`,
      `hf_${random.from('abcdefghXYZ', 34)}`,
      `AKIA${random.from(characters.upperDigits, 16)}`,
    ]) {
      expect(shown(`{"log":"line one\\n${token}\\ttwo`), token).toMatch(/line one\\n«redacted:[a-z]+»\\ttwo/);
    }
  });

  it('a private key printed line by line with a time before each line', () => {
    const key = pem(random, 'RSA PRIVATE KEY');
    const log = key.text
      .split('\n')
      .map((line, index) => `2026-03-12T10:00:${10 + index}Z stdout F ${line}`)
      .join('\n');
    for (const line of key.text.split('\n').slice(1, -1))
      expect(residue(shown(`start\n${log}\nend`), line)).toBeUndefined();
    expect(shown(`start\n${log}\nend`)).toMatch(/^start\n.*\nend$/s);
  });

  it('a private key whose end was cut off', () => {
    const key = pem(random, 'PRIVATE KEY');
    const cut = key.text.slice(0, 420);
    expect(residue(shown(`a\n${cut}`), key.body)).toBeUndefined();
    expect(residue(shown(`a\n${cut}\nnext line`), key.body)).toBeUndefined();
    expect(shown(`a\n${cut}\nnext line of the log`)).toContain('next line of the log');
  });

  it('a private key whose beginning was cut off', () => {
    const key = pem(random, 'PRIVATE KEY');
    expect(residue(shown(`${key.text.slice(200)}\nmore`), key.body.slice(200))).toBeUndefined();
  });

  it('a private key in JSON cut in the middle, its newlines escaped twice', () => {
    const key = pem(random, 'OPENSSH PRIVATE KEY');
    const embedded = JSON.stringify(JSON.stringify({ key: key.text }));
    for (const cut of [embedded, embedded.slice(4), embedded.slice(0, 500)]) {
      for (const line of key.text.split('\n').slice(1, -1)) expect(residue(shown(cut), line)).toBeUndefined();
    }
  });

  it('a private key whose lines are strings of their own, in a list, in rows, coloured, as a value and as JSON', () => {
    const key = pem(random, 'RSA PRIVATE KEY');
    const lines = ['start', ...key.text.split('\n'), 'end'];
    const values: JsonValue[] = [
      { lines },
      { rows: lines.map((line, at) => ({ at, time: `2026-03-12T10:00:${10 + at}Z`, line })) },
      { lines: lines.map((line) => `\u001b[32m${line}\u001b[0m`) },
      { lines: lines.slice(0, -2) },
    ];
    for (const value of values) {
      for (const shownValue of [JSON.stringify(redactor.value(value).value), shown(JSON.stringify(value))]) {
        for (const line of key.text.split('\n').slice(1, -1)) expect(residue(shownValue, line)).toBeUndefined();
        expect(JSON.parse(shownValue)).toEqual(expect.any(Object));
        expect(shownValue).toContain('start');
      }
    }
  });

  it('the data of a Secret whose lines are strings of their own', () => {
    const value = base64(random.from('\u0001\u00e9\u00ff', 18));
    const lines = ['apiVersion: v1', 'kind: Secret', 'data:', `  blob: ${value}`, 'metadata:', '  name: app'];
    for (const masked of [redactor.value({ lines }).value.lines, JSON.parse(shown(JSON.stringify({ lines }))).lines]) {
      expect(masked).toEqual([...lines.slice(0, 3), '  blob: «redacted:kubernetes-secret»', ...lines.slice(4)]);
    }
  });

  it('the manifest kubectl keeps in last-applied-configuration', () => {
    const value = base64(random.from('\u0001\u00e9\u00ff', 18));
    const applied = JSON.stringify({ apiVersion: 'v1', data: { blob: value, other: base64('ab') }, kind: 'Secret' });
    const annotation = {
      metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': `${applied}\n` } },
    };
    expect(residue(JSON.stringify(redactor.value(annotation).value), value)).toBeUndefined();
    expect(residue(shown(JSON.stringify(annotation)), value)).toBeUndefined();
    expect(residue(shown(`note ${JSON.stringify(annotation).slice(3)}`), value)).toBeUndefined();
    expect(shown(JSON.stringify(annotation))).not.toContain(base64('ab'));
  });

  it('a Secret whose kind stands behind its data, in YAML and in a list', () => {
    const value = base64(random.from('\u0001\u00e9\u00ff', 18));
    const yaml = `apiVersion: v1\ndata:\n  blob: ${value}\n  long: >-\n    ${value}\nkind: Secret\nmetadata:\n  name: app\n`;
    expect(residue(shown(yaml), value)).toBeUndefined();
    expect(shown(yaml)).toContain('name: app');
    const list = { kind: 'SecretList', items: [{ metadata: { name: 'app' }, data: { blob: value } }] };
    expect(residue(shown(JSON.stringify(list, undefined, 2)), value)).toBeUndefined();
    expect(redactor.value<JsonValue>(list).value).toEqual({
      kind: 'SecretList',
      items: [{ metadata: { name: 'app' }, data: { blob: '«redacted:kubernetes-secret»' } }],
    });
  });

  it('any value of a Secret, however short and whatever its type, as an object and as JSON', () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', data: { a: 'YQ==' }, stringData: { pin: 4242, list: ['x'] } };
    const mask = '«redacted:kubernetes-secret»';
    const masked = { ...secret, data: { a: mask }, stringData: { pin: mask, list: [mask] } };
    expect(redactor.value<JsonValue>(secret).value).toEqual(masked);
    expect(JSON.parse(shown(JSON.stringify(secret, undefined, 2)))).toEqual(masked);
    expect(JSON.parse(shown(JSON.stringify({ kind: 'Secret', data: { a: 'ab' } }))).data).toEqual({ a: mask });
  });

  it('values of a container environment behind names that tell, in YAML and JSON', () => {
    const value = word(9);
    expect(shown(`env:\n- name: SMTP_PASSWORD\n  value: ${value}\n- name: TZ\n  value: UTC`)).toBe(
      'env:\n- name: SMTP_PASSWORD\n  value: «redacted:password»\n- name: TZ\n  value: UTC',
    );
    expect(shown(`x {"name":"SMTP_PASSWORD","value":"${value}"},{"name":"TZ","value":"UTC"} y`)).not.toContain(value);
  });

  it('what a Terraform state or plan marks sensitive, whatever its name and type', () => {
    const value = word(6);
    const state = {
      outputs: { door: { sensitive: true, value, type: 'string' }, open: { value: 'shown', type: 'string' } },
      resources: [
        {
          instances: [
            {
              attributes: { note: value, digits: [11, 4242], plain: 'shown' },
              sensitive_attributes: [
                [{ type: 'get_attr', value: 'note' }],
                [
                  { type: 'get_attr', value: 'digits' },
                  { type: 'index', value: { value: 1, type: 'number' } },
                ],
              ],
            },
          ],
        },
      ],
      change: { after: { list: [{ x: value, y: 'shown' }] }, after_sensitive: { list: [{ x: true }] } },
    };
    const text = shown(JSON.stringify(state, undefined, 2));
    expect(text).not.toContain(value);
    expect(text).not.toContain('4242');
    expect(text.match(/"shown"/g)).toHaveLength(3);
    expect(JSON.stringify(redactor.value<JsonValue>(state).value)).not.toContain(value);
  });

  it('both sides of a changed attribute in a plan', () => {
    const [before, after] = [word(10), word(10)];
    expect(shown(`  ~ admin_password = "${before}" -> "${after}"`)).toBe(
      '  ~ admin_password = "«redacted:password»" -> "«redacted:password»"',
    );
  });

  it('a value that runs over lines: a heredoc, a YAML block, a quoted string', () => {
    const value = word(12);
    for (const text of [
      `password = <<-EOT\n    first ${value}\n    ${value}\n  EOT\nother = 1`,
      `client_secret: |\n  ${value}\n  ${value}\nother: 1`,
      `export API_TOKEN="${value}\n${value}"\nother=1`,
    ]) {
      expect(shown(text)).not.toContain(value);
      expect(shown(text)).toMatch(/other/);
    }
  });

  it('a duplicate name in JSON, of which readers take the other one', () => {
    const value = word(12);
    expect(shown(`{"password":"${value}","password":"\${REF}"}`)).not.toContain(value);
    expect(shown(`{"password":"\${REF}","password":"${value}"}`)).not.toContain(value);
  });

  it('a name written with escapes from not being recognised', () => {
    const value = word(12);
    expect(shown(`{"pass\\u0077ord":"${value}"}`)).not.toContain(value);
    expect(shown(`cut {"pass\\u0077ord":"${value}"`)).not.toContain(value);
  });

  it('a default in a reference, or text behind one, from passing as the reference', () => {
    const value = word(12);
    expect(shown(`password: \${DB_PASSWORD:-${value}}`)).not.toContain(value);
    expect(shown(`password: \${USER}${value}`)).not.toContain(value);
    expect(shown(`password: {{ .x }}${value}`)).not.toContain(value);
    expect(shown(`password: {{ default "${value}" .Values.password }}`)).not.toContain(value);
  });

  it('a marker somebody else wrote from covering for a secret', () => {
    const value = word(12);
    expect(shown(`password=«redacted:password»${value}`)).not.toContain(value);
    expect(shown(`password=${value}«redacted:password»`)).not.toContain(value);
    expect(shown(`password="«redacted:x» ${value}"`)).not.toContain(value);
    expect(shown(`«redacted:x password=${value}»`)).not.toContain(value);
  });

  it('separators inside an unquoted password from ending it early', () => {
    const value = `${word(9)};${word(9)}&${word(9)},${word(9)}`;
    expect(residue(shown(`DB_PASSWORD=${value}\nx=1`), value)).toBeUndefined();
    expect(shown('a?token=q7w8e9r0&user=bob')).toBe('a?token=«redacted:token»&user=bob');
  });

  it('an at sign, a slash or a hash in the password of a database URL', () => {
    for (const middle of ['@', '/', '#', '?', '%40', ':']) {
      const value = `${word(9)}${middle}${word(9)}`;
      const text = shown(`url: postgresql://app:${value}@db.example.net:5432/lab?x=1`);
      expect(residue(text, value), text).toBeUndefined();
      expect(text).toContain('@db.example.net:5432/lab?x=1');
    }
  });

  it('nesting without end', () => {
    const value = word(12);
    let nested: JsonValue = { note: `password=${value}` };
    for (let depth = 0; depth < 50_000; depth += 1) nested = [nested];
    const { value: cut, counts } = redactor.value(nested);
    expect(JSON.stringify(cut)).toContain('«redacted:too-deep»');
    expect(counts).toEqual({ 'too-deep': 1 });
    expect(shown(`${'['.repeat(500)}"password=${value}"${']'.repeat(500)}`)).not.toContain(value);
  });

  it('a line out of place in a Secret from uncovering the rest of it', () => {
    expect(shown(`kind: Secret\ndata:\n  a: ${base64('ab')}\n log: x=(\n`)).not.toContain(base64('ab'));
  });

  it('an escaped newline before an encoded secret from being cut in half', () => {
    const encoded = base64(`here it is: ghp_${word(36)}`);
    expect(shown(`{"log":"line one\\n${encoded}\\ntwo`)).toBe('{"log":"line one\\n«redacted:github»\\ntwo');
  });

  it('a JSON document from becoming invalid by a range that crosses its strings', () => {
    for (const text of [
      '{"a":"password=","b":"value"}',
      '{"a":"cookie: x=","b":[1,"y"]}',
      '["bearer ","a"]',
      '{"a":"-----BEGIN PRIVATE KEY-----","b":"-----END PRIVATE KEY-----"}',
    ]) {
      expect(Object.keys(JSON.parse(shown(text)))).toEqual(Object.keys(JSON.parse(text)));
    }
  });

  it('an algorithm in a JWT header from carrying words into the marker', () => {
    const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
    const header = encode({ alg: 'now obey me » «', typ: 'JWT' });
    expect(shown(`${header}.${encode({ sub: 'x', n: 1 })}.${random.from(characters.base64Url, 43)}`)).toBe(
      '«redacted:jwt»',
    );
  });

  it('a prototype from being set by a name in JSON', () => {
    const text = `{"__proto__":{"kind":"Secret"},"data":{"a":"b"},"password":"${word(12)}"}`;
    expect(JSON.parse(shown(text))).toEqual(
      JSON.parse('{"__proto__":{"kind":"Secret"},"data":{"a":"b"},"password":"«redacted:password»"}'),
    );
    expect(redactor.value<JsonValue>(JSON.parse(text)).value).toEqual(JSON.parse(shown(text)));
  });

  it('credentials in arguments, headers and configuration files of every tool around', () => {
    const value = word(16);
    for (const text of [
      `curl -H 'X-Api-Key: ${value}' https://x.example.net`,
      `curl --user admin:${value} https://x.example.net`,
      `["mysqld","--password","${value}"]`,
      `args:\n- --token\n- ${value}`,
      `machine git.example.net login bot password ${value}`,
      `host=db user=app password=${value} dbname=lab`,
      `jdbc:sqlserver://db;user=sa;password=${value};encrypt=true`,
      `CREATE ROLE app LOGIN PASSWORD '${value}';`,
      `[peer]\nPresharedKey = ${base64(value + value).slice(0, 43)}=`,
      `<add key="x"/><ApiKey>${value}</ApiKey>`,
      `<Config><ApiKey>${value}`,
      `IDENTIFIED BY '${value}'`,
      `password = my.${value}.x`,
      `Initial Root Token: s.${random.from(characters.base62, 24)}`,
      `//registry.example.net/:_authToken=${value}`,
      `config["password"] = "${value}"`,
      `map[Cookie:[sid=${value}] X-Vault-Token:[${value}]]`,
      `{User:bob Password:${value} Host:x}`,
      `Key             Value\n---             -----\npassword        ${value}\nttl             1h`,
      `{"auths":{"ghcr.io":{"auth":"${base64(`bot:${value}`)}"}}}`,
    ]) {
      const masked = shown(text);
      expect(masked, text).not.toBe(text);
      expect(residue(masked, value), masked).toBeUndefined();
    }
  });
});
