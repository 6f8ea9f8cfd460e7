import { describe, expect, it } from 'vitest';
import { isKnownLocale } from '../../../src/index/locale.ts';
import type { Labels } from '../../../src/pages/labels.ts';
import { CATALOGUE, ENGLISH, wordingFor } from '../../../src/pages/wording.ts';
import { event, multi, NOTHING, studio, yearOf } from '../../support/indexes/invented-index.ts';
import { renderPage, textOf, tokensOf } from '../../support/pages/rendered.ts';

/** Words that a language shares with English. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  de: ['studios'],
  fr: ['studios'],
};

/** Every text of a catalogue, by its path: `maps.us`. */
function textsOf(labels: object, path = ''): [string, string][] {
  return Object.entries(labels).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'string' ? [[`${path}${key}`, value]] : textsOf(value as object, `${path}${key}.`),
  );
}

const blanksOf = (text: string): number => text.split('{}').length - 1;
const english = new Map(textsOf(ENGLISH.labels));

describe('the labels of pages', () => {
  it('are there in nine languages, each of which this Node can write dates in', () => {
    const languages = Object.keys(CATALOGUE);
    expect(languages).toEqual(['de', 'en', 'es', 'fr', 'it', 'ja', 'pl', 'ro', 'uk']);
    expect(languages.filter((language) => !isKnownLocale(language))).toEqual([]);
  });

  it.each(Object.entries(CATALOGUE))('in %s are complete, and leave room for the same names', (_, labels) => {
    const texts = textsOf(labels);
    expect(texts.map(([path]) => path).sort()).toEqual([...english.keys()].sort());
    for (const [path, text] of texts) {
      expect([path, text.trim()]).toEqual([path, text]);
      expect([path, text]).not.toEqual([path, '']);
      expect([path, blanksOf(text)]).toEqual([path, blanksOf(english.get(path) ?? '')]);
    }
  });

  it.each(Object.entries(CATALOGUE).filter(([language]) => language !== 'en'))(
    'in %s are none of the English ones, but for words that both languages have',
    (language, labels: Labels) => {
      const same = textsOf(labels).filter(([path, text]) => text === english.get(path));
      expect(same.map(([path]) => path)).toEqual(SHARED[language] ?? []);
    },
  );

  it.each(Object.keys(CATALOGUE).filter((language) => language !== 'en'))(
    'in %s stand on pages of such a studio without an English one beside them',
    (language) => {
      const owner = studio('zzz', { name: 'Zzz', locale: language, lat: 48.2, lon: 16.37, region: 'r' });
      const years = [2026, 2025, 2024].map((year) =>
        yearOf(
          multi(year, owner, event('a', 'Qqq', `${year}-05-01`), event('b', 'Qqq'), event('c', 'Xxx', 'TBD')),
        ),
      );
      const index = { ...NOTHING, studios: [owner, studio('aaa')], years };
      const shared = SHARED[language] ?? [];
      const labels = [...english]
        .filter(([path]) => !shared.includes(path))
        .map(([, text]) => text.split('{}'));
      const pages = ['studios/zzz/index.html', '2026/zzz/index.html'].map((path) => renderPage(index, path));
      for (const page of pages) {
        const strings = tokensOf(page).flatMap((one) =>
          one.kind === 'text' ? one.text.trim() : one.kind === 'open' ? [...one.attributes.values()] : [],
        );
        const wrong = labels.filter((parts) =>
          strings.some((text) =>
            parts.length > 1
              ? parts.every((part) => part.length > 3 && text.includes(part))
              : text === parts[0],
          ),
        );
        expect(wrong).toEqual([]);
      }
      const [own = ''] = pages;
      expect(own).toContain(`<html lang="${language}">`);
      const month = new Intl.DateTimeFormat(language, { month: 'long', day: 'numeric' }).format(
        new Date(2026, 4, 1),
      );
      expect(textOf(own)).toContain(month);
    },
  );

  it('are those of a studio’s language, or English', () => {
    expect(wordingFor('ro-RO')).toEqual({ lang: 'ro-RO', labels: CATALOGUE['ro'] });
    expect(wordingFor('sv-SE')).toBe(ENGLISH);
    expect(wordingFor('constructor')).toBe(ENGLISH);
  });
});
