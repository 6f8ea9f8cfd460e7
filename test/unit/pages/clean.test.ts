import { describe, expect, it } from 'vitest';
import { clean, html, markup } from '../../../src/html/html.ts';
import { renderName } from '../../../src/pages/language.ts';

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => String.fromCodePoint(from + at));

describe('what no page may hold', () => {
  it.each([...range(0x202a, 0x202e), ...range(0x2066, 0x2069)])(
    'turns no text around a name: %j is left out',
    (character) => {
      expect(clean(`a${character}b${character}`)).toBe('ab');
      expect(html`<p title="${`x${character}`}">${`y${character}`}</p>`.toString()).toBe(
        '<p title="x">y</p>',
      );
    },
  );

  it.each(['\t', '\n', '\v', '\f', '\r', '\u0085', '\u2028', '\u2029', '\r\n', '\n\n\n'])(
    'begins no line: %j is one space',
    (character) => expect(clean(`a${character}b${character}c`)).toBe('a b c'),
  );

  it.each([...range(0, 8), ...range(0xe, 0x1f), ...range(0x7f, 0x84), ...range(0x86, 0x9f)])(
    'controls nothing: %j is a sign for it',
    (character) => expect(clean(`a${character}${character}b`)).toBe('a\ufffd\ufffdb'),
  );

  it.each([...range(0xfdd0, 0xfdef), '\ufffe', '\uffff', '\ud800', '\udfff'])(
    'is a sign where it is no character: %j',
    (character) => expect(clean(`a${character}b`)).toBe('a\ufffdb'),
  );
});

describe('a template', () => {
  it('escapes text in lists, too, and takes markup as it is', () => {
    const page = html`<p>${['<', [markup('<b>'), '&'], null, false, 7, '"']}</p>`.toString();
    expect(page).toBe('<p>&lt;<b>&amp;7&quot;</p>');
  });
});

describe('a name', () => {
  const shown = (name: string) => renderName(name, null, 'en').toString();

  it.each(['سوق', 'Ball 2026 (שלום)', 'ߊ', '\u200fBall', '𐤀', '𞤀'])(
    'that runs from right to left, even in part, keeps that to itself: %s',
    (name) => expect(shown(name)).toBe(`<bdi>${name}</bdi>`),
  );

  it.each(['Ball', 'Forlì', 'Київ', '神戸 2026', '(1) & 2'])(
    'that runs from left to right as the page does is nothing but text: %s',
    (name) => expect(shown(name)).toBe(name.replace('&', '&amp;')),
  );
});
