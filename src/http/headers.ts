/** Of every answer. A page gets its own script and style, talks to its own server, and is shown in no other page. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  // Not less: a form whose page says nothing of itself comes with the origin "null".
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'X-Robots-Tag': 'noindex',
};

/** Of everything that depends on data, or on who asks. */
export const NO_STORE = { 'Cache-Control': 'no-store', Vary: 'Authorization, Accept' } as const;

/** Of what has a digest of itself in its address. */
export const IMMUTABLE = { 'Cache-Control': 'public, max-age=31536000, immutable' } as const;
