/** Letters that are no other letter with an accent, as people type them who do not have them. */
const PLAIN: Readonly<Record<string, string>> = {
  ł: 'l',
  ø: 'o',
  đ: 'd',
  ı: 'i',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
};

/** A text as it is searched: lower case, without accents, words with one space around each. */
export function folded(text: string): string {
  const bare = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[łøđıßæœ]/g, (letter) => PLAIN[letter] ?? letter)
    .replace(/['\u2019]/g, '');
  return ` ${bare.replace(/[^\p{L}\p{N}]+/gu, ' ').trim()} `;
}

/** What each word of a query must be found as: the beginning of a word; anywhere, where words have no spaces between. */
export function wordsOf(query: string): string[] {
  const words = folded(query).match(/\S+/g) ?? [];
  return words.map((word) => (/[\u3000-\u9fff]/.test(word) ? word : ` ${word}`));
}

/** Whether a folded text has all words. */
export function hasAll(text: string, words: readonly string[]): boolean {
  return words.every((word) => text.includes(word));
}
