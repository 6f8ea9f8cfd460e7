import { describe, expect, it } from 'vitest';
import { renderResponse } from '../../../src/cgi/response.ts';
import type { FailureCode } from '../../../src/failure.ts';
import { OK, statusOf } from '../../../src/http/status.ts';

function headersOf(output: string): Record<string, string> {
  const [head = ''] = output.split('\r\n\r\n', 1);
  return Object.fromEntries(head.split('\r\n').map((line) => line.split(/: (.*)/s).slice(0, 2)));
}

describe('a response', () => {
  it('has the status first, an empty line, and the body as it is', () => {
    expect(renderResponse({ status: OK, form: 'text', body: 'Grüße\n' })).toBe(
      'Status: 200 OK\r\n' +
        'Content-Type: text/plain; charset=utf-8\r\n' +
        'Cache-Control: no-store\r\n' +
        'X-Content-Type-Options: nosniff\r\n' +
        '\r\n' +
        'Grüße\n',
    );
  });

  it('has the requested type', () => {
    const output = renderResponse({ status: OK, form: 'json', body: '{}' });
    expect(headersOf(output)['Content-Type']).toBe('application/json; charset=utf-8');
  });

  it.each(['\r\n\r\n<script>', '\n', '\r', '\u2028', '\0', 'é'])(
    'cannot be split by %j in a header',
    (text) => {
      const output = renderResponse({
        status: { ...OK, headers: { 'X-Test': `a${text}b` } },
        form: 'text',
        body: 'B',
      });
      expect(output.split('\r\n\r\n')).toHaveLength(2);
      expect(output.match(/X-Test: a .*b\r\n/)).not.toBeNull();
      expect(output).toMatch(/^[\x20-\x7e\r\n]*$/);
    },
  );
});

describe('the status of a failure', () => {
  it.each<[FailureCode, number]>([
    ['usage', 400],
    ['unauthorized', 401],
    ['method-not-allowed', 405],
    ['body-not-accepted', 415],
    ['index-invalid', 422],
    ['index-too-large', 422],
    ['index-older', 422],
    ['store-unreachable', 502],
    ['store-refused', 502],
    ['store-no-index', 502],
    ['store-corrupt', 502],
    ['lock-timeout', 503],
    ['store-timeout', 504],
    ['config-invalid', 500],
    ['db-dir-missing', 500],
    ['index-missing', 500],
    ['check-failed', 500],
    ['no-generation', 500],
    ['disk', 500],
    ['internal', 500],
  ])('%s is the HTTP status %i', (code, status) => {
    expect(statusOf(code).status).toBe(status);
  });

  it('is 200 if there is no failure', () => {
    expect(statusOf(null)).toBe(OK);
  });

  it.each<[FailureCode, string, RegExp]>([
    ['method-not-allowed', 'Allow', /^POST$/],
    ['unauthorized', 'WWW-Authenticate', /^Basic realm="Showcase".*Bearer/],
    ['lock-timeout', 'Retry-After', /^[1-9][0-9]*$/],
  ])('%s brings the header %s', (code, name, value) => {
    const output = renderResponse({ status: statusOf(code), form: 'text', body: '' });
    expect(headersOf(output)[name]).toMatch(value);
  });
});
