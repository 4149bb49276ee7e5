/** Cycles in who imports whom. @module */

/** The groups of nodes that reach one another, by Tarjan's algorithm; `edges`: what each node leads to. */
export function cyclesIn(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>(), low = new Map<string, number>();
  const open: string[] = [], cycles: string[][] = [];
  function visit(node: string): void {
    const place = order.size;
    order.set(node, place);
    low.set(node, place);
    open.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!order.has(next)) visit(next);
      if (open.includes(next)) low.set(node, Math.min(low.get(node)!, low.get(next)!));
    }
    if (low.get(node) !== place) return;
    const cycle = open.splice(open.indexOf(node)).sort();
    if (cycle.length > 1) cycles.push(cycle);
  }
  for (const node of edges.keys()) if (!order.has(node)) visit(node);
  return cycles;
}
