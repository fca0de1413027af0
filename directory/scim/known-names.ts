/** Names of attributes and schemas, which SCIM compares without case (RFC 7643 section 2.1). */

/** Returns a record with these names as they are written here. Others stay as they are. */
export function withKnownNames(names: readonly string[]): (record: unknown) => unknown {
  const known = new Map(names.map((name) => [name.toLowerCase(), name]));
  return (record) => {
    if (typeof record !== 'object' || record === null || Array.isArray(record)) return record;
    const renamed = Object.entries(record).map(([name, value]) => {
      const written = known.get(name.toLowerCase()) ?? name;
      return [written in record ? name : written, value];
    });
    return Object.fromEntries(renamed);
  };
}
