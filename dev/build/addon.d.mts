export declare function addonFor(
  root: string,
  target: { readonly platform: string; readonly arch: string; readonly libc?: string },
): Promise<string>;
