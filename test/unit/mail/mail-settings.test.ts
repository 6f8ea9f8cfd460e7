import { describe, expect, it } from 'vitest';
import { isMailAddress, readMailbox } from '../../../src/mail/mail-address.ts';
import { readMailSettings } from '../../../src/mail/mail-settings.ts';
import { createScrubber, secretsOf } from '../../../src/report/redact.ts';
import { failureOf } from '../../support/suite/failure.ts';

const FROM = { MAIL_FROM: 'showcases@example.org' };
const serverOf = (url: string) => readMailSettings({ ...FROM, SMTP_URL: url })?.server;

describe('SMTP_URL', () => {
  it.each([undefined, ''])('that is %j switches mails off, whatever else is set', (url) => {
    expect(readMailSettings({ SMTP_URL: url, MAIL_FROM: 'nonsense' })).toBeNull();
  });

  it.each([
    ['smtps://smtp.example.com', { port: 465, isTls: true, needsTls: true, login: null }],
    ['smtp://smtp.example.com', { port: 587, isTls: false, needsTls: true }],
    ['smtp://localhost:25', { port: 25, needsTls: false }],
    ['smtp://[::1]:2525', { host: '::1', port: 2525, needsTls: false }],
    ['smtp://a%40b:p%2Fw%25@h', { host: 'h', login: { user: 'a@b', password: 'p/w%' } }],
  ])('%s says how the server is reached', (url, expected) => {
    expect(serverOf(url)).toMatchObject(expected);
  });

  it.each([
    'https://x',
    'smtp:',
    'smtp://h/path',
    'smtp://h?x=secret-word',
    'secret-word',
    'smtp://u:secret-word@',
  ])('%s is refused without being quoted', async (url) => {
    const failure = await failureOf(() => serverOf(url));
    expect([failure.code, failure.message]).toEqual([
      'config-invalid',
      'SMTP_URL is not the address of a mail server',
    ]);
  });

  it('with a login that begins no character is refused without being quoted', async () => {
    const failure = await failureOf(() => serverOf('smtp://u:secret-word%zz@h'));
    expect([failure.code, failure.message.includes('secret-word')]).toEqual(['config-invalid', false]);
  });

  it('is scrubbed whole, and so is the password in it as the server is told it', () => {
    const url = 'smtps://web:p%40ssword%2F1@smtp.example.com';
    const scrubber = createScrubber(secretsOf({ SMTP_URL: url }));
    const said = scrubber.line(`${url} says: 535 no, not p@ssword/1; nor p%40ssword%2F1`);
    expect(said).toBe('[redacted] says: 535 no, not [redacted]; nor [redacted]');
  });
});

describe('MAIL_FROM', () => {
  it.each([undefined, '', 'nobody', 'a@b, c@d', 'A <a@b> <c@d>', 'A\r\nBcc: <a@b>'])(
    'that is %j is refused once mails are on',
    async (from) => {
      const failure = await failureOf(() => readMailSettings({ SMTP_URL: 'smtp://h', MAIL_FROM: from }));
      expect([failure.code, failure.message]).toEqual([
        'config-invalid',
        expect.stringContaining('MAIL_FROM'),
      ]);
    },
  );

  it.each([
    ['a@example.com', { name: '', address: 'a@example.com' }],
    ['Ann, of Boston <a@example.com>', { name: 'Ann, of Boston', address: 'a@example.com' }],
    ['"Ann" <a@example.com>', { name: 'Ann', address: 'a@example.com' }],
  ])('%s is one mailbox', (text, expected) => {
    expect(readMailbox(text)).toEqual(expected);
  });
});

describe('MAIL_ADMIN', () => {
  const administrators = (text: string) =>
    readMailSettings({ ...FROM, SMTP_URL: 'smtp://h', MAIL_ADMIN: text })?.administrators;

  it('is a list, or nothing for all administrators', () => {
    expect(administrators(' a@example.com ,, b@example.com, a@example.com')).toEqual([
      'a@example.com',
      'b@example.com',
    ]);
    expect(administrators('')).toBeNull();
  });

  it('with something else in it is refused', async () => {
    const failure = await failureOf(() => administrators('a@example.com, nobody'));
    expect(failure.message).toBe('MAIL_ADMIN holds "nobody", which is not a mail address');
  });
});

describe('an address', () => {
  it.each([
    'a@b@c',
    'a b@c',
    '<a@b>',
    'a@b,c@d',
    'a@b;c@d',
    'a@b\r\nBcc: c@d',
    'a@b\u2028',
    '"a"@b',
    `${'a'.repeat(250)}@b.cc`,
    'group: a@b;',
    'a\u0000@b',
  ])('%j is none', (text) => {
    expect(isMailAddress(text)).toBe(false);
  });
});
