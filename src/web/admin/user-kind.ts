import { type Html, html } from '../../html/html.ts';
import { listNames } from '../../requests/row-lists.ts';
import type { UserView } from '../../requests/row-views.ts';
import { type Filled, textField, tickBoxes } from '../layout/form-controls.ts';
import { badge, facts, linkButton } from '../layout/pieces.ts';
import type { Call } from '../route.ts';
import type { WebContext } from '../web-context.ts';
import { type AdminKind, linesOf, namesOf } from './admin-kind.ts';

export const USERS: AdminKind = {
  kind: 'user',
  one: 'a user',
  table: 'users',
  folder: '/admin/users/',
  section: 'users',
  fields: [
    { name: 'userid', label: 'Userid' },
    { name: 'email', label: 'E-mail address' },
    { name: 'name1', label: 'First name' },
    { name: 'name2', label: 'Second name' },
    { name: 'sites', label: 'May enter', isList: true },
  ],
  row: async (call, index, id) => {
    const user = await index.user(id);
    if (user === null) return null;
    const { version, userid, email, name1, name2, sites } = user;
    const values = { userid, email, name1, name2, sites: linesOf(sites) };
    return {
      id,
      version,
      title: userid || `user ${id}`,
      values,
      about: aboutUser(call, user),
      links: linksOf(call, id),
    };
  },
  blank: () => ({}),
  editOf: (values, existing) => {
    const form = {
      userid: values['userid'] ?? '',
      email: values['email'] ?? '',
      name1: values['name1'] ?? '',
      name2: values['name2'] ?? '',
      sites: namesOf(values['sites']),
    };
    if (existing === null) return { kind: 'user', action: 'create', form };
    return { kind: 'user', action: 'update', id: existing.id, version: existing.version, form };
  },
  deletionOf: (_, { id, version }) => ({ kind: 'user', action: 'delete', id, version }),
  form: userForm,
};

function aboutUser(call: Call, { owns, hasPassword }: UserView): Html {
  const studios = owns.map(
    (key) => html`<a href="${call.link(`/admin/studios/?text=${encodeURIComponent(key)}`)}">${key}</a> `,
  );
  return facts([
    ['Password', hasPassword ? badge('good', 'Is set') : badge('wait', 'None: cannot log in')],
    ['Owns', studios.length === 0 ? 'no studio' : studios],
  ]);
}

/** The page that sets somebody's password, where there is one. */
function linksOf(call: Call, id: number): Html {
  if (!call.hasPage('/admin/users/:id/password')) return html``;
  return linkButton(call.link(`/admin/users/${id}/password`), 'Password');
}

async function userForm(_: Call, { index }: WebContext, filled: Filled): Promise<Html> {
  const chosen = namesOf(filled.values['sites']);
  const [, ...studios] = await index.sites();
  const names = listNames([...studios, ...chosen.filter((name) => name !== 'index')]);
  const choices = [
    ['index', 'Everything: is an administrator'] as const,
    ...names.map((name) => [name, name] as const),
  ];
  return html`${textField({ name: 'userid', label: 'Userid', isRequired: true, autocomplete: 'off', hint: 'The name to log in with' }, filled)}
${textField({ name: 'email', label: 'E-mail address', type: 'email', isRequired: true, autocomplete: 'off' }, filled)}
<div class="row">${textField({ name: 'name1', label: 'First name', autocomplete: 'off', most: 100 }, filled)}
${textField({ name: 'name2', label: 'Second name', autocomplete: 'off', most: 100 }, filled)}</div>
${tickBoxes({ name: 'sites', label: 'May enter', hint: 'The events of these studios' }, choices, chosen, filled)}`;
}
