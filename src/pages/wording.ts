import { type Html, html } from '../html/html.ts';
import { isKnownLocale } from '../index/locale.ts';
import type { Labels } from './labels.ts';
import { languageOf } from './language.ts';
import { DE } from './languages/de.ts';
import { EN } from './languages/en.ts';
import { ES } from './languages/es.ts';
import { FR } from './languages/fr.ts';
import { IT } from './languages/it.ts';
import { JA } from './languages/ja.ts';
import { PL } from './languages/pl.ts';
import { RO } from './languages/ro.ts';
import { UK } from './languages/uk.ts';

/** By language. Studios of any other language get English. */
export const CATALOGUE: Readonly<Record<string, Labels>> = {
  de: DE,
  en: EN,
  es: ES,
  fr: FR,
  it: IT,
  ja: JA,
  pl: PL,
  ro: RO,
  uk: UK,
};

export interface Wording {
  /** BCP 47 tag of the language that the labels are in. */
  readonly lang: string;
  readonly labels: Labels;
}

export const ENGLISH: Wording = { lang: 'en', labels: EN };

/** The labels in a studio's language; in English, and said to be so, where there are none. */
export function wordingFor(locale: string | null): Wording {
  if (locale === null) return ENGLISH;
  const language = languageOf(locale);
  const labels = Object.hasOwn(CATALOGUE, language) ? CATALOGUE[language] : undefined;
  return labels ? { lang: isKnownLocale(locale) ? locale : language, labels } : ENGLISH;
}

/** A label with a name in its place. */
export function filled(label: string, name: Html | number): Html {
  const [before = '', after = ''] = label.split('{}');
  return html`${before}${name}${after}`;
}
