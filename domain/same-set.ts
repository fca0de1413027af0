/** Whether two sets have the same items. */
export const isSameSet = <Item>(one: ReadonlySet<Item>, other: ReadonlySet<Item>): boolean =>
  one.size === other.size && [...one].every((item) => other.has(item));
