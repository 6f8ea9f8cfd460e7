import { type Html, html } from '../../html/html.ts';
import { REGION_TYPES } from '../../requests/region-edits.ts';
import { type RegionView, regionViews } from '../../requests/row-views.ts';
import { type Filled, selectField, textField } from '../layout/form-controls.ts';
import { withChosen } from '../layout/list-parts.ts';
import { facts } from '../layout/pieces.ts';
import type { Call } from '../route.ts';
import type { WebContext } from '../web-context.ts';
import type { AdminKind } from './admin-kind.ts';
import { placeFields } from './place-fields.ts';
import { degrees } from './studio-kind.ts';

export const REGIONS: AdminKind = {
  kind: 'region',
  one: 'a region',
  table: 'regions',
  folder: '/admin/regions/',
  section: 'regions',
  fields: [
    { name: 'type', label: 'Type' },
    { name: 'code', label: 'Code' },
    { name: 'location', label: 'Place' },
    { name: 'latitude', label: 'Latitude' },
    { name: 'longitude', label: 'Longitude' },
  ],
  row: async (call, index, id) => {
    const region = await index.region(id);
    if (region === null) return null;
    const { version, type, code, location, latitude, longitude } = region;
    const values = { type, code, location, latitude: degrees(latitude), longitude: degrees(longitude) };
    return { id, version, title: code || `region ${id}`, values, about: aboutRegion(call, region) };
  },
  blank: () => ({ type: 'fly' }),
  editOf: (values, existing) => {
    const form = {
      type: values['type'] ?? '',
      code: values['code'] ?? '',
      location: values['location'] ?? '',
      latitude: values['latitude'] ?? '',
      longitude: values['longitude'] ?? '',
    };
    if (existing === null) return { kind: 'region', action: 'create', form };
    return { kind: 'region', action: 'update', id: existing.id, version: existing.version, form };
  },
  deletionOf: (form, { id, version }) => {
    const studiosTo = form.has('studiosTo') ? form.text('studiosTo').replace(/^nearest$/, '') : null;
    return { kind: 'region', action: 'delete', id, version, studiosTo };
  },
  form: regionForm,
  askBefore: async (_, { index }, row, filled) => {
    const regions = regionViews(await index.rows());
    const { studios = 0 } = regions.find(({ id }) => id === row.id) ?? {};
    if (studios === 0) return html``;
    const others = regions.filter(({ id, type }) => id !== row.id && type === 'fly');
    const choices = others.map(({ code, location }) => [code, `${code} (${location})`] as const);
    const hint = `${studios} of them name this region`;
    return selectField(
      {
        name: 'studiosTo',
        label: 'Its studios go to',
        hint,
        choices: [['nearest', 'The nearest region'], ...choices],
      },
      filled,
    );
  },
};

function aboutRegion(call: Call, { code, studios }: RegionView): Html {
  const address = call.link(`/admin/studios/?region=${encodeURIComponent(code)}`);
  return html`${facts([['Studios that name it', html`<a href="${address}">${studios}</a>`]])}
<p class="quiet">A region that comes or goes needs a deployment beside the update: its machines are made and removed by Fly.</p>`;
}

async function regionForm(call: Call, { index }: WebContext, filled: Filled): Promise<Html> {
  const types = withChosen(
    REGION_TYPES.map((type) => [type, type]),
    filled.values['type'] ?? '',
  );
  return html`<div class="halves"><div>
${selectField({ name: 'type', label: 'Type', choices: types, hint: 'Only those of fly serve studios of their own' }, filled)}
${textField({ name: 'code', label: 'Code', isRequired: true, hint: 'As Fly calls it, such as iad' }, filled)}
${textField({ name: 'location', label: 'Place', isRequired: true, hint: 'Such as Ashburn, Virginia (US)' }, filled)}
</div><div>${placeFields(call, 'region', regionViews(await index.rows()), filled)}</div></div>`;
}
