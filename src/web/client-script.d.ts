/** `src/web/client/main.ts` and all that it imports, as one script for browsers (dev/client-plugin.mjs). */
declare module 'client:script' {
  const script: string;
  export default script;
}
