/** Texts that some YAML reader has its own idea about when they stand unquoted, or that are hard to quote. */
export const YAML_TRAPS: readonly string[] = [
  ...words('~ = << - --- ... !x &a *a | > % @ ` ? : # , [ ] { } \' " \\ \\n \\u0041 $1 / /a/b.c-d_e'),
  ...words('null Null NULL nil y Y n N yes Yes no NO on On off OFF true True TRUE TrUe false False FALSE'),
  ...words('0 -0 01 010 0o10 0x1F 0b11 1_000 1,000 +1 -1 1. .5 1.5 -.5 . .. 1y e E3 e-3 inf nan MERGE'),
  ...words(
    '1e3 1e-7 1.0e3 1E+3 12e03 685.230_15e+03 .inf -.inf .Inf .nan .NaN 1:20 190:20:30 20:30.15 12:30',
  ),
  ...words(
    '2026-01-02 2001-12-14t21:59:43.10-05:00 !ruby/object:Object :name :name: name: a:b a#b [a] {a} "a"',
  ),
  ...words(`'a' $${'{port}'} {{root}} #{x} %s é 漢字 💃 \u{10ffff} \ufffd e\u0301`),
  ...[
    '',
    ' ',
    '--- ',
    ' a',
    'a ',
    'a: b',
    'a #b',
    '- a',
    '{a: b}',
    'a, b',
    '2026-1-2 10:00:00',
    '!!binary x',
  ],
  ...[
    '<%= x %>',
    '\n',
    'a\nb',
    'a\n',
    '\na',
    '\r\n',
    '\t',
    'a\tb',
    '\0',
    '\x07',
    '\x1b[0m',
    '\x7f',
    '\x85',
    '\xa0',
  ],
  ...['\u2028', '\u2029', '\ufeff', 'a\ufeff', '\ufffe', '\uffff', 'x'.repeat(5000)],
];

function words(text: string): string[] {
  return text.split(' ');
}
