export declare const PREAMBLE_FILES: readonly string[];
export declare function readPreamble(root: string): Promise<string>;
export declare function renderExecutable(
  preamble: string,
  facts: {
    readonly name: string;
    readonly version: string;
    readonly parts: readonly (readonly { readonly name: string; readonly text: string }[])[];
  },
): string;
