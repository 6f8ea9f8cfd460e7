import { describe, expect, it } from 'vitest';
import { readCallbackUrl } from '../../../src/callbacks/callback-url.ts';
import { failureOf } from '../../support/suite/failure.ts';

describe('the address of a dashboard', () => {
  it.each([
    ['https://myapp.com/api/deploys', 'https://myapp.com/api/deploys'],
    [' https://myapp.com/api/deploys///\n', 'https://myapp.com/api/deploys'],
    ['https://myapp.com/api/deploys/?token=1&b=', 'https://myapp.com/api/deploys?token=1&b='],
    ['https://myapp.com', 'https://myapp.com/'],
    ['http://localhost:3000/api/deploys', 'http://localhost:3000/api/deploys'],
    ['http://127.0.0.1:3000/x', 'http://127.0.0.1:3000/x'],
    ['http://[::1]/x', 'http://[::1]/x'],
    ['http://dash.internal:8080/x', 'http://dash.internal:8080/x'],
    ['http://dash.flycast/x', 'http://dash.flycast/x'],
  ])('%j is read as %s', (text, href) => expect(readCallbackUrl(text).href).toBe(href));

  it.each([
    ['http://myapp.com/api/deploys', 'not encrypted'],
    ['http://127.0.0.1.example.com/', 'not encrypted'],
    ['ftp://myapp.com/', 'https://'],
    ['https:myapp.com', 'https://'],
    ['//myapp.com/x', 'https://'],
    ['myapp.com/api', 'https://'],
    ['https://', 'https://'],
    ['', 'https://'],
    ['https://user@myapp.com/', 'a user or a password'],
    ['https://:secret-word@myapp.com/', 'a user or a password'],
    ['https://myapp.com/x#part', 'fragment'],
    ['https://myapp.com/x#', 'fragment'],
    ['https://myapp.com/a b', 'white space'],
    ['https://myapp.com/a\tb', 'white space'],
    ['https://myapp.com/\u202eb', 'control characters'],
    [`https://myapp.com/${'a'.repeat(2000)}`, '2000 characters'],
  ])('%j is refused', async (text, why) => {
    const failure = await failureOf(() => readCallbackUrl(text));
    expect(failure.code).toBe('config-invalid');
    expect(failure.message).toContain(why);
    expect(failure.message).not.toContain('secret-word');
  });

  it('that is refused is not repeated beyond its host', async () => {
    const { message } = await failureOf(() =>
      readCallbackUrl('http://myapp.com/token-in-path?token=in-query'),
    );
    expect(message).toContain('myapp.com');
    expect(message).not.toMatch(/token-in-path|in-query/);
  });
});
