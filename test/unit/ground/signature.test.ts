import { describe, expect, it } from 'vitest';
import { isSigned, readKeys, sign } from '../../../src/signature.ts';

const SETTING = 'KEY_FILE';
const body = Buffer.from('{"event_type":"ping","data":{"success":true}}');
const message = { id: 'msg_loFOjxBNrRLzqYUf', timestamp: '1731705121', body };
const KEY = 'whsec_plJ3nmyCDGBKInavdOK15jsl';
const [key = Buffer.alloc(0)] = readKeys(KEY, SETTING);

describe('a signature', () => {
  it('is the one that Standard Webhooks gives as its example', () => {
    expect(sign(key, message)).toBe('v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=');
  });

  it('is valid by any of the keys, among any of the signatures', () => {
    const keys = readKeys(`whsec_${Buffer.alloc(24, 1).toString('base64')}\n${KEY}`, SETTING);
    expect(isSigned(`v1,AAAA v1a,xyz ${sign(key, message)}`, message, keys)).toBe(true);
    expect(isSigned(sign(key, message), message, keys.slice(0, 1))).toBe(false);
    expect(isSigned('', message, keys)).toBe(false);
  });

  it.each([
    { ...message, id: 'msg_loFOjxBNrRLzqYUg' },
    { ...message, timestamp: '1731705122' },
    { ...message, body: Buffer.concat([body, Buffer.from(' ')]) },
  ])('is valid for one message alone: %#', (other) => {
    expect(isSigned(sign(key, message), other, [key])).toBe(false);
  });
});

describe('the keys of signatures', () => {
  it.each(['', '# nothing', 'whsec_', 'whsec_*', 'plJ3nmyCDGBKInavdOK15jsl', `${KEY}\nno-key`])(
    'are refused, without being quoted, if one is missing or invalid: %j',
    (text) => {
      expect(() => readKeys(text, SETTING)).toThrow(/^KEY_FILE/);
      expect(() => readKeys(text, SETTING)).not.toThrow(/plJ3|no-key/);
    },
  );
});
