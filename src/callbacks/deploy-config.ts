import { type Document, parseDocument, visit } from 'yaml';
import { Failure } from '../failure.ts';
import {
  derivedKey,
  LONGEST_WEBHOOK_KEY,
  SHORTEST_WEBHOOK_KEY,
  webhookKeyOf,
} from './callback-signatures.ts';
import { readCallbackUrl } from './callback-url.ts';
import type { Dashboard } from './delivery-model.ts';
import { LONGEST_CONFIG } from './deploy-cipher.ts';

/** What the decrypted text of a deploy.enc says of a dashboard. */
export interface DeployConfig {
  /** As it is written; null for none: then nothing is sent. */
  readonly callbackUrl: string | null;
  /** Keys of Standard Webhooks, `whsec_` and base64; empty where the one that is derived from the deploy key counts. */
  readonly callbackSecrets: readonly string[];
  /** Every text in it that a name says is secret. */
  readonly secrets: readonly string[];
}

/** Where a field may stand, the first one counts: the gem writes names as texts or, of Ruby's symbols, with a colon before. */
export const FIELD_PLACES = [
  (field: string) => [field],
  (field: string) => ['application', field],
  (field: string) => [`:${field}`],
  (field: string) => [':application', `:${field}`],
] as const;

/** Names that say that what stands under them is secret. */
const SECRET_FIELD =
  /(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|CONNECTION_STRING|(?:PRIVATE|SSH|ACCESS|SECRET|API|DEPLOY|MASTER|ENCRYPTION)_?KEY|KEY_BASE)S?$/i;

/** Of one dashboard, while they are rotated. */
const MOST_KEYS = 5;

/**
 * Reads a config: plain YAML, without tags, of 64 KiB at most.
 *
 * @throws {Failure} `config-invalid`; never with any of its text
 */
export function readDeployConfig(text: string): DeployConfig {
  const document = parseConfig(text);
  const url = fieldOf(document, 'callback_url');
  if (url !== undefined && typeof url !== 'string') throw invalid('callback_url in it is not a text');
  const callbackUrl = url?.trim() ? url : null;
  const secret = fieldOf(document, 'callback_secret');
  const callbackSecrets = secret === undefined ? [] : Array.isArray(secret) ? secret : [secret];
  if (!callbackSecrets.every((one) => typeof one === 'string'))
    throw invalid('callback_secret in it is neither a text nor a list of texts');
  return { callbackUrl, callbackSecrets, secrets: secretTexts(plainOf(document)) };
}

/**
 * The dashboard that a config names; null where it names none.
 *
 * @param deployKey 64 hexadecimal digits, as they are written
 * @throws {Failure} `config-invalid`; never with a secret
 */
export function dashboardOf(
  { callbackUrl, callbackSecrets }: DeployConfig,
  deployKey: string,
): Dashboard | null {
  if (callbackUrl === null) return null;
  if (callbackSecrets.length > MOST_KEYS)
    throw invalid(`callback_secret in it holds more than ${MOST_KEYS} keys`);
  const given = callbackSecrets.map(readCallbackSecret);
  const webhookKeys = given.length > 0 ? given : [derivedKey(deployKey)];
  return { url: readCallbackUrl(callbackUrl), deployKey, webhookKeys };
}

/** @throws {Failure} `config-invalid` */
function readCallbackSecret(written: string): Buffer {
  const key = webhookKeyOf(written.trim());
  if (key !== null) return key;
  throw invalid(
    `callback_secret in it is not whsec_ and the base64 of ${SHORTEST_WEBHOOK_KEY} to ${LONGEST_WEBHOOK_KEY} bytes`,
  );
}

/** @throws {Failure} `config-invalid` */
function parseConfig(text: string): Document {
  if (Buffer.byteLength(text) > LONGEST_CONFIG)
    throw invalid(`the config in it is longer than ${LONGEST_CONFIG} bytes`);
  const document = parseDocument(text, { version: '1.2', prettyErrors: false });
  if (document.errors.length > 0) throw invalid('the config in it is not YAML');
  let hasTag = document.warnings.length > 0;
  visit(document, {
    Node: (_, node) => {
      if (node.tag !== undefined) hasTag = true;
    },
  });
  if (hasTag) throw invalid('the config in it has YAML tags, which are not read');
  return document;
}

/** The value of a field in the first place where it stands; undefined where it stands nowhere, or says nothing. */
function fieldOf(document: Document, field: string): unknown {
  const plain = plainOf(document);
  for (const place of FIELD_PLACES) {
    const value = place(field).reduce<unknown>((at, name) => (isMapping(at) ? at[name] : undefined), plain);
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** @throws {Failure} `config-invalid`: aliases that would make it large without end */
function plainOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    throw invalid('the config in it has aliases that lead too far');
  }
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Texts under names that say that they are secret, at any depth. What holds itself, by an alias, is passed once. */
function secretTexts(plain: unknown): string[] {
  const found: string[] = [];
  const passed = { true: new Set<unknown>(), false: new Set<unknown>() };
  const pass = (value: unknown, isSecret: boolean): void => {
    if (typeof value === 'string' || typeof value === 'number') {
      if (isSecret) found.push(String(value));
    } else if (typeof value === 'object' && value !== null && !passed[`${isSecret}`].has(value)) {
      passed[`${isSecret}`].add(value);
      for (const [name, item] of Object.entries(value)) pass(item, isSecret || SECRET_FIELD.test(name));
    }
  };
  pass(plain, false);
  return found;
}

function invalid(why: string): Failure {
  return new Failure('config-invalid', `deploy.enc cannot be used: ${why}`, {
    hint: 'Correct it with nvoi credentials edit, or with scripts/onboard.',
  });
}
