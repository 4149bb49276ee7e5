/** At most `most` items (two or more), evenly chosen, the first and the last among them. */
export function evenly<Item>(items: readonly Item[], most: number): readonly Item[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, at) => items[Math.round(at * (items.length - 1) / (most - 1))]);
}
