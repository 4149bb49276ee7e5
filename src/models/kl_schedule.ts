// e = epoch, counted from 0; C = length of a cycle; R = share of it in which the weight rises.

/**
 * The schedule of a VAE's KL term over a training, as data.
 *
 * @module
 */
import { optionsOf } from "../core/arguments.ts";
/** A KL schedule with all defaults filled in. */
export type KlSchedule =
  | { kind: "constant" }
  | ({ kind: "linear" } & KlLinearOptions)
  | ({ kind: "cyclic" } & Required<KlCyclicOptions>)
  | ({ kind: "capacity" } & KlCapacityOptions);

/** A KL schedule as a pipeline file writes it, by {@link klConstant}, {@link klLinear}, {@link klCyclic} or {@link klCapacity}. */
export type KlScheduleOptions =
  | { kind: "constant" }
  | ({ kind: "linear" } & KlLinearOptions)
  | ({ kind: "cyclic" } & KlCyclicOptions)
  | ({ kind: "capacity" } & KlCapacityOptions);

/** Options for {@link klLinear}. */
export interface KlLinearOptions {
  /** Epochs over which the weight grows from 0 (in the first epoch) to `beta`, in equal steps. */
  epochs: number;
}

/** Options for {@link klCyclic}. */
export interface KlCyclicOptions {
  /** Epochs of a cycle, at least 2: the weight is 0 in the first of them. */
  cycleEpochs: number;
  /** The share of a cycle in which the weight grows; for the rest it is `beta`. @default {0.5} */
  rampShare?: number;
}

/** Options for {@link klCapacity}. */
export interface KlCapacityOptions {
  /** The capacity at the end, in nats of KL per sample. */
  nats: number;
  /** Epochs over which the capacity grows from 0 (in the first epoch), in equal steps. */
  epochs: number;
}

/** The weight is `beta` throughout. */
export function klConstant(): KlScheduleOptions {
  return { kind: "constant" };
}

/**
 * The weight grows from 0 to `beta` (Bowman et al. 2016, arXiv:1511.06349, section 3.1), in a line (Sonderby et al. 2016,
 * arXiv:1602.02282, section 2.3): `min(1, e / epochs)`, e counted from 0.
 */
export function klLinear(options: KlLinearOptions): KlScheduleOptions {
  return { kind: "linear", ...optionsOf("klLinear", options) };
}

/** The weight grows from 0 to `beta` in cycles (Fu et al. 2019, arXiv:1903.10145, eq. 6 and 7): `min(1, (e mod C) / (R C))`. */
export function klCyclic(options: KlCyclicOptions): KlScheduleOptions {
  return { kind: "cyclic", ...optionsOf("klCyclic", options) };
}

/** The KL is pulled to a growing capacity (Burgess et al. 2018, arXiv:1804.03599, eq. 8): the loss has `beta |KL - C|`, C from 0 to `nats`. */
export function klCapacity(options: KlCapacityOptions): KlScheduleOptions {
  return { kind: "capacity", ...optionsOf("klCapacity", options) };
}

/** The share of `beta` in an epoch. */
export function klShare(schedule: KlSchedule, epoch: number): number {
  switch (schedule.kind) {
    case "constant":
    case "capacity":
      return 1;
    case "linear":
      return Math.min(1, epoch / schedule.epochs);
    case "cyclic": {
      const { cycleEpochs, rampShare } = schedule;
      return Math.min(1, epoch % cycleEpochs / (rampShare * cycleEpochs));
    }
  }
}

/** The capacity in nats of KL in an epoch; 0 under all other schedules. */
export function klTarget(schedule: KlSchedule, epoch: number): number {
  return schedule.kind === "capacity" ? schedule.nats * Math.min(1, epoch / schedule.epochs) : 0;
}

/** Whether the KL term of an epoch is the one at the end of the schedule: losses of other epochs cannot be compared with it. */
export function isFinalKl(schedule: KlSchedule, epoch: number): boolean {
  return klShare(schedule, epoch) === 1 && klTarget(schedule, epoch) === klTarget(schedule, Infinity);
}

/** A KL schedule as text: `KL weight grows to 1 over 10 epochs`. */
export function describeKl(schedule: KlSchedule, beta: number): string {
  switch (schedule.kind) {
    case "constant":
      return `KL weight ${beta}`;
    case "linear":
      return `KL weight grows to ${beta} over ${schedule.epochs} epochs`;
    case "cyclic":
      return `KL weight grows to ${beta} in each cycle of ${schedule.cycleEpochs} epochs`;
    case "capacity":
      return `KL target grows to ${schedule.nats} nats over ${schedule.epochs} epochs, weight ${beta}`;
  }
}
