/** Filters (RFC 7644 section 3.4.2.2): the one that is safe with every service. */

/** Objects that changed after a moment. Times of SCIM services have whole seconds, so the moment is rounded down. */
export const modifiedAfter = (iso: string): string => `meta.lastModified gt "${iso.replace(/\.\d+Z$/, 'Z')}"`;
