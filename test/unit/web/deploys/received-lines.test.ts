import { expect, it } from 'vitest';
import { gapLines, receivedLogLine, shownText } from '../../../../src/web/deploys/received-lines.ts';

const AT = '2026-01-02T03:04:05.678Z';

it.each([
  ['a colour of a terminal is left out', '\u001b[1;31mred\u001b[0m', 'red'],
  ['the name of a window is left out', '\u001b]0;title\u0007text', 'text'],
  ['a bar that is drawn over itself is shown as it was in the end', '10%\r50%\r100%', '100%'],
  ['a line end of Windows is no bar', 'done\r\n', 'done'],
  ['tabs and line ends are spaces', 'a\tb\nc', 'a b c'],
  ['what turns the direction of the text is escaped', 'a\u202egnp', 'a\\u{202e}gnp'],
  ['a control character and half of a character are escaped', '\u0000\ud800', '\\u{0}\\u{d800}'],
  ['markup is text', '<b>&amp;', '<b>&amp;'],
])('of a line that was received, %s', (_, message, shown) => {
  expect(shownText(message)).toBe(shown);
});

it('a line that was received is a line of the log, and what a machine has said is folded with its like', () => {
  const base = { seq: 7, message: 'm1: updated', loggedAt: AT, machine: 'm1', step: null } as const;
  expect(receivedLogLine({ ...base, level: 'ok' })).toMatchObject({
    number: '7',
    level: 'good',
    isQuoted: false,
  });
  expect(receivedLogLine({ ...base, level: 'info' })).toMatchObject({
    level: 'info',
    machine: 'm1',
    isQuoted: true,
  });
});

it('lines that are not there are said to be refused where the sender gave them up', () => {
  const said = (...args: Parameters<typeof gapLines>) => gapLines(...args).map(({ text }) => text);
  expect(said(31, 44, [], AT)).toEqual(['lines 31–44 have not arrived']);
  expect(said(31, 31, [[31, 31]], AT)).toEqual(['line 31 was refused']);
  expect(
    said(
      10,
      40,
      [
        [30, 60],
        [5, 12],
        [12, 20],
      ],
      AT,
    ),
  ).toEqual([
    'lines 10–12 were refused',
    'lines 13–20 were refused',
    'lines 21–29 have not arrived',
    'lines 30–40 were refused',
  ]);
});
