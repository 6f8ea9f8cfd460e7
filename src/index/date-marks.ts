import { type DateWords, isAscii, monthMark, plain } from './date-words.ts';

/** Texts that are longer hold more than a date. */
const LONGEST = 200;

const TIME = String.raw`(?<![\d:])\d{1,2}(?::\d\d ?(?:[ap]\.?m\b\.?)?| ?[ap]\.?m\b\.?)(?![\d:])`;
const TIMES = new RegExp(`(?:@ ?)?${TIME}(?: ?(?:-|to|until|till) ?${TIME})?`, 'g');

/** Letters. Compiling Unicode's own class takes longer than reading all dates of a usual index. */
interface Letters {
  readonly ordinalEnd: RegExp;
  readonly word: RegExp;
}

const ASCII: Letters = {
  ordinalEnd: /(?<=\d)(?:st|nd|rd|th|er|re|o|a|e)(?![a-z])/g,
  word: /[a-z]+(?:\.(?!\d))?/g,
};

let unicode: Letters | undefined;

function unicodeLetters(): Letters {
  unicode ??= {
    ordinalEnd: /(?<=\d)(?:st|nd|rd|th|er|re|o|a|e)(?!\p{L})/gu,
    word: /\p{L}+(?:\.(?!\d))?/gu,
  };
  return unicode;
}

/**
 * A text as numbers, marks for months (`#05`), `~` for what stands between two days, and the separators `-`, `/` and
 * `.`, with single spaces; null where it has a word or a sign that does not belong to a date.
 *
 *     Sat, May 18th & Sun, May 19th 2024   becomes   #05 18 ~ #05 19 2024
 */
export function marksOf(text: string, words: DateWords): string | null {
  if (text.length > LONGEST) return null;
  let known = true;
  const ascii = isAscii(text);
  const letters = ascii ? ASCII : unicodeLetters();
  // \u6708, \u5e74 and \u65e5 are month, year and day in Japanese and Chinese, \u3001 and \u30fb their commas; \uc6d4, \ub144 and
  // \uc77c are the same in Korean. \u060c is the comma of Arabic.
  const marked = (ascii ? text.toLowerCase() : asciiDigits(plain(text)))
    .replace(/[\u2010\u2011]/g, '-')
    .replace(/\s+/g, ' ')
    // Within a word, as in the Ukrainian Friday, and behind an article.
    .replace(/(?<=[^\s\d,.])['\u2019\u02bc](?=[^\s\d,.])|(?<=\bl)['\u2019](?=\d)/g, ' ')
    .replace(/(?<=\d)\u00b0/g, '')
    .replace(TIMES, ' ')
    .replace(/ -(?= )| ?[\u2012-\u2015\u2212\u301c~&+\u3001\u30fb] ?/g, ' ~ ')
    .replace(/(^|[ ,])['\u2018\u2019](?=\d\d(?!\d))/g, '$1 20')
    .replace(/(\d{1,2}) ?[\u6708\uc6d4]/g, (_, month: string) => monthMark(Number(month)))
    .replace(/(?<=\d) ?[\u5e74\u65e5\ub144\uc77c]/g, ' ')
    .replace(letters.ordinalEnd, '')
    .replace(letters.word, (word) => {
      const mark = words.get(word.replace('.', ''));
      if (mark === undefined) known = false;
      return mark ?? ' ';
    })
    .replace(/[,;:!()[\]\u060c]/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/%(?: ?[-~/] ?%)*/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^ |[ .]+$/g, '');
  return known && /^[\d#~./ -]+$/.test(marked) ? marked : null;
}

function asciiDigits(text: string): string {
  return text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 15));
}
