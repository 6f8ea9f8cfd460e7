import { type Html, html } from '../html/html.ts';
import { countryName } from '../maps/place-name.ts';
import { linesOf, renderDate, renderPosition } from './event-lists.ts';
import { renderName } from './language.ts';
import type { SiteView, StudioView } from './view.ts';

/** Studios of one state, or of a country that is not divided. */
interface Area {
  readonly id: string;
  readonly name: string;
  readonly studios: readonly StudioView[];
}

interface Country {
  readonly id: string;
  readonly name: string;
  /** By name; those of a country that is not divided are one area with its name. */
  readonly areas: readonly Area[];
}

/** All studios by country and state, each with its dates in the newest years. */
export function renderDirectory(view: SiteView): Html {
  return html`<div class="countries">
${countriesOf(view.studios).map((country) => renderCountry(view, country))}</div>`;
}

/** So many studios can be looked through without links to their countries and states. */
const AT_A_GLANCE = 12;

/** Links to the countries of the directory; none where it is short. */
export function renderCountryLinks({ studios }: SiteView): Html | null {
  return studios.length > AT_A_GLANCE ? renderJumps('Countries', countriesOf(studios)) : null;
}

/** So many studios of a country stand in one column, beside other such countries. */
const FEW = 3;

function renderCountry(view: SiteView, { id, name, areas }: Country): Html {
  const [whole] = areas;
  if (whole?.id === id && areas.length === 1)
    return html`<section${whole.studios.length <= FEW && html` class="few"`}>
<h2 id="${id}">${name}</h2>
${renderCards(view, whole.studios)}</section>
`;
  const states = areas.filter((area) => area.id !== id);
  return html`<section>
<h2 id="${id}">${name}</h2>
${studiosOf({ areas }) > AT_A_GLANCE && renderJumps(name, states)}<div class="areas">
${areas.map(
  (area) => html`<section>
${area.id !== id && html`<h3 id="${area.id}">${area.name}</h3>`}
${renderCards(view, area.studios)}</section>
`,
)}</div>
</section>
`;
}

function renderJumps(label: string, places: readonly { id: string; name: string }[]): Html {
  return html`<nav class="jump" aria-label="${label}"><ul>
${places.map(
  ({ id, name }) => html`<li><a href="#${id}">${name}</a></li>
`,
)}</ul></nav>
`;
}

function renderCards(view: SiteView, studios: readonly StudioView[]): Html {
  return html`<ul class="studios">
${studios.map((one) => renderCard(view, one))}</ul>
`;
}

function renderCard(view: SiteView, { studio, entries }: StudioView): Html {
  const years = view.recent.map(({ year }) => year);
  const lines = linesOf(
    view,
    entries.filter(({ year }) => years.includes(year)),
  ).filter(({ when }) => when !== null);
  const writer = view.writerFor(null, 'medium');
  return html`<li${renderPosition(studio)}><a href="${view.links.studio(studio.key)}">${renderName(studio.name, studio.locale, 'en')}</a>${
    lines.length > 0 &&
    html`<ul class="dates">
${lines.map(
  (
    line,
  ) => html`<li>${renderDate(line, writer, 'en')} <span class="what">${renderName(line.event.name, studio.locale, 'en')}</span></li>
`,
)}</ul>`
  }</li>
`;
}

/**
 * Countries with more studios come first, as on the maps; those of no known place last. Countries that have as many, and
 * states, are in the order of the alphabet.
 */
function countriesOf(studios: readonly StudioView[]): Country[] {
  const byCountry = new Map<string, Map<string, StudioView[]>>();
  for (const view of studios) {
    const country = view.area?.country ?? '';
    const states = byCountry.get(country) ?? new Map<string, StudioView[]>();
    byCountry.set(country, states);
    const state = view.area?.code ?? '';
    const known = states.get(state);
    if (known) known.push(view);
    else states.set(state, [view]);
  }
  return [...byCountry]
    .map(([country, states]): Country => {
      const id = country.toLowerCase() || 'elsewhere';
      const name = country ? countryName(country, 'en') : 'Elsewhere';
      const areas = [...states].map(
        ([state, own]): Area =>
          state
            ? { id: `${id}-${state.toLowerCase()}`, name: own[0]?.area?.name ?? state, studios: own }
            : { id, name, studios: own },
      );
      return { id, name, areas: areas.sort(byName) };
    })
    .sort(
      (a, b) =>
        Number(a.id === 'elsewhere') - Number(b.id === 'elsewhere') ||
        studiosOf(b) - studiosOf(a) ||
        byName(a, b),
    );
}

function studiosOf({ areas }: Pick<Country, 'areas'>): number {
  return areas.reduce((sum, { studios }) => sum + studios.length, 0);
}

const collator = new Intl.Collator('en');

function byName(a: { name: string }, b: { name: string }): number {
  return collator.compare(a.name, b.name);
}
