import type { PlainRow } from '../indexes/indexes.ts';
import { buildIndex, SOUND } from '../indexes/indexes.ts';

/** Runs when a name is taken for markup or script; `window.injected` tells. */
const SCRIPT = 'window.injected=1';

/** Names that a row may well have, and that no page may take for anything but text. */
export const HOSTILE_NAMES: readonly string[] = [
  `<script>${SCRIPT}</script>`,
  `"><img src=x onerror="${SCRIPT}">`,
  `'><svg onload='${SCRIPT}'>`,
  `" onmouseover="${SCRIPT}" autofocus onfocus="${SCRIPT}" x="`,
  `</title></style></a></h1></svg></textarea><iframe srcdoc="<script>parent.injected=1</script>">`,
  '<base href="http://evil.example/">',
  '<meta http-equiv="refresh" content="0;url=http://evil.example/">',
  '</style><style>*{display:none}',
  '<!-- never ends',
  '--> ]]> <![CDATA[ ?> <?php',
  '&lt;b&gt; &amp;amp; &#60;script&#62; &nosuch; &copy',
  `javascript:${SCRIPT}`,
  `$\{${SCRIPT}} {{7*7}} <%= 7*7 %> #{7*7} $(id) \`id\``,
  '\u202Eesrever thgir',
  '\u2066isolated for ever',
  'العربية and English',
  'e\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308 stacked',
  '💃🏽🕺👩‍👩‍👧‍👦 dance',
  `${'W'.repeat(180)} without a break`,
  'two  spaces   within',
  '\\u003cscript\\u003e %3Cscript%3E',
  '//evil.example/',
  '0',
  'null',
  '__proto__',
];

/** A name as a page shows it: without the marks that would turn the direction of what stands around it. */
export function shown(name: string): string {
  return name.replaceAll(/[\u202A-\u202E\u2066-\u2069]/g, '');
}

/** Keys that a row may well have, and that mean something to a path, a URL, a pattern or an object. */
const KEYS: readonly string[] = [
  "o'hara+sons",
  'ärzte',
  '東京',
  '__proto__',
  'constructor',
  'toString',
  'st.louis',
  '-',
  '+',
  "''",
  'regions',
  'studios',
  '2026',
  'a.b',
];

const key = (at: number): string => KEYS[at] ?? `key${at}`;

/** Every hostile name as that of a region, of a studio and of an event, and as a date; with keys that are odd as well. */
export function hostileIndex(): Buffer {
  const regions: PlainRow[] = HOSTILE_NAMES.map((location, at) => ({
    type: 'fly',
    code: `r${at}`,
    location,
    latitude: 30 + at / 2,
    longitude: -120 + at,
  }));
  const locations: PlainRow[] = HOSTILE_NAMES.map((name, at) => ({
    id: at + 1,
    key: key(at),
    name,
    // Over all four maps and beyond them.
    latitude: [40, 50, -30, 36, 0][at % 5] ?? 0,
    longitude: [-100, 10, 140, 138, 0][at % 5] ?? 0,
    region: `r${at}`,
    locale: ['en_US', 'ar_EG', 'ja_JP', 'xx_XX', 'de_DE'][at % 5] ?? null,
  }));
  const showcases: PlainRow[] = HOSTILE_NAMES.flatMap((name, at) => [
    { year: 2026, key: 'showcase', name, date: name, order: at, location_id: at + 1 },
    { year: 2025, key: 'first', name, date: name, order: at, location_id: at + 1 },
    { year: 2025, key: key(at + 1), name, date: '2025-02-30 - 2025-01-01', order: at, location_id: at + 1 },
  ]);
  return buildIndex({ users: SOUND.users, regions, locations, showcases });
}
