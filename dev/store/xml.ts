/** What goes wrong, as S3 says it. */
export class S3Error extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

type Value = string | number | boolean | readonly Element[];
export type Element = readonly [name: string, value: Value];

export function renderXml(root: string, elements: readonly Element[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${render([root, elements])}`;
}

function render([name, value]: Element): string {
  const content = Array.isArray(value) ? value.map(render).join('') : escapeText(String(value));
  return `<${name}>${content}</${name}>`;
}

const escapeText = (text: string) => text.replace(/[&<>"\r]/g, (c) => `&#${c.charCodeAt(0)};`);
