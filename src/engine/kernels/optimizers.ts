// deno-fmt-ignore-file (the formatter drops AssemblyScript's @inline)
// AssemblyScript. p = parameters, a = their average, g = gradients, m, v, s = slots, lr = learning rate. One pass over all parameters, whose number is
// rounded up to whole vectors: the blocks end on a vector's bound. The factors are read from a block of settings, as JavaScript
// would allocate a number for each that it passes. The clear version: ../reference_steps.ts

/** The factor at a position of the settings, in all lanes. */
// @ts-ignore: decorator
@inline
function setting(settings: usize, position: usize): v128 { return v128.load32_splat(settings + (position << 2)); }

/** Below this a running mean of gradients is taken for 0: 2^-100 moves no parameter. */
const LEAST: f32 = 7.888609052210118e-31;

/**
 * 0 in place of what is too small to matter. Where gradients have become 0 for good (units that are off), running means would end among the
 * denormal numbers and stay there, as 0.9 of the smallest one is rounded to itself; processors take twice the time of the pass for them.
 */
// @ts-ignore: decorator
@inline
function flushed(x: v128): v128 { return v128.and(x, f32x4.ge(f32x4.abs(x), f32x4.splat(LEAST))); }

/** `a += share (p - a)`, a moving average of the parameters; the share is at an address. */
function average(a: usize, p: usize, count: usize, at: usize): void {
  const share = v128.load32_splat(at), end = a + (count << 2);
  while (a < end) {
    const old = v128.load(a);
    v128.store(a, flushed(f32x4.add(old, f32x4.mul(share, f32x4.sub(v128.load(p), old)))));
    a += 16;
    p += 16;
  }
}

/** `p -= lr g`. Settings: lr times the scale of the gradient. */
export function sgd(p: usize, g: usize, count: usize, settings: usize): void {
  const rate = setting(settings, 0), end = p + (count << 2);
  while (p < end) {
    v128.store(p, f32x4.sub(v128.load(p), f32x4.mul(rate, v128.load(g))));
    p += 16;
    g += 16;
  }
}

/** `v = momentum v + g; p -= lr v`, with Nesterov `p -= lr (g + momentum v)`. Settings: lr, scale of g, momentum. */
export function momentum(p: usize, g: usize, v: usize, count: usize, settings: usize, nesterov: bool): void {
  const rate = setting(settings, 0), scales = setting(settings, 1), decays = setting(settings, 2), end = p + (count << 2);
  while (p < end) {
    const gradient = f32x4.mul(scales, v128.load(g));
    const velocity = flushed(f32x4.relaxed_madd(decays, v128.load(v), gradient));
    v128.store(v, velocity);
    const step = nesterov ? f32x4.relaxed_madd(decays, velocity, gradient) : velocity;
    v128.store(p, f32x4.sub(v128.load(p), f32x4.mul(rate, step)));
    p += 16;
    g += 16;
    v += 16;
  }
}

/** `s = decay s + (1 - decay) g^2; p -= lr g / (sqrt(s) + epsilon)`. Settings: lr, scale of g, decay, 1 - decay, epsilon. */
export function rmsprop(p: usize, g: usize, s: usize, count: usize, settings: usize): void {
  const rate = setting(settings, 0), scales = setting(settings, 1), decays = setting(settings, 2);
  const rests = setting(settings, 3), epsilons = setting(settings, 4), end = p + (count << 2);
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
 * Settings: scale of g, b1, 1 - b1, b2, 1 - b2, rate = `lr / (1 - b1^t)`, rootScale = `1 / sqrt(1 - b2^t)`, epsilon,
 * decay = `lr weightDecay`.
 */
export function adam(p: usize, g: usize, m: usize, v: usize, count: usize, settings: usize): void {
  const scales = setting(settings, 0), b1s = setting(settings, 1), rest1s = setting(settings, 2), b2s = setting(settings, 3);
  const rest2s = setting(settings, 4), rates = setting(settings, 5), roots = setting(settings, 6);
  const epsilons = setting(settings, 7), decays = setting(settings, 8), end = p + (count << 2);
  while (p < end) {
    const gradient = f32x4.mul(scales, v128.load(g));
    const first = flushed(f32x4.relaxed_madd(rest1s, gradient, f32x4.mul(b1s, v128.load(m))));
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

/** Numbers of a part whose blocks stay in the first-level cache between two passes. */
const PART: usize = 1024;

/** One of the kernels above by its number (v, s and m are `one`), and the average, part by part: so p is read from memory once. */
export function averaged(
  kernel: i32, p: usize, g: usize, one: usize, two: usize, count: usize, settings: usize, nesterov: bool, a: usize, share: usize,
): void {
  for (let done: usize = 0; done < count; done += PART) {
    const part = min(PART, count - done), at = done << 2;
    if (kernel == 0) sgd(p + at, g + at, part, settings);
    else if (kernel == 1) momentum(p + at, g + at, one + at, part, settings, nesterov);
    else if (kernel == 2) rmsprop(p + at, g + at, one + at, part, settings);
    else adam(p + at, g + at, one + at, two + at, part, settings);
    average(a + at, p + at, part, share);
  }
}
