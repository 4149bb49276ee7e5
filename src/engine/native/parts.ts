// first = the sample with which a part of a batch begins.

/**
 * Parts of a graph with maps, as calls of kernels and of single products: products over patches go through the batch in blocks.
 *
 * A part is plain data until a thread lowers it; so each of two threads makes the same calls, on memory of its own for the values in
 * between.
 *
 * @module
 */
import { RunError } from "../../core/errors.ts";
import { isBatch, sizeOf, type Value } from "../../graph/graph.ts";
import type { Kernels } from "../wasm/kernels.ts";
import { lower, lowerCopy } from "../wasm/lower.ts";
import type { Call } from "../wasm/lowering.ts";
import type { PartPlan, WasmPlan } from "../wasm/plan.ts";
import { kernelProducts } from "../wasm/products.ts";
import type { Api, ApiAddresses } from "./api.ts";
import { type ProductSessions, sessionProducts } from "./products.ts";
import type { Session } from "./session.ts";

/** A part of a graph for one thread. */
export interface MapsPart extends PartPlan {
  /** Gradients to copy at the end. */
  readonly copies: WasmPlan["copies"];
}

/** What another thread needs to run its half. */
export interface SharedMaps {
  readonly kind: "maps";
  readonly api: ApiAddresses;
  readonly sessions: ProductSessions;
  readonly rows: MapsPart;
  /** `undefined` if there is nothing for it to sum. */
  readonly range: MapsPart | undefined;
}

/** What parts run on. */
export interface PartTarget {
  readonly api: Api;
  readonly sessions: ProductSessions;
  readonly kernels: Kernels;
  readonly buffer: ArrayBuffer;
}

/** As many lists of calls are kept: those for the halves of a full batch and of the last one. */
const MOST_LISTS = 4;

/** The calls for parts that begin with one sample. */
interface List {
  readonly calls: readonly Call[];
  release(): void;
}

/** A part that can be run. */
export type OpenPart = Pick<Session, "run" | "release">;

/** Prepares a part to be run for `rows` samples of a batch from sample `first` on. */
export function openPart(part: MapsPart, { api, sessions, kernels, buffer }: PartTarget): OpenPart {
  const lists = new Map<number, List>();
  let isOpen = true;
  const clear = () => {
    lists.forEach(({ release }) => release());
    lists.clear();
  };
  const listOf = (first: number): List => {
    const plan = shifted(part, first);
    const products = sessionProducts(api, sessions, buffer, kernelProducts(kernels, plan));
    const calls = [
      ...part.instructions.map((instruction) => lower(instruction, kernels, plan, products.makeProduct)),
      ...part.copies.map((copy) => lowerCopy(copy, kernels)),
    ];
    return { calls, release: products.release };
  };
  return {
    run(rows, first = 0) {
      if (!isOpen) throw new RunError("run() needs a program that is not disposed");
      let list = lists.get(first);
      if (list === undefined) {
        if (lists.size === MOST_LISTS) clear();
        lists.set(first, list = listOf(first));
      }
      const { calls } = list;
      for (let at = 0; at < calls.length; at++) calls[at](rows);
    },
    release() {
      isOpen = false;
      clear();
    },
  };
}

/** The part for batches that begin with another sample: what is shared and has rows lies that many rows further on. */
function shifted(part: MapsPart, first: number): PartPlan {
  const { places, shared } = part;
  const offset = (value: Value) => isBatch(value.shape[0]) ? 4 * first * sizeOf(value.shape, 1) : 0;
  const moved = [...places].map(([value, address]): [Value, number] => [
    value,
    shared.has(value) ? address + offset(value) : address,
  ]);
  return { ...part, places: new Map(moved) };
}
