/**
 * A recording of a terminal as one animated SVG: no script, no font, so it moves also where a picture is all that is allowed.
 * Each line that was ever shown is in it once, and each frame is a list of these.
 */
import { type Frame, type Line, type Size, textOf } from './terminal-frames.ts';

/** Pixels. */
const CELL = { width: 8.4, height: 19 };
const FONT = 14;
const MARGIN = 16;
/** Of the window's title bar. */
const BAR = 34;
/** Milliseconds that the last frame is shown for, before all begins anew. */
const REST = 6_000;

/** The sixteen colours on a dark ground; each has at least 4.5 : 1 there. */
const COLOURS = [
  ...['#8b949e', '#ff7b72', '#56d364', '#e3b341', '#79c0ff', '#d2a8ff', '#39c5cf', '#c9d1d9'],
  ...['#8b949e', '#ffa198', '#7ee787', '#f2cc60', '#a5d6ff', '#e2c5ff', '#56d4dd', '#f0f6fc'],
];
const GROUND = '#0d1117';
const INK = '#e6edf3';

/**
 * @param title what the picture shows, for those who cannot see it
 */
export function renderRecording(frames: readonly Frame[], title: string, { columns, rows }: Size): string {
  const [width, height] = [Math.ceil(columns * CELL.width) + 2 * MARGIN, rows * CELL.height + BAR + MARGIN];
  const lasts = (frames.at(-1)?.at ?? 0) + REST;
  const ids = new Map<string, number>();
  const drawn: string[] = [];
  const idOf = (line: Line): number => {
    const key = JSON.stringify(line);
    const known = ids.get(key);
    if (known !== undefined) return known;
    drawn.push(`<text id="l${drawn.length}" xml:space="preserve">${line.map(span).join('')}</text>`);
    ids.set(key, drawn.length - 1);
    return drawn.length - 1;
  };
  const screens = frames.map(({ lines }, nth) => {
    const uses = lines.flatMap((line, row) =>
      textOf(line).trim() === '' ? [] : [`<use href="#l${idOf(line)}" y="${(row + 1) * CELL.height}"/>`],
    );
    return `<g class="f f${nth}">${uses.join('')}</g>`;
  });
  const rules = frames.map(({ at }, nth) => {
    const [from, to] = [at, frames[nth + 1]?.at ?? lasts].map((time) => ((100 * time) / lasts).toFixed(2));
    return `.f${nth}{animation-name:a${nth}}@keyframes a${nth}{${nth === 0 ? '' : `0%{opacity:0}`}${nth === 0 ? '0' : from}%{opacity:1}${to}%,100%{opacity:${nth === frames.length - 1 ? 1 : 0}}}`;
  });
  const dots = ['#ff7b72', '#e3b341', '#56d364'].map(
    (colour, nth) => `<circle cx="${MARGIN + 6 + nth * 20}" cy="17" r="6" fill="${colour}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="t">
<title id="t">${escaped(title)}</title>
<style>text{font:${FONT}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:${INK}}.b{font-weight:700}.d{opacity:.75}.f{opacity:0;animation:${lasts}ms step-end infinite}${rules.join('')}@media(prefers-reduced-motion:reduce){.f{animation:none}.f${frames.length - 1}{opacity:1}}</style>
<defs>${drawn.join('\n')}</defs>
<rect width="100%" height="100%" rx="8" fill="${GROUND}"/>
${dots.join('')}
<g transform="translate(${MARGIN} ${BAR - 5})">
${screens.join('\n')}
</g>
</svg>
`;
}

function span(run: Line[number]): string {
  const { text, colour, isBold, isFaint } = run;
  const names = [isBold ? 'b' : '', isFaint ? 'd' : ''].filter((name) => name !== '').join(' ');
  const fill = colour === null ? '' : ` fill="${COLOURS[colour] ?? INK}"`;
  // The width is given, whichever font the reader has: columns stay below each other.
  const long = ` textLength="${([...text].length * CELL.width).toFixed(1)}"`;
  return `<tspan${names === '' ? '' : ` class="${names}"`}${fill}${long}>${escaped(text)}</tspan>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
