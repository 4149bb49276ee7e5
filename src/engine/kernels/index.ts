// AssemblyScript. What kernels.wasm exports; `deno task build:kernels` builds it.
export { product, productAdd } from "./product";
export { binary, copyRows, fillRows, unary } from "./elementwise";
export { sumColumns, sumRowGroups, sumRows, sumSquares } from "./reduce";
export { foldPatches, oneHotOfMaximum, patches, repeatRows } from "./patches";
export { adam, averaged, momentum, rmsprop, sgd } from "./optimizers";
export { corruptRows } from "./random";
// For the code of groups (`../wasm/lower_group.ts`).
export { exp4, log4, sigmoid4, softplus4 } from "./math";
export { storeLanes } from "./lanes";
export { gather, gatherFloats, scaleRows } from "./gather";
