/**
 * A section of the bench: a file in sections/, whose name is the section's, with one of these as its default export.
 * docs/BENCHMARKS.md, or the document that it names, holds `<!-- measured <name>: begin -->` and
 * `<!-- measured <name>: end -->` where its tables go.
 */
export interface Section {
  /** What is measured, in a few words. */
  readonly title: string;
  /** Packages whose versions matter to the figures, besides Node and esbuild. */
  readonly packages: readonly string[];
  /** The document in docs/ that has its place; BENCHMARKS.md where absent. */
  readonly document?: string;
  /** Measures and returns Markdown, without a heading. `quick`: fewer runs, for a look. */
  measure(options: { readonly quick: boolean }): Promise<string>;
}
