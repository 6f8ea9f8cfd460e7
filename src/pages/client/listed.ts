import { type Position, readPosition } from './distance.ts';
import { all, first } from './dom.ts';
import { folded } from './fold.ts';
import type { Dated } from './next-dates.ts';

/** An event or a studio of the page. */
export interface Listed extends Dated {
  /** Its item in a list. */
  readonly li: HTMLElement;
  /** What it is below, from the top down. */
  readonly groups: readonly HTMLElement[];
  /** Its own text and the headings above it, folded. */
  readonly text: string;
  /** What a visitor calls the place: `Boston, Massachusetts`. */
  readonly town: string;
  readonly at: Position | null;
  /** Of a studio's date: the link to the studio. */
  readonly owner: Node | undefined;
  /** Of a studio: its dates. */
  readonly dates: readonly Listed[];
}

/** What has a heading and events or studios below it, but for what the script fills. */
const GROUPS = 'main :is(section:not([data-count]),details)';
const ITEM = ':is(.events,.studios)>li';

/** All events and studios of the page, in its order. */
export function readListed(): Listed[] {
  return all(`main ${ITEM}`).map((li) => {
    const one = readOne(li);
    const { at, town } = one;
    const owner = first('a', li)?.cloneNode() as HTMLElement | undefined;
    if (owner) {
      owner.textContent = town;
      owner.className = 'who';
    }
    const dates = all('.dates>li', li).map((date) => ({ ...readOne(date), at, town, owner }));
    return { ...one, dates };
  });
}

/** Studios' dates too, each behind its studio. */
export function withDates(listed: readonly Listed[]): Listed[] {
  return listed.flatMap((one) => [one, ...one.dates]);
}

function readOne(li: HTMLElement): Listed {
  const groups = groupsOf(li);
  const headings = groups.map((group) => first('h2,h3', group)?.textContent);
  const time = first<HTMLTimeElement>(':scope>time', li);
  const year = /\d{4}/.exec(headings.join())?.[0];
  return {
    li,
    groups,
    text: folded(`${li.textContent} ${headings}`),
    town: first('.who', li)?.textContent ?? `${first('a', li)?.textContent}, ${headings.at(-1)}`,
    at: readPosition(li.dataset['at']),
    from: time?.dateTime ?? '',
    // What has no day may be until the end of its year.
    to: time?.dataset['to'] ?? time?.dateTime ?? (year ? `${year}-12-31` : ''),
    dates: [],
    owner: undefined,
  };
}

/** Looked up from the item: there may be thousands of both. */
function groupsOf(item: Element): HTMLElement[] {
  const group = item.parentElement?.closest<HTMLElement>(GROUPS);
  return group ? [...groupsOf(group), group] : [];
}

/**
 * Marks what is not wanted with an attribute, and each heading below which nothing is; takes it from all others.
 *
 * @returns those that are wanted
 */
export function keepOnly(
  listed: readonly Listed[],
  isWanted: (one: Listed) => boolean,
  mark: 'hidden' | 'data-over',
): Listed[] {
  const wanted = listed.filter(isWanted);
  const allOf = ({ li, groups }: Listed) => [li, ...groups];
  const kept = new Set(wanted.flatMap(allOf));
  for (const element of listed.flatMap(allOf)) element.toggleAttribute(mark, !kept.has(element));
  return wanted;
}
