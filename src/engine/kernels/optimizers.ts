// deno-fmt-ignore-file (the formatter drops AssemblyScript's @inline)
// AssemblyScript. p = parameters, g = gradients, m, v, s = slots, lr = learning rate. One pass over all parameters, whose number is
// rounded up to whole vectors: the blocks end on a vector's bound. The clear version: ../reference_steps.ts

/** `p -= lr g`; the scale of the gradient is already in lr. */
export function sgd(p: usize, g: usize, count: usize, lr: f32): void {
  const rate = f32x4.splat(lr), end = p + (count << 2);
  while (p < end) {
    v128.store(p, f32x4.sub(v128.load(p), f32x4.mul(rate, v128.load(g))));
    p += 16;
    g += 16;
  }
}

/** `v = momentum v + g; p -= lr v`, with Nesterov `p -= lr (g + momentum v)`. */
export function momentum(p: usize, g: usize, v: usize, count: usize, lr: f32, scale: f32, decay: f32, nesterov: bool): void {
  const rate = f32x4.splat(lr), scales = f32x4.splat(scale), decays = f32x4.splat(decay), end = p + (count << 2);
  while (p < end) {
    const gradient = f32x4.mul(scales, v128.load(g));
    const velocity = f32x4.relaxed_madd(decays, v128.load(v), gradient);
    v128.store(v, velocity);
    const step = nesterov ? f32x4.relaxed_madd(decays, velocity, gradient) : velocity;
    v128.store(p, f32x4.sub(v128.load(p), f32x4.mul(rate, step)));
    p += 16;
    g += 16;
    v += 16;
  }
}

/** `s = decay s + (1 - decay) g^2; p -= lr g / (sqrt(s) + epsilon)`. */
export function rmsprop(p: usize, g: usize, s: usize, count: usize, lr: f32, scale: f32, decay: f32, rest: f32, epsilon: f32): void {
  const rate = f32x4.splat(lr), scales = f32x4.splat(scale), decays = f32x4.splat(decay), rests = f32x4.splat(rest);
  const epsilons = f32x4.splat(epsilon), end = p + (count << 2);
  while (p < end) {
    const gradient = f32x4.mul(scales, v128.load(g));
    const squares = f32x4.add(f32x4.mul(decays, v128.load(s)), f32x4.mul(f32x4.mul(rests, gradient), gradient));
    v128.store(s, squares);
    const step = f32x4.div(f32x4.mul(rate, gradient), f32x4.add(f32x4.sqrt(squares), epsilons));
    v128.store(p, f32x4.sub(v128.load(p), step));
    p += 16;
    g += 16;
    s += 16;
  }
}

/**
 * `m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; p -= decay p + rate m / (sqrt(v) rootScale + epsilon)`.
 *
 * @param rate `lr / (1 - b1^t)`. @param rootScale `1 / sqrt(1 - b2^t)`. @param decay `lr weightDecay`.
 */
export function adam(
  p: usize, g: usize, m: usize, v: usize, count: usize, scale: f32, b1: f32, rest1: f32, b2: f32, rest2: f32,
  rate: f32, rootScale: f32, epsilon: f32, decay: f32,
): void {
  const scales = f32x4.splat(scale), b1s = f32x4.splat(b1), rest1s = f32x4.splat(rest1), b2s = f32x4.splat(b2);
  const rest2s = f32x4.splat(rest2), rates = f32x4.splat(rate), roots = f32x4.splat(rootScale);
  const epsilons = f32x4.splat(epsilon), decays = f32x4.splat(decay), end = p + (count << 2);
  while (p < end) {
    const gradient = f32x4.mul(scales, v128.load(g));
    const first = f32x4.relaxed_madd(rest1s, gradient, f32x4.mul(b1s, v128.load(m)));
    const second = f32x4.relaxed_madd(f32x4.mul(rest2s, gradient), gradient, f32x4.mul(b2s, v128.load(v)));
    v128.store(m, first);
    v128.store(v, second);
    const divisor = f32x4.relaxed_madd(f32x4.sqrt(second), roots, epsilons);
    const old = v128.load(p), step = f32x4.div(f32x4.mul(rates, first), divisor);
    v128.store(p, f32x4.sub(old, f32x4.relaxed_madd(decays, old, step)));
    p += 16;
    g += 16;
    m += 16;
    v += 16;
  }
}
