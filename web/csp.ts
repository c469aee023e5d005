// The policy under which the pages must work: src/server sends it, and the tests of the machinery hold the built pages
// against it.
export const kContentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "font-src 'self'",
].join("; ");
