/** A file of the site: a page, or what pages need. */
export interface Page {
  /** Below the public directory, such as `studios/boston/index.html`. Its ending says what kind of file it is. */
  readonly path: string;
  /** Whether a file that somebody else has put there stays, as the application's own `robots.txt` does. */
  readonly yields?: boolean;
  /** All of it; the same index always gives the same. A text is written as UTF-8. */
  render(): string | Buffer;
}
