/** A page of the site. */
export interface Page {
  /** Below the public directory, such as `studios/boston/index.html`. */
  readonly path: string;
  /** The whole document; the same index always gives the same text. */
  render(): string;
}
