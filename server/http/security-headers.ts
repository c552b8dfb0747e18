import type { RequestHandler } from "express";

/**
 * Nothing from another origin, no framing, no guessing of types. Styles may stand in attributes, because Lit and the
 * editor set them there; scripts may not.
 */
const headers: Readonly<Record<string, string>> = {
  "Content-Security-Policy": [
    "default-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; "),
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};

export const securityHeaders: RequestHandler = (_request, response, next) => {
  response.set(headers);
  next();
};
