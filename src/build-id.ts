/** Set by build.mjs: identifies a build; the same in all its executables. */
declare const __BUILD_ID__: string | undefined;

/** Hex; null for a program that runs from its sources, which may have been changed. */
export const BUILD_ID: string | null = typeof __BUILD_ID__ === 'undefined' ? null : __BUILD_ID__;
