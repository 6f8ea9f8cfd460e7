import { describe, expect, it } from 'vitest';
import type { Index, Studio } from '../../../src/index/index-model.ts';
import { dayLocale } from '../../../src/index/locale.ts';
import { DayWriter } from '../../../src/pages/format-dates.ts';
import { event, multi, NOTHING, studio, yearOf } from '../../support/indexes/invented-index.ts';
import { renderPage, textOf } from '../../support/pages/rendered.ts';

describe('a date', () => {
  it.each([
    ['en-US', 'May 1 – 2, 2026'],
    ['en-AU', '1–2 May 2026'],
    ['fr-CA', '1–2 mai 2026'],
    ['it-IT', '01–02 maggio 2026'],
    ['pl-PL', '1–2 maja 2026'],
    ['ja-JP', '2026/05/01～2026/05/02'],
  ])('is written as %s writes it', (locale, expected) => {
    const text = new DayWriter(locale).write({ from: '2026-05-01', to: '2026-05-02' });
    expect(text.replaceAll(/\s/g, ' ')).toBe(expected);
  });
});

describe('the date of an event', () => {
  const owner = studio('a');
  const page = (...dates: (string | null)[]) => {
    const events = dates.map((date, at) => event(`e${at}`, `E${at}`, date));
    const index = { ...NOTHING, studios: [owner], years: [yearOf(multi(2024, owner, ...events))] };
    return renderPage(index, '2024/index.html');
  };
  const orderOf = (...dates: (string | null)[]) =>
    [...page(...dates).matchAll(/>E(\d)</g)].map(([, at]) => dates[Number(at)]);

  it('of several days says both ends to programs, and one of a single day says that one', () => {
    expect(page('2024-04-30 - 2024-05-02').replaceAll('\u2009', ' ')).toContain(
      '<time datetime="2024-04-30" data-to="2024-05-02">April 30 – May 2, 2024</time>',
    );
    expect(page('2024-04-30')).toContain('<time datetime="2024-04-30">April 30, 2024</time>');
  });

  it('is shown as typed, with the day for programs', () => {
    expect(page('Saturday, May 18th')).toContain(
      '<li><time datetime="2024-05-18">Saturday, May 18th</time> <a',
    );
    expect(page('May 2024')).toContain('<time datetime="2024-05">May 2024</time>');
  });

  it('of several days has the last of them, too', () => {
    expect(page('September 6-7')).toContain(
      '<time datetime="2024-09-06" data-to="2024-09-07">September 6-7</time>',
    );
  });

  it('that names no day is shown without one', () => {
    for (const date of ['Spring', 'TBD', '0000-01-01']) {
      expect(page(date)).toContain(`<span class="when">${date}</span>`);
      expect(page(date)).not.toContain('<time');
    }
  });

  it('that is no more than the year above it is left out', () => {
    for (const date of ['2024', ' 2024 ', null]) expect(page(date)).not.toMatch(/class="when"|<time/);
    expect(page('2025')).toContain('<span class="when">2025</span>');
  });

  it('sorts its event among those of the platform’s own form, and before those without a day', () => {
    const dates = [
      'Spring',
      '2024-09-05',
      null,
      '9/4/2024',
      '2024',
      'August 31 - September 1',
      'Sept',
      '0000-01-01',
    ];
    expect(orderOf(...dates)).toEqual([
      'August 31 - September 1',
      'Sept',
      '9/4/2024',
      '2024-09-05',
      'Spring',
      null,
      '2024',
      '0000-01-01',
    ]);
  });

  it('is read as the studio’s country writes it, on pages of all studios, too', () => {
    const perth = studio('perth', { locale: 'en-AU' });
    const years = [
      yearOf(multi(2024, owner, event('a', 'A', '9/4')), multi(2024, perth, event('b', 'B', '9/4'))),
    ];
    const all = renderPage({ ...NOTHING, studios: [owner, perth], years }, '2024/index.html');
    expect([...all.matchAll(/datetime="([^"]*)"/g)].map(([, day]) => day)).toEqual([
      '2024-04-09',
      '2024-09-04',
    ]);
  });
});

describe('a locale', () => {
  it.each(['not-a-locale-at-all', 'x', 'q'.repeat(35), 'xx-YY', 'it-ABCDEFGHIJK', 'zz', null])(
    '%j that is unknown is read as the default, not as that of this machine',
    (locale) => {
      expect(dayLocale(locale)).toBe('en-US');
    },
  );

  it.each([
    ['it-IT', 'it-IT', 'Eventi', '1 maggio 2026'],
    ['fr-CA', 'fr-CA', 'Événements', '1 mai 2026'],
    ['de-AT', 'de-AT', 'Veranstaltungen', '1. Mai 2026'],
    ['ja-JP', 'ja-JP', 'イベント', '2026年5月1日'],
    ['uk-UA', 'uk-UA', 'Події', '1 травня 2026 р.'],
    ['en-AU', 'en-AU', 'Events', '1 May 2026'],
    ['IT-it', 'IT-it', 'Eventi', '1 maggio 2026'],
    ['it-ABCDEFGHIJK', 'it', 'Eventi', '1 maggio 2026'],
    ['sv-SE', 'en', 'Events', 'May 1, 2026'],
    ['xx-YY', 'en', 'Events', 'May 1, 2026'],
    [null, 'en', 'Events', 'May 1, 2026'],
  ])('%s makes pages in %s, with its labels and dates', (locale, lang, label, date) => {
    for (const path of ['studios/a/index.html', '2026/a/index.html']) {
      const page = renderPage(indexOf(studio('a', { locale })), path);
      expect(page).toContain(`<html lang="${lang}">`);
      expect(textOf(page)).toContain(date);
      if (path.startsWith('studios')) expect(textOf(page)).toContain(label);
    }
  });

  it('whose labels are not translated has its dates in English too, and marks every name that is not plain', () => {
    const page = renderPage(indexOf(studio('a', { locale: 'sv-SE', name: 'Malmö' })), 'studios/a/index.html');
    expect(page).toContain('<html lang="en">');
    expect(page).toContain('<time datetime="2026-05-01">May 1, 2026</time>');
    expect(page).toContain('<h1><bdi lang="sv-SE">Malmö</bdi></h1>');
  });

  it('counts on a studio’s own pages: those of all studios are in English', () => {
    const page = renderPage(indexOf(studio('a', { locale: 'it-IT', name: 'Forlì' })), '2026/index.html');
    expect(page).toContain('<html lang="en">');
    expect(textOf(page)).toContain('May 1, 2026');
    expect(page).toContain('<bdi lang="it-IT">Forlì</bdi>');
  });
});

function indexOf(owner: Studio): Index {
  const entry = multi(2026, owner, event('x', 'X', '2026-05-01'));
  return { ...NOTHING, studios: [owner], years: [yearOf(entry)] };
}
