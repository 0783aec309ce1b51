import { randomBytes, randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../fixtures/random.ts';
import { residue } from '../fixtures/residue.ts';
import { pem } from '../fixtures/samples.ts';
import { createRedactor, redactFrame } from '../index.ts';
import { createFingerprinter } from './fingerprint.ts';
import { asKnown, knowing, labelled, randomValue, setOf } from './known.fixture.ts';
import { createKnownValues } from './known-values.ts';

const password = randomValue();
const guessable = `${randomBytes(4).toString('hex')}ab!x`;
const pin = String(randomInt(1_000, 9_999));
const { redactor, known } = knowing(asKnown({ password, door: guessable, pin }));
const shown = (text: string): string => redactor.text(text).text;
const shownToAgent = (text: string): string => redactor.agentText(text).text;
const passwordLabel = '«secret:secret/apps/mail#password@v3»';
const doorLabel = '«secret:secret/apps/mail#door@v3»';
const pinLabel = '«secret:secret/apps/mail#pin@v3»';

describe('a known value', () => {
  it('is shown by its label in what others write', () => {
    expect(redactor.text(`connected with ${password} to it`)).toEqual({
      text: `connected with ${passwordLabel} to it`,
      counts: { 'known-value': 1 },
    });
    expect(shown(`the door opens with ${guessable}, twice`)).toBe(`the door opens with ${doorLabel}, twice`);
  });

  it('is called by its label, and not by the word before it', () => {
    expect(shown(`password: ${password}`)).toBe(`password: ${passwordLabel}`);
    expect(shown(`Authorization: Bearer ${password}`)).toBe(`Authorization: Bearer ${passwordLabel}`);
  });

  it('of four to seven characters is found behind its own key only, in text and in values', () => {
    expect(shown(`pin: ${pin}, port ${pin}`)).toBe(`pin: ${pinLabel}, port ${pin}`);
    expect(shown(`DOOR_PIN="${pin}" other=${pin}`)).toBe(`DOOR_PIN="${pinLabel}" other=${pin}`);
    expect(shown(`pin: ${pin}0`)).toBe(`pin: ${pin}0`);
    expect(redactor.value({ pin: Number(pin), doorPin: pin, port: Number(pin) }).value).toEqual({
      pin: pinLabel,
      doorPin: pinLabel,
      port: Number(pin),
    });
    expect(shown(`{"note":"x","pin":${pin}}`)).toContain(pinLabel);
  });

  it('under several keys is shown by three of them at most, sorted', () => {
    const value = randomValue();
    const { redactor: several } = knowing(
      ['d', 'b', 'c', 'a'].map((key) => ({ value, class: 'a', label: labelled(key, 1, key) })),
    );
    const label = '«secret:secret/a#a@v1|secret/b#b@v1|secret/c#c@v1»';
    expect(several.text(`x ${value}`)).toEqual({ text: `x ${label}`, counts: { 'known-value': 1 } });
    expect(several.text(`x ${label}`)).toEqual({ text: `x ${label}`, counts: {} });
  });

  it('is counted as such by whoever reads the markers', () => {
    expect(redactor.value({ a: password, b: [`pin=${pin}`] }).counts).toEqual({ 'known-value': 2 });
  });

  it('that holds another, or overlaps one, leaves nothing of either', () => {
    const inner = randomValue();
    const outer = `${inner}${randomValue(6)}`;
    const other = `${outer.slice(-12)}${randomValue(12)}`;
    const { redactor: all } = knowing(asKnown({ inner, outer, other }));
    expect(all.text(`a ${outer} b`).text).toBe('a «secret:secret/apps/mail#outer@v3» b');
    const both = outer + other.slice(12);
    expect(residue(all.text(`a ${both} b`).text, both)).toBeUndefined();
  });

  it('is found in the lines a tool wrapped its base64 in', () => {
    const text = `some words before it, and then ${password} and some more words behind, to fill the lines`;
    for (const width of [64, 76]) {
      const wrapped =
        Buffer.from(text)
          .toString('base64')
          .match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
      for (const broken of ['\n', '\n    ', '\\n', '\\r\\n']) {
        const { text: masked, counts } = redactor.text(`data:\n    ${wrapped.join(broken)}\nend`);
        expect(counts, masked).toEqual({ 'known-value': 1 });
      }
      // Between bytes that are no text, where nothing else reads it.
      const bytes = Buffer.concat([
        Buffer.alloc(Math.floor((width * 3) / 4) - 12, 0xfe),
        Buffer.from(password),
        Buffer.alloc(width, 0xfd),
      ]);
      const binary = bytes.toString('base64').match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
      expect(redactor.text(`data:\n${binary.join('\n')}\nend`).counts).toEqual({ 'known-value': 1 });
    }
  });

  it('that is a private key is found whole, by line, and as Secrets keep it', () => {
    const random = createRandom(randomInt(1_000_000));
    const key = pem(random, 'PRIVATE KEY');
    const body = key.text
      .split('\n')
      .slice(1, -1)
      .filter((line) => line.length >= 32);
    const { redactor: keys } = knowing(asKnown({ key: key.text }));
    const whole = Buffer.from(key.text).toString('base64');
    const texts = [
      key.text,
      `${JSON.stringify({ a: key.text })} x`,
      key.text.replaceAll('\n', '\r\n'),
      `x ${whole.slice(100, 600)} y`,
      ...body.map((line, at) => `10:00:${at} stdout ${line} end`),
    ];
    for (const text of texts) {
      const masked = keys.text(text).text;
      expect(masked).toMatch(/«(?:secret:secret\/apps\/mail#key@v3|redacted:)/);
      for (const line of body) expect(residue(masked, line), masked).toBeUndefined();
      expect(residue(masked, whole.slice(104, 596)), masked).toBeUndefined();
    }
    expect(keys.text(`10:00 stdout ${body[2]} end`).text).toBe('10:00 stdout «secret:secret/apps/mail#key@v3» end');
  });

  it('that is a document is known by each of its strings, under their own keys', () => {
    const [first, second] = [randomValue(), randomValue()];
    const value = JSON.stringify({ user: 'admin', deep: { token: first }, list: [{ secret: second }] });
    const { redactor: document } = knowing(asKnown({ config: value }));
    expect(document.text(`a ${first} b ${second} c admin`).text).toBe(
      'a «secret:secret/apps/mail#config.deep.token@v3» b «secret:secret/apps/mail#config.list.0.secret@v3» c admin',
    );
  });

  it('that is short is looked for behind its own name, and nowhere in what others are called or in an address', () => {
    const config = JSON.stringify({ client: 'sesame', nested: { token: password } });
    const { known: short } = knowing(asKnown({ config, username: 'sesame' }));
    const hits = (text: string) => short.hits(text, 'others').map(({ label }) => label.key);
    for (const text of [
      'postgres://sesame:elsewhere@db.example.net:5432/sesame',
      'url=postgres://sesame:elsewhere@db.example.net/sesame',
      'client: postgres://sesame@db.example.net',
      'host: sesame',
      'open sesame, username and client',
    ])
      expect(hits(text), text).toEqual([]);
    expect(hits('client: sesame').toSorted()).toEqual(['config.client', 'username']);
  });

  it('that is a connection string is known by its password too', () => {
    const { redactor: database } = knowing(asKnown({ url: `postgresql://app:${password}@db.example.net:5432/lab` }));
    expect(database.text(`x ${password} y`).text).toBe('x «secret:secret/apps/mail#url@v3» y');
  });

  it('with a newline at its end is found without it', () => {
    const { redactor: trimmed } = knowing(asKnown({ password: `${password}\n` }));
    expect(trimmed.text(`x ${password}y`).text).toBe(`x ${passwordLabel}y`);
  });
});

describe('what an agent wrote', () => {
  it('is looked at for class a only, and told no label', () => {
    expect(redactor.agentText(`is it ${password} or ${guessable} or pin: ${pin}?`)).toEqual({
      text: `is it «redacted:known-value» or ${guessable} or pin: ${pin}?`,
      counts: { 'known-value': 1 },
    });
    expect(redactor.value({ a: [guessable, { pin: Number(pin) }], b: password }, 'agent').value).toEqual({
      a: [guessable, { pin: Number(pin) }],
      b: '«redacted:known-value»',
    });
  });

  it('and comes back in a frame is judged as it was: labels stay, guesses are not answered', () => {
    const frame = {
      jsonrpc: '2.0',
      id: 1,
      result: { text: `${shown(`a ${password}`)}, not ${guessable}`, b: password },
    };
    expect(redactFrame(redactor, frame).result).toEqual({
      text: `a ${passwordLabel}, not ${guessable}`,
      b: '«redacted:known-value»',
    });
  });

  it('stays as it was sent in an answer to it, but for what nobody guesses', () => {
    const echoing = redactor.echoing([guessable, `pin: ${pin}`, password]);
    expect(echoing.text(`no pod ${guessable}, pin: ${pin}, ${password}`).text).toBe(
      `no pod ${guessable}, pin: ${pin}, ${passwordLabel}`,
    );
    expect(redactor.echoing(['another']).text(`no pod ${guessable}`).text).toBe(`no pod ${doorLabel}`);
    expect(echoing.value({ a: guessable, pin: Number(pin) }).value).toEqual({ a: guessable, pin: Number(pin) });
  });

  it('does not uncover the right guess of a list that was sent along', () => {
    const list = [...Array.from({ length: 400 }, () => randomBytes(6).toString('hex')), guessable].sort().join(' ');
    expect(redactor.echoing([list]).text(`door: ${guessable}`).text).toBe(`door: ${doorLabel}`);
    expect(redactor.echoing([`x${guessable}y`]).text(`door: ${guessable}`).text).toBe(`door: ${doorLabel}`);
    // All of it came back, so none of it was found there.
    expect(redactor.echoing([list]).text(`nothing is called ${list}`).text).toBe(`nothing is called ${list}`);
  });
});

describe('stops', () => {
  it('a hidden character or a colour inside a value from hiding it', () => {
    const [left, right] = [password.slice(0, 9), password.slice(9)];
    for (const between of ['\u200b', '\u00ad', '\u001b[31m', '\u001b[0;1m\u200d']) {
      expect(shown(`a ${left}${between}${right} b`), JSON.stringify(between)).toBe(`a ${passwordLabel} b`);
      expect(known.hits(`${left}${between}${right}`, 'agent')).toHaveLength(1);
    }
  });

  it('a forged label from covering for a value inside it or beside it', () => {
    const token = `ghp_${randomBytes(18).toString('hex')}`;
    for (const text of [
      `«secret:${password}#k@v1»`,
      `«secret:a/b#${password}@v1»`,
      `password: «secret:x#y@v1»${password}`,
      `password: ${password}«secret:x#y@v1»`,
    ]) {
      for (const masked of [shown(text), shownToAgent(text)]) expect(residue(masked, password), masked).toBeUndefined();
    }
    expect(residue(createRedactor().text(`«secret:a/${token}#k@v1»`).text, token)).toBeUndefined();
    const unknown = `aB3${randomBytes(8).toString('base64url').replaceAll(/[_-]/g, 'x')}9Zq`;
    expect(residue(shown(`password: «secret:${unknown}#k@v1»`), unknown)).toBeUndefined();
    expect(shown('he wrote «secret:apps/mail#password@v3» there')).toBe(
      'he wrote «secret:apps/mail#password@v3» there',
    );
  });

  it('a name in Vault from writing words, markers or a token into an answer', () => {
    const value = randomValue();
    const drawn = randomBytes(20).toString('hex');
    const { redactor: named } = knowing([
      {
        value,
        class: 'a',
        label: { mount: 'se»cret', path: `a "b"\n${drawn}/${'x/'.repeat(150)}`, key: '» obey «', version: 1 },
      },
    ]);
    const masked = named.text(`x ${value} y`).text;
    expect(masked).toMatch(/^x «secret:[A-Za-z0-9._/@~-]{1,160}#[A-Za-z0-9._/@~-]{1,80}@v1» y$/);
    expect(residue(masked, drawn)).toBeUndefined();
    expect(named.text(masked)).toEqual({ text: masked, counts: {} });
    expect(named.agentText(masked)).toEqual({ text: masked, counts: {} });
  });

  it('a value that holds quotes, backslashes or the marks of a marker from breaking a document', () => {
    const value = `«re"d\\act${randomBytes(8).toString('hex')}ed:x»`;
    const { redactor: odd } = knowing(asKnown({ odd: value }));
    const text = odd.text(JSON.stringify({ a: `x ${value} y`, [value]: 1 })).text;
    expect(JSON.parse(text)).toEqual({
      a: 'x «secret:secret/apps/mail#odd@v3» y',
      '«secret:secret/apps/mail#odd@v3»': 1,
    });
  });

  it('an agent from learning by an answer whether a guess is right', () => {
    const wrong = `${randomBytes(4).toString('hex')}ab!x`;
    for (const way of [
      (text: string) => redactor.agentText(`is it ${text}?`),
      (text: string) => redactor.value({ a: text, [text]: text }, 'agent'),
      (text: string) => redactor.echoing([text]).text(`no such thing: ${text}`),
      (text: string) => redactor.echoing([text]).value({ missing: text }),
      (text: string) => redactFrame(redactor, { jsonrpc: '2.0', result: { text } }),
    ]) {
      expect(JSON.stringify(way(guessable)).replaceAll(guessable, wrong)).toBe(JSON.stringify(way(wrong)));
    }
  });

  it('nothing in other letters, in two strings, or cut: that is not looked for', () => {
    expect(shown(`x ${password.toUpperCase()} y`)).toBe(`x ${password.toUpperCase()} y`);
    expect(shown(`x ${password.slice(0, -3)} y`)).toBe(`x ${password.slice(0, -3)} y`);
    const apart = [password.slice(0, 10), password.slice(10)];
    expect(redactor.value(apart).value).toEqual(apart);
  });
});

describe('a set of known values', () => {
  const good = setOf(asKnown({ password }));

  it('is taken whole or not at all', () => {
    const values = createKnownValues();
    expect(values.generation).toBeUndefined();
    values.load(good);
    const pattern = Buffer.from(good.patterns, 'base64');
    const changed = (at: number, byte: number): string => {
      const bytes = Buffer.from(pattern);
      bytes.writeUInt8(byte, at);
      return bytes.toString('base64');
    };
    for (const broken of [
      { ...good, patterns: `${good.patterns.slice(0, -4)}` },
      { ...good, patterns: `!${good.patterns.slice(1)}` },
      { ...good, patterns: changed(28, 9) },
      { ...good, patterns: changed(32, 3) },
      { ...good, patterns: changed(33, 2) },
      { ...good, patterns: changed(39, 1) },
      { ...good, patterns: changed(5, 255) },
      { ...good, patterns: changed(7, 255) },
      { ...good, patterns: Buffer.alloc(40 * 200_001).toString('base64') },
      { ...good, keys: { ...good.keys, mac: good.keys.mac.slice(4) } },
      { ...good, keys: { ...good.keys, hash: '' } },
      { ...good, generation: '' },
      { ...good, more: 1 },
    ]) {
      expect(() => values.load({ ...broken, generation: broken.generation && 'two' })).toThrow('was refused');
      expect(values.generation).toBe('one');
      expect(values.hits(password, 'others')).toMatchObject([{ class: 'a', label: { key: 'password' } }]);
    }
  });

  it('decides by the MAC of the whole, not by its hashes', () => {
    const values = createKnownValues();
    const bytes = Buffer.from(good.patterns, 'base64');
    for (let at = 12; at < bytes.byteLength; at += 40) bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    values.load({ ...good, patterns: bytes.toString('base64') });
    expect(values.hits(password, 'others')).toEqual([]);
  });

  it('takes the place of the one before', () => {
    const values = createKnownValues();
    values.load(good);
    const next = randomValue();
    values.load(setOf(asKnown({ next }), 'two'));
    expect(values.generation).toBe('two');
    expect(values.hits(`${password} ${next}`, 'others')).toMatchObject([{ label: { key: 'next' } }]);
  });

  it('holds no value, and with other keys nothing in common', () => {
    const text = JSON.stringify(good);
    expect(residue(text, password)).toBeUndefined();
    expect(residue(Buffer.from(good.patterns, 'base64').toString('latin1'), password)).toBeUndefined();
    const again = createFingerprinter().of(asKnown({ password }), 'one');
    expect(again.patterns).not.toBe(good.patterns);
    expect(createFingerprinter(good.keys).of(asKnown({ password }), 'one')).toEqual(good);
  });

  it('finds nothing before it was loaded', () => {
    const empty = createKnownValues();
    expect(empty.hits(password, 'others')).toEqual([]);
    expect(createRedactor({ layers: [empty.layer] }).text(`x ${password} y`).text).toBe(`x ${password} y`);
  });
});
