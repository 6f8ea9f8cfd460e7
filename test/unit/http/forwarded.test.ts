import { describe, expect, it } from 'vitest';
import { outerOf, readTrusted } from '../../../src/http/forwarded.ts';
import { failureOf } from '../../support/suite/failure.ts';

const loopback = readTrusted('loopback', 'WEB_TRUSTED_PROXIES');

describe('the address of who asks', () => {
  it.each<[string, string, string | undefined, string]>([
    ['is that of the connection without a header', '127.0.0.1', undefined, '127.0.0.1'],
    ['is what a trusted proxy says', '127.0.0.1', '203.0.113.7', '203.0.113.7'],
    [
      'is the last entry of a list, which the proxy has written',
      '127.0.0.1',
      '10.0.0.1, 203.0.113.7',
      '203.0.113.7',
    ],
    ['is the last one before trusted proxies', '127.0.0.1', '6.6.6.6, 203.0.113.7, 127.0.0.1', '203.0.113.7'],
    ['is not what a stranger says', '203.0.113.9', '127.0.0.1', '203.0.113.9'],
    ['is the proxy where the header holds nonsense', '127.0.0.1', '<script>', '127.0.0.1'],
    ['is the last one before nonsense', '127.0.0.1', '6.6.6.6, unknown, 127.0.0.1', '127.0.0.1'],
    ['is the proxy where the header is empty', '127.0.0.1', ' , ', '127.0.0.1'],
    ['loses its port', '127.0.0.1', '203.0.113.7:4711', '203.0.113.7'],
    ['may be one of IPv6', '::1', '2001:DB8::7', '2001:db8::7'],
    ['may be one of IPv6 in brackets', '::1', '[2001:db8::7]:443', '2001:db8::7'],
    ['is one of IPv4 in its own form', '::ffff:127.0.0.1', '::ffff:203.0.113.7', '203.0.113.7'],
  ])('%s', (_, peer, forwarded, expected) => {
    const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
    expect(outerOf(headers, peer, loopback).address).toBe(expected);
  });

  it('is found in a list of any length', () => {
    const forwarded = Array(5000).fill('127.0.0.1').join(', ');
    expect(outerOf({ 'x-forwarded-for': forwarded }, '127.0.0.1', loopback).address).toBe('127.0.0.1');
  });
});

describe('the name of the site', () => {
  const headers = {
    host: '127.0.0.1:9898',
    'x-forwarded-host': 'evil.example, smooth.fly.dev',
    'x-forwarded-proto': 'http, https',
  };

  it('is the last one that a trusted proxy says, or the own one', () => {
    expect(outerOf(headers, '127.0.0.1', loopback)).toMatchObject({
      hosts: ['smooth.fly.dev', '127.0.0.1:9898'],
      proto: 'https',
    });
  });

  it('is the own one where a stranger asks', () => {
    expect(outerOf(headers, '203.0.113.9', loopback)).toMatchObject({
      hosts: ['127.0.0.1:9898'],
      proto: 'http',
    });
  });
});

describe('a list of trusted proxies', () => {
  it.each([
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '11.1.2.3', false],
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '10.0.0.2', false],
    ['fdaa::/16, loopback', 'fdaa:1::2', true],
    ['fdaa::/16, loopback', '::1', true],
    ['loopback', '127.9.9.9', true],
    ['loopback', 'localhost', false],
    ['', '127.0.0.1', false],
  ])('%j and the address %s give %s', (list, address, expected) => {
    expect(readTrusted(list, 'WEB_TRUSTED_PROXIES')(address)).toBe(expected);
  });

  it.each(['localhost', '10.0.0.0/33', '10.0.0.0/x', '*', '::1/129'])(
    'refuses %j, and names the setting',
    async (list) => {
      const failure = await failureOf(() => readTrusted(list, 'WEB_TRUSTED_PROXIES'));
      expect(failure).toMatchObject({ code: 'config-invalid' });
      expect(failure.message).toContain('WEB_TRUSTED_PROXIES');
    },
  );
});
