import type { FieldProblem } from './request-model.ts';

/** Characters of a name, an address or a list that a form may hold. */
const MAX_NAME = 100;
export const MAX_DATE_TEXT = 60;
const MAX_EMAIL = 254;

/** They would change how text around them is shown, or where a line ends. */
const FORBIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\ufffd]/u;
/** Nothing of it can be seen. */
const BLANK = /^[\s\p{Default_Ignorable_Code_Point}]*$/u;
const EMAIL = /^[^\s@<>(),;:\\"[\]]+@[^\s@<>(),;:\\"[\]]+\.[^\s@<>(),;:\\"[\]]+$/;

/** What is wrong with a form, field by field; a rule adds what it finds. */
export class Problems {
  readonly list: FieldProblem[] = [];

  add(field: string, message: string): void {
    this.list.push({ field, message });
  }

  has(field: string): boolean {
    return this.list.some((problem) => problem.field === field);
  }

  get none(): boolean {
    return this.list.length === 0;
  }

  /** Text as typed, in Unicode's composed form, without space around it; '' where it is blank. */
  text(field: string, noun: string, typed: string, most = MAX_NAME): string {
    const text = BLANK.test(typed) ? '' : typed.normalize('NFC').trim();
    if (!typed.isWellFormed()) this.add(field, `${noun} holds a broken character. Type it again.`);
    else if (FORBIDDEN.test(text)) {
      this.add(field, `${noun} holds a line break or another character that cannot be shown.`);
    } else if (text.length > most) {
      this.add(field, `${noun} has ${text.length} characters, more than ${most}.`);
    } else return text;
    return '';
  }

  /** The same where something must be there. */
  required(field: string, noun: string, typed: string, most = MAX_NAME): string {
    const text = this.text(field, noun, typed, most);
    if (text === '' && !this.has(field)) this.add(field, `${noun} is missing.`);
    return text;
  }

  email(field: string, typed: string): string {
    const text = this.required(field, 'The e-mail address', typed, MAX_EMAIL);
    if (text !== '' && !EMAIL.test(text)) {
      this.add(field, 'This is not an e-mail address, such as ann@example.com.');
    }
    return text;
  }

  /** Degrees of both, or null of both. */
  place(latitude: string, longitude: string): { latitude: number | null; longitude: number | null } {
    const lat = this.#degrees('latitude', 'The latitude', latitude, 90);
    const lon = this.#degrees('longitude', 'The longitude', longitude, 180);
    const only = lat === null ? 'latitude' : 'longitude';
    if ((lat === null) !== (lon === null) && !this.has('latitude') && !this.has('longitude')) {
      this.add(only, `The ${only} is missing: a place needs both.`);
    }
    return { latitude: lat, longitude: lon };
  }

  #degrees(field: string, noun: string, typed: string, bound: number): number | null {
    const text = typed.trim();
    if (text === '') return null;
    const degrees = /^[+-]?\d{1,3}(\.\d{1,20})?$/.test(text) ? Number(text) : Number.NaN;
    if (Math.abs(degrees) <= bound) return degrees;
    this.add(field, `${noun} must be a number from ${-bound} to ${bound}, such as 42.36.`);
    return null;
  }
}
