import { describe, expect, it } from 'vitest';
import { readDeployConfig } from '../../../src/callbacks/deploy-config.ts';
import { withCallbackUrl } from '../../../src/callbacks/deploy-document.ts';
import { failureOf } from '../../support/suite/failure.ts';
import { readByRuby } from '../../support/system/ruby.ts';

const NEW = 'https://new.example/api/deploys?a=1&b=2';

const CONFIG = `# The shop. Ask Ada before you change this.
application:
  name: shop # in production
  mode: 0777
  version: 1.10
  on: yes
  long: "one line that is long enough for each writer of YAML to break it into two, were it allowed to do so, which it is not"
  ssh_keys:
    private_key: |
      -----BEGIN-----
        indented
      -----END-----
  folded: >-
    some words

  unknown: [1, 'two', "three"] # stays
`;

describe('a config with another dashboard', () => {
  it('keeps comments, fields that nobody knows, and how values are written', () => {
    const changed = withCallbackUrl(CONFIG, NEW);
    expect(changed).toBe(`${CONFIG}callback_url: "${NEW}"\n`);
    const [before, after] = readByRuby([CONFIG, changed]);
    expect(after).toEqual({ ...(before as object), callback_url: NEW });
    expect(withCallbackUrl(changed, null)).toBe(CONFIG);
  });

  it('keeps the values of what may be broken into other lines', () => {
    const text = 'a: >-\n  some\n  words\nb: [ 1,\n  2 ]\nc: { d: "x\n  y" }\ne: one\n  two\n';
    const [before, after] = readByRuby([text, withCallbackUrl(text, NEW)]);
    expect(after).toEqual({ ...(before as object), callback_url: NEW });
  });

  it.each([
    ['at the top', (url: string) => `a: 1\ncallback_url: ${url} # ours\nb: 2\n`],
    ['in the application', (url: string) => `application:\n  callback_url: ${url}\n  name: shop\n`],
    ['as a symbol', (url: string) => `:callback_url: ${url}\n:application: {}\n`],
    ['as symbols', (url: string) => `:application:\n  :callback_url: ${url}\n  :name: shop\n`],
  ])('has it where the old one was: %s', (_, text) => {
    expect(withCallbackUrl(text('https://old.example'), NEW)).toBe(text(`"${NEW}"`));
  });

  it('has no other left', () => {
    const text =
      'callback_url: https://one.example\nname: x\n:callback_url: https://two.example\napplication:\n  callback_url: https://three.example\n  name: y\n';
    expect(withCallbackUrl(text, NEW)).toBe(`callback_url: "${NEW}"\nname: x\napplication:\n  name: y\n`);
    expect(withCallbackUrl(text, null)).toBe('name: x\napplication:\n  name: y\n');
  });

  it.each(['', '# only a comment\n', '---\n', 'callback_url:\n'])('can begin with %j', (text) => {
    const changed = withCallbackUrl(text, NEW);
    expect(readDeployConfig(changed).callbackUrl).toBe(NEW);
    expect(readByRuby([changed])[0]).toEqual({ callback_url: NEW });
  });

  it('without any stays without one', () => {
    expect(withCallbackUrl('', null)).toBe('');
    expect(withCallbackUrl(CONFIG, null)).toBe(CONFIG);
  });

  it.each(['[1, 2]\n', 'just words\n', 'a: [\n'])('is not made of %j', async (text) => {
    expect((await failureOf(() => withCallbackUrl(text, NEW))).code).toBe('config-invalid');
  });
});
