import type { Html } from '../../html/html.ts';
import type { IndexReader } from '../../requests/index-reader.ts';
import type { Edit } from '../../requests/request-model.ts';
import type { FormFields } from '../form-fields.ts';
import type { Filled } from '../layout/form-controls.ts';
import type { Section } from '../layout/navigation.ts';
import type { Call } from '../route.ts';
import type { WebContext } from '../web-context.ts';

/** What a form holds, by field; of a list one name a line. */
export type FormValues = Readonly<Record<string, string>>;

/** A row as its page shows it. */
export interface EditedRow {
  readonly id: number;
  readonly version: string;
  /** Plain text. */
  readonly title: string;
  readonly values: FormValues;
  /** What else is known of it. */
  readonly about: Html;
  /** What else can be done to it. */
  readonly forms?: Html;
  /** Where one goes from it. */
  readonly links?: Html;
}

export type Existing = Pick<EditedRow, 'id' | 'version'>;

/** A field of a form, as people call it. */
export interface FieldName {
  readonly name: string;
  readonly label: string;
  readonly isList?: true;
}

/** One kind of rows of the index: what the pages that create, edit and delete them need to know. */
export interface AdminKind {
  readonly kind: 'event' | 'studio' | 'user' | 'region';
  /** With its article: `an event`. */
  readonly one: string;
  readonly table: 'users' | 'locations' | 'showcases' | 'regions';
  /** Path of the list, with a slash at the end. */
  readonly folder: string;
  readonly section: Section;
  /** In the order of the form. */
  readonly fields: readonly FieldName[];
  /** @throws {Failure} as `IndexReader` */
  readonly row: (call: Call, index: IndexReader, id: number) => Promise<EditedRow | null>;
  /** What the form of a new one begins with. */
  readonly blank: (call: Call) => FormValues;
  readonly editOf: (values: FormValues, existing: Existing | null) => Edit;
  readonly deletionOf: (form: FormFields, existing: Existing) => Edit;
  readonly form: (call: Call, context: WebContext, filled: Filled) => Promise<Html>;
  /** What the page that asks before deleting must ask, if anything. */
  readonly askBefore?: (call: Call, context: WebContext, row: EditedRow, filled: Filled) => Promise<Html>;
}

/** What was typed into the fields of a kind. */
export function typedValues({ fields }: AdminKind, form: FormFields): FormValues {
  return Object.fromEntries(
    fields.map(({ name, isList }) => [name, isList ? linesOf(form.all(name)) : form.text(name)]),
  );
}

export function linesOf(names: readonly string[]): string {
  return names.filter((name) => name !== '').join('\n');
}

export function namesOf(lines: string | undefined): string[] {
  return (lines ?? '').split('\n').filter((name) => name !== '');
}

/** @returns null for what is no id of a row */
export function idOf(call: Call): number | null {
  const id = /^\d{1,15}$/.test(call.params['id'] ?? '') ? Number(call.params['id']) : null;
  return id;
}
