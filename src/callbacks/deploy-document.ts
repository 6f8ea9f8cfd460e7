import { type Document, isMap, isScalar, parseDocument, Scalar } from 'yaml';
import { Failure } from '../failure.ts';
import { FIELD_PLACES, readDeployConfig } from './deploy-config.ts';

/**
 * The text of a config with another address of the dashboard, or with none. Comments and fields that nobody here knows stay, and
 * no value becomes another one; lines may be broken in other places.
 *
 * @param text may be empty
 * @param url null for none
 * @throws {Failure} `config-invalid`: the text is not a config; never with any of it
 */
export function withCallbackUrl(text: string, url: string | null): string {
  readDeployConfig(text);
  // Every value is a text to this schema, so that none is written in another way: a number as 0777 would become 777.
  const document: Document = parseDocument(text, { version: '1.2', schema: 'failsafe' });
  const { contents } = document;
  if (isScalar(contents) && contents.value === '') document.contents = null;
  else if (contents !== null && !isMap(contents)) throw unchangeable();
  const [first, ...others] = FIELD_PLACES.map((place) => place('callback_url')).filter((path) =>
    document.hasIn(path),
  );
  if (url === null && !first) return text;
  for (const path of url === null && first ? [first, ...others] : others) document.deleteIn(path);
  if (url !== null) setText(document, first ?? FIELD_PLACES[0]('callback_url'), url);
  const changed = isEmpty(document) ? '' : document.toString({ lineWidth: 0, flowCollectionPadding: false });
  if (readDeployConfig(changed).callbackUrl !== url) throw unchangeable();
  return changed;
}

function unchangeable(): Failure {
  return new Failure('config-invalid', 'callback_url cannot be changed in this deploy.enc', {
    hint: 'Change it with nvoi credentials edit.',
  });
}

/** In double quotes, as each reader of YAML understands it. */
function setText(document: Document, path: readonly string[], text: string): void {
  const there = document.getIn(path, true);
  if (isScalar(there)) {
    there.value = text;
    there.type = Scalar.QUOTE_DOUBLE;
    return;
  }
  const value = new Scalar(text);
  value.type = Scalar.QUOTE_DOUBLE;
  document.setIn(path, value);
}

/** An empty mapping would be written as `{}`. */
function isEmpty({ contents, comment, commentBefore }: Document): boolean {
  const isBare = contents === null || (isMap(contents) && contents.items.length === 0);
  return isBare && !comment && !commentBefore;
}
