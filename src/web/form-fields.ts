import { Failure } from '../failure.ts';
import { isRecord, parseJson } from '../json.ts';

/** What somebody typed into a form, as it was typed. Of several fields of one name `text` gives the last. */
export class FormFields {
  readonly #fields: URLSearchParams;

  constructor(fields = new URLSearchParams()) {
    this.#fields = fields;
  }

  /** Empty for a field that was not sent. */
  text(name: string): string {
    return this.#fields.getAll(name).at(-1) ?? '';
  }

  all(name: string): string[] {
    return this.#fields.getAll(name);
  }

  has(name: string): boolean {
    return this.#fields.has(name);
  }
}

/** How a form came: of another site's page a browser sends JSON only after it has asked, and is refused. */
export interface SentForm {
  readonly fields: FormFields;
  readonly isJson: boolean;
}

/**
 * Reads the body of a form, or a JSON object of texts and lists of texts.
 *
 * @throws {Failure} `body-not-accepted`; `usage` for JSON that is something else
 */
export function readForm(body: Buffer, contentType: string | null): SentForm {
  const [type = ''] = (contentType ?? '').split(';');
  const kind = type.trim().toLowerCase();
  if (kind === 'application/x-www-form-urlencoded' || (kind === '' && body.length === 0)) {
    return { fields: new FormFields(new URLSearchParams(body.toString('utf8'))), isJson: false };
  }
  if (kind === 'application/json') return { fields: fromJson(body), isJson: true };
  throw new Failure('body-not-accepted', `a body of the type ${kind || '(none)'} is not accepted`, {
    hint: 'Send application/x-www-form-urlencoded, as the form does, or application/json.',
  });
}

function fromJson(body: Buffer): FormFields {
  const value = parseJson(body.toString('utf8'));
  if (!isRecord(value)) throw notTexts();
  const fields = new URLSearchParams();
  for (const [name, given] of Object.entries(value)) {
    for (const one of Array.isArray(given) ? given : [given]) {
      if (typeof one !== 'string' && typeof one !== 'number' && typeof one !== 'boolean') throw notTexts();
      fields.append(name, String(one));
    }
  }
  return new FormFields(fields);
}

const notTexts = (): Failure =>
  new Failure('usage', 'the body is not a JSON object of texts', {
    hint: 'Send an object whose values are texts or lists of texts, named as the fields of the form.',
  });
