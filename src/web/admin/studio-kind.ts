import { type Html, html } from '../../html/html.ts';
import { listNames } from '../../requests/row-lists.ts';
import { regionViews, type StudioView, studioViews, userViews } from '../../requests/row-views.ts';
import { LOCALES, TRUST_LEVELS } from '../../requests/studio-form.ts';
import { type Filled, selectField, textField, tickBoxes } from '../layout/form-controls.ts';
import { withChosen } from '../layout/list-parts.ts';
import { facts, linkButton } from '../layout/pieces.ts';
import type { Call } from '../route.ts';
import type { WebContext } from '../web-context.ts';
import { type AdminKind, type FormValues, linesOf, namesOf } from './admin-kind.ts';
import { placeFields } from './place-fields.ts';

export const STUDIOS: AdminKind = {
  kind: 'studio',
  one: 'a studio',
  table: 'locations',
  folder: '/admin/studios/',
  section: 'all-studios',
  fields: [
    { name: 'name', label: 'Name' },
    { name: 'key', label: 'Key' },
    { name: 'latitude', label: 'Latitude' },
    { name: 'longitude', label: 'Longitude' },
    { name: 'region', label: 'Region' },
    { name: 'locale', label: 'Locale' },
    { name: 'owner', label: 'Owner' },
    { name: 'sisters', label: 'Sister studios', isList: true },
    { name: 'trustLevel', label: 'Trust level' },
    { name: 'logo', label: 'Logo' },
  ],
  row: async (call, index, id) => {
    const studio = await index.studio(id);
    if (studio === null) return null;
    const { version, name, key } = studio;
    return {
      id,
      version,
      title: name || key,
      values: valuesOf(studio),
      about: aboutStudio(studio),
      links: linksOf(call, studio),
    };
  },
  blank: () => ({ locale: 'en_US', trustLevel: '0' }),
  editOf: (values, existing) => {
    const text = (name: string): string => values[name] ?? '';
    const form = {
      name: text('name'),
      key: text('key'),
      latitude: text('latitude'),
      longitude: text('longitude'),
      locale: text('locale'),
      region: text('region'),
      logo: text('logo'),
      owner: text('owner'),
      sisters: namesOf(values['sisters']),
      trustLevel: text('trustLevel'),
    };
    if (existing === null) return { kind: 'studio', action: 'create', form };
    return { kind: 'studio', action: 'update', id: existing.id, version: existing.version, form };
  },
  deletionOf: (_, { id, version }) => ({ kind: 'studio', action: 'delete', id, version }),
  form: studioForm,
};

function valuesOf(studio: StudioView): FormValues {
  const { name, key, latitude, longitude, region, locale, owner, sisters, trustLevel, logo } = studio;
  return {
    name,
    key,
    latitude: degrees(latitude),
    longitude: degrees(longitude),
    region,
    locale: locale || 'en_US',
    owner,
    sisters: linesOf(sisters),
    trustLevel: String(trustLevel),
    logo,
  };
}

/** As a form takes it: never with an exponent. */
export function degrees(value: number | null): string {
  return value === null ? '' : String(Number(value.toFixed(10)));
}

function aboutStudio({ key, events }: StudioView): Html {
  return facts([
    ['Its page', `/studios/${key}/`],
    ['Events', events],
  ]);
}

function linksOf(call: Call, { key }: StudioView): Html {
  const at = encodeURIComponent(key);
  return html`${linkButton(call.link(`/admin/events/?studio=${at}`), 'Its events')}
${linkButton(call.link(`/admin/events/new?studio=${at}`), 'New event')}`;
}

const TRUST: Readonly<Record<number, string>> = {
  0: '0: nothing',
  25: '25: look',
  50: '50: edit entries',
  75: '75: everything',
  100: '100: also lock categories',
};

async function studioForm(call: Call, { index }: WebContext, filled: Filled): Promise<Html> {
  const rows = await index.rows();
  const regions = regionViews(rows);
  const { values, problems } = filled;
  const [owner, region, locale, name] = ['owner', 'region', 'locale', 'name'].map(
    (field) => values[field] ?? '',
  );
  const users = userViews(rows)
    .filter(({ userid }) => userid !== '')
    .map(({ userid, name1 }) => [userid, name1 === '' ? userid : `${userid} (${name1})`] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const sisters = namesOf(values['sisters']);
  const others = listNames([...studioViews(rows).map((studio) => studio.name), ...sisters]).filter(
    (one) => one !== name,
  );
  return html`<div class="halves"><div>
${textField({ name: 'name', label: 'Name', isRequired: true, most: 100, hint: 'Users who may enter go by this name; their lists follow a new one' }, filled)}
${textField({ name: 'key', label: 'Key', hint: 'In addresses; made from the name where empty. Another key moves all its events and their databases.' }, filled)}
${selectField({ name: 'owner', label: 'Owner', hint: 'May ask for events', choices: [['', 'Nobody'], ...withChosen(users, owner ?? '')] }, filled)}
<div class="row">${selectField(
    {
      name: 'locale',
      label: 'Locale',
      choices: withChosen(
        LOCALES.map((one) => [one, one]),
        locale ?? '',
      ),
    },
    filled,
  )}
${selectField(
  {
    name: 'trustLevel',
    label: 'Trust level',
    choices: withChosen(
      TRUST_LEVELS.map((level) => [String(level), TRUST[level] ?? String(level)]),
      values['trustLevel'] ?? '',
    ),
  },
  filled,
)}</div>
${textField({ name: 'logo', label: 'Logo', hint: 'Name of a file of the application; empty for the usual one' }, filled)}
</div><div>
${selectField(
  {
    name: 'region',
    label: 'Region',
    choices: [
      ['', 'The nearest'],
      ...withChosen(
        regions
          .filter(({ type }) => type === 'fly')
          .map(({ code, location }) => [code, `${code} (${location})`]),
        region ?? '',
      ),
    ],
  },
  filled,
)}
${placeFields(call, 'studio', regions, filled)}
</div></div>
<details${(sisters.length > 0 || problems.some(({ field }) => field === 'sisters')) && html` open`}><summary>Sister studios${sisters.length > 0 && ` (${sisters.length})`}</summary>
${tickBoxes(
  { name: 'sisters', label: 'The owner may ask for events of these, too' },
  others.map((one) => [one, one]),
  sisters,
  filled,
)}
</details>`;
}
