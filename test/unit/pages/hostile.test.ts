import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openImage } from '../../../src/database/image.ts';
import { clean, html } from '../../../src/html/html.ts';
import type { Index } from '../../../src/index/index-model.ts';
import { readIndex } from '../../../src/index/read-index.ts';
import { buildIndex, hostileTables } from '../../support/indexes/indexes.ts';
import { event, multi, NOTHING, studio, yearOf } from '../../support/indexes/invented-index.ts';
import { linksOf, renderAll, textOf, tokensOf } from '../../support/pages/rendered.ts';
import { anyText } from '../../support/properties/any-text.ts';

const ATTACKS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</title></style><b>',
  '<!-- -->',
  '--><b>',
  ']]>',
  '&lt;b&gt;',
  '&#60;b&#62;',
  '&amp',
  'javascript:alert(1)',
  `$& $1 $\` $\{x} {{x}}`,
  '\u202eright to left',
  '\u2066isolate',
  'NUL\0NUL',
  'esc\x1b[2J',
  'next\u0085line\u2028sep',
  'lone \ud800 surrogate \udc00',
  '\ufffe\uffff',
  '💃 \u{1f469}\u200d\u{1f3a4}',
  'שלום',
  'e\u0301',
  'x'.repeat(10_000),
];

/** Tags that our own templates use. */
const OURS =
  'html head meta link title script body footer ol img header a nav ul li main h1 h2 h3 p div figure svg use g line circle rect text figcaption span time bdi section details summary label input select option button'.split(
    ' ',
  );

function indexWith(text: string): Index {
  const owner = studio('a', { name: text, lat: 41.9, lon: -87.6, region: 'r', locale: null });
  return {
    ...NOTHING,
    regions: [{ code: 'r', name: text, lat: 39, lon: -77 }],
    studios: [owner, studio('b', { name: text, locale: 'sv-SE', region: 'r' })],
    years: [yearOf(multi(2026, owner, event('e', text, text)))],
  };
}

describe('text from the index', () => {
  it.each(ATTACKS)('%j is text on every page, and nothing else', (text) => {
    for (const page of renderAll(indexWith(text)).values()) {
      const tokens = tokensOf(page);
      const strangers = tokens.filter((one) => one.kind === 'open' && !OURS.includes(one.name));
      expect(strangers).toEqual([]);
      const names = tokens.flatMap((one) => (one.kind === 'open' ? [...one.attributes.keys()] : []));
      expect(names.filter((name) => name.startsWith('on'))).toEqual([]);
      expect(linksOf(page).filter((link) => !/^(?:\/showcase\/|#)/.test(link))).toEqual([]);
    }
    const shown = textOf(renderAll(indexWith(text)).get('2026/a/index.html') ?? '');
    expect(shown).toContain(clean(text));
  });

  it('of any kind is escaped, and characters that no page may have are replaced', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const page = html`<p title="${text}">${text}</p>`.toString();
        const [open, content] = tokensOf(page);
        expect(open?.kind === 'open' && open.attributes.get('title')).toBe(clean(text));
        if (clean(text) !== '') expect(content).toEqual({ kind: 'text', text: clean(text) });
        expect(clean(text).isWellFormed()).toBe(true);
        expect(clean(text)).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]/u);
      }),
    );
  });

  it('that is harmless stays as it is', () => {
    for (const text of ['', 'Café Zürich 💃', "O'Hara & Sons", 'שלום', 'a\u200db', 'x\u200e']) {
      expect(clean(text)).toBe(text);
    }
  });
});

describe('any readable index', () => {
  it('gives well-formed pages, each at a path of its own, whose links stay within the site', () => {
    fc.assert(
      fc.property(hostileTables(), (tables) => {
        const db = openImage(buildIndex(tables));
        try {
          const pages = renderAll(readIndex(db).index, '');
          for (const [path, page] of pages) {
            expect(path).toMatch(/^(?:[^/]+\/){0,2}index\.html$/);
            expect(path.split('/')).not.toContain('..');
            for (const link of linksOf(page)) expect(link).toMatch(/^(?:#|\/(?:[^/?#]+\/)*(?:request)?$)/);
          }
        } finally {
          db.close();
        }
      }),
      { numRuns: 60 },
    );
  });
});
