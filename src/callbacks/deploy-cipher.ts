import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Failure } from '../failure.ts';

/*
 * deploy.enc as the nvoi gem has it: nonce, ciphertext and tag of AES-256-GCM, one after the other, and nothing else: no header,
 * no base64. The key is the 32 bytes that the digits of the deploy key stand for.
 */

const CIPHER = 'aes-256-gcm';
/** Bytes. */
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;
const KEY_LENGTH = 32;

/** Bytes of the decrypted text at most. */
export const LONGEST_CONFIG = 64 * 1024;
/** Bytes of a deploy.enc at most. */
export const LONGEST_DEPLOY_FILE = NONCE_LENGTH + LONGEST_CONFIG + TAG_LENGTH;

/** A new deploy key: 64 hexadecimal digits. */
export function newDeployKey(): string {
  return randomBytes(KEY_LENGTH).toString('hex');
}

/**
 * Encrypts the text of a config.
 *
 * @param key 64 hexadecimal digits
 * @param nonce 12 bytes that no other text is encrypted with by this key
 * @returns the bytes of a deploy.enc
 * @throws {Failure} `config-invalid`: the text is longer than what is read
 */
export function encryptConfig(text: string, key: string, nonce = randomBytes(NONCE_LENGTH)): Buffer {
  const plain = Buffer.from(text);
  if (plain.length > LONGEST_CONFIG) {
    throw new Failure('config-invalid', `a config of ${plain.length} bytes is too long for deploy.enc`, {
      hint: `Shorten it to ${LONGEST_CONFIG} bytes.`,
    });
  }
  const cipher = createCipheriv(CIPHER, Buffer.from(key, 'hex'), nonce, { authTagLength: TAG_LENGTH });
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/**
 * Decrypts the bytes of a deploy.enc.
 *
 * @param key 64 hexadecimal digits
 * @throws {Failure} `config-invalid`: another key, or bytes that were changed; text that is not UTF-8. Never with either.
 */
export function decryptConfig(bytes: Buffer, key: string): string {
  const end = bytes.length - TAG_LENGTH;
  if (end < NONCE_LENGTH) throw unreadable('is too short to be a deploy.enc');
  const nonce = bytes.subarray(0, NONCE_LENGTH);
  const decipher = createDecipheriv(CIPHER, Buffer.from(key, 'hex'), nonce, { authTagLength: TAG_LENGTH });
  decipher.setAuthTag(bytes.subarray(end));
  let plain: Buffer;
  try {
    plain = Buffer.concat([decipher.update(bytes.subarray(NONCE_LENGTH, end)), decipher.final()]);
  } catch {
    throw unreadable('was not encrypted with this deploy key, or has been changed since');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(plain);
  } catch {
    throw unreadable('does not hold UTF-8 text');
  }
}

function unreadable(why: string): Failure {
  return new Failure('config-invalid', `deploy.enc ${why}`, {
    hint: 'Give the deploy key that it was encrypted with (DEPLOY_KEY, or the file deploy.key beside it).',
  });
}
