// first, count = the units of a part: samples of a batch, rows of maps of patches, or maps.

/**
 * Lowers products: of a whole batch at once, or over patches, block by block.
 *
 * @module
 */
import { pixelCount } from "../../core/shape.ts";
import type { OperationOf, Value } from "../../graph/graph.ts";
import { patchSize } from "../../graph/window.ts";
import { mapsOf } from "../../graph/window_loops.js";
import { type Blocks, blocksOf, largestBlock } from "./blocks.ts";
import type { ProductInstruction } from "./instructions.ts";
import { BINARY, type Kernels } from "./kernels.ts";
import { addressOf, type Call, extent, fixed, unaryOf, windowCall } from "./lowering.ts";
import type { Places } from "./plan.ts";
import { type MakeProduct, type ProductOperand, stepOf } from "./products.ts";

/** Works on a part. */
type RunPart = (first: number, count: number) => void;

/** What a product is lowered for. */
export interface ProductTarget {
  readonly kernels: Kernels;
  readonly plan: Places;
  readonly makeProduct: MakeProduct;
}

/** Lowers a product and what is fused with it. */
export function lowerProduct(instruction: ProductInstruction, target: ProductTarget): Call {
  const blocks = blocksOf(instruction);
  if (blocks !== undefined) return lowerBlocks(instruction, blocks, target);
  const { value, bias } = instruction, { plan, makeProduct } = target, c = whole(value, plan);
  const operands = operandsOf(instruction, (operand) => whole(operand, plan));
  const run = makeProduct({ ...operands, c, bias: bias && addressOf(plan, bias), most: plan.capacity });
  const finish = finishOf(instruction, c, target);
  return (samples) => {
    run(0, samples, false);
    finish?.(0, samples);
  };
}

/** The patches of each block and their product, or a product and its fold. */
function lowerBlocks(instruction: ProductInstruction, blocks: Blocks, target: ProductTarget): Call {
  const { operation, operation: { window }, height, width } = blocks;
  const { value, product, patches, fold, bias } = instruction;
  const { kernels, plan, makeProduct } = target, most = largestBlock(blocks, plan.capacity);
  const block = { address: plan.patches, rows: -width, columns: patchSize(window), moves: false };
  const ofBlock = (each: Value): ProductOperand => ({ ...whole(each, plan), rows: -width, moves: true });
  const isSum = patches !== undefined && (product.operation as OperationOf<"matmul">).transposeA;
  const weight = isSum ? undefined : product.operands[1];
  const operands = operandsOf(
    instruction,
    (each) => each === patches ? block : each === weight ? whole(each, plan) : ofBlock(each),
  );
  const maps = addressOf(plan, fold === undefined ? blocks.maps : value);
  const move = windowCall(kernels, operation, { maps, patches: plan.patches });
  if (fold !== undefined) {
    const folded = { ...whole(value, plan), rows: -pixelCount(window), moves: true };
    const run = makeProduct({ ...operands, c: block, most });
    const finish = finishOf(instruction, folded, target, bias);
    return eachBlock(blocks, (first, count) => {
      run(first, count, false);
      move(first, count);
      // A map is complete with the last of its rows.
      const end = first + count;
      if (end % height === 0) finish?.(Math.floor(first / height), Math.ceil(count / height));
    });
  }
  const c = isSum ? whole(value, plan) : ofBlock(value);
  const run = makeProduct({ ...operands, c, bias: bias && addressOf(plan, bias), most });
  const finish = finishOf(instruction, c, target);
  if (!isSum) {
    return eachBlock(blocks, (first, count) => {
      move(first, count);
      run(first, count, false);
      finish?.(first, count);
    });
  }
  const sum = eachBlock(blocks, (first, count) => {
    move(first, count);
    run(first, count, first > 0);
  });
  return (samples) => {
    sum(samples);
    finish?.(0, samples);
  };
}

/** Goes through the rows of the maps of patches of a batch. */
function eachBlock({ operation: { window }, maps, height, most }: Blocks, run: RunPart): Call {
  const places = fixed(maps.shape[0]), isBand = most < height;
  return (samples) => {
    const all = height * mapsOf(window, extent(places, samples));
    for (let first = 0, count; first < all; first += count) {
      count = Math.min(most, isBand ? height - first % height : all - first);
      run(first, count);
    }
  };
}

/** A value as an operand of the whole batch. */
function whole(value: Value, plan: Places): ProductOperand {
  return {
    address: addressOf(plan, value),
    rows: fixed(value.shape[0]),
    columns: fixed(value.shape[1]),
    moves: false,
  };
}

function operandsOf({ product }: ProductInstruction, operand: (value: Value) => ProductOperand) {
  const { transposeA, transposeB } = product.operation as OperationOf<"matmul">, [a, b] = product.operands;
  return { a: operand(a), b: operand(b), transposeA, transposeB };
}

/** What is done to a part of a result after its product; `bias`: the row that the product itself could not add. */
function finishOf(
  { activation, derivative }: ProductInstruction,
  result: ProductOperand,
  { kernels, plan }: ProductTarget,
  bias?: Value,
): RunPart | undefined {
  const { address, rows, columns } = result, step = stepOf(result);
  const add = bias === undefined ? undefined : addRow(result, addressOf(plan, bias), kernels);
  const { kind, slope } = activation === undefined ? { kind: 0, slope: 0 } : unaryOf(activation.operation);
  const y = derivative === undefined ? 0 : addressOf(plan, derivative.y);
  const byY = derivative === undefined ? 0 : BINARY[derivative.kind], slopeOfY = derivative?.slope ?? 0;
  if (activation === undefined && derivative === undefined) return add;
  return (first, count) => {
    const c = address + first * step, size = extent(rows, count) * extent(columns, count);
    add?.(first, count);
    if (derivative === undefined) kernels.unary(kind, c, c, size, slope);
    else kernels.binary(byY, c, c, 0, 16, y + first * step, 0, 16, 1, size, slopeOfY);
  };
}

/** Adds a row to each row of a part; of one column it is one number, added to all. */
function addRow(result: ProductOperand, bias: number, kernels: Kernels): RunPart {
  const { address, rows, columns } = result, step = stepOf(result), isNumber = columns === 1;
  return (first, count) => {
    const c = address + first * step, height = extent(rows, count);
    if (isNumber) kernels.binary(BINARY.add, c, c, 0, 16, bias, 0, 0, 1, height, 0);
    else kernels.binary(BINARY.add, c, c, 4 * columns, 16, bias, 0, 16, height, columns, 0);
  };
}
