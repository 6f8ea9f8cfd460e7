/*
 * What a request can end with; `errors.ts` says what each means.
 */

/** The bytes or the answer are not what the store says they are. */
export class CorruptError extends Error {
  override readonly name: string = 'CorruptError';
}

/** The answer is not that of an S3 store. */
export class ForeignError extends CorruptError {
  override readonly name = 'ForeignError';
}

/** Any answer but a 2xx. Holds what is needed to classify it, and no request header. */
export class StatusError extends Error {
  readonly status: number;
  /** The store's own code such as `NoSuchKey`; empty when the answer has none. */
  readonly code: string;
  /** In the shape in which the SDK looks for the `Date` header, from which it corrects a skewed clock. */
  readonly $response: { readonly statusCode: number; readonly headers: Record<string, string> };
  readonly $metadata = {};

  /** @param shown what stood in the status line, where that is another status */
  constructor(status: number, code: string, headers: Record<string, string>, shown = `HTTP ${status}`) {
    super(code ? `${shown} (${code})` : shown);
    this.name = 'StatusError';
    this.status = status;
    this.code = code;
    this.$response = { statusCode: status, headers };
  }
}

/** The stored object cannot be used, and another attempt would get the same. */
export class UnfitError extends Error {
  override readonly name = 'UnfitError';
  /** What to do about it. */
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** More came than any answer of the store has. Another attempt would bring as much, so none is made. */
export class OverlongError extends Error {
  override readonly name = 'OverlongError';
}
