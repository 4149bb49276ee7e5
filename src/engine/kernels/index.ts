// AssemblyScript. What kernels.wasm exports; `deno task build:kernels` builds it.
export { product, productAdd } from "./product";
export { binary, copyRows, fillRows, unary } from "./elementwise";
export { sumColumns, sumRowGroups, sumRows, sumSquares } from "./reduce";
export { foldPatches, oneHotOfMaximum, patches, repeatRows } from "./patches";
export { adam, averaged, momentum, rmsprop, sgd } from "./optimizers";
export { corruptRows } from "./random";
export { gather, gatherFloats, scaleRows } from "./gather";
