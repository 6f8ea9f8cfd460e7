/** Set by build.mjs: what tells one build from another, the same in all executables of a build. */
declare const __BUILD_ID__: string | undefined;

/** Hex; null for a program that is run from its sources, of which nobody knows whether they were changed. */
export const BUILD_ID: string | null = typeof __BUILD_ID__ === 'undefined' ? null : __BUILD_ID__;
