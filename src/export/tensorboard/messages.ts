/**
 * The messages of a TensorBoard event file: events, their summaries, and what the hparams plugin reads.
 *
 * Field numbers: `tensorboard/compat/proto/event.proto` and `summary.proto`, `tensor.proto`, `types.proto` next to them (TensorFlow's
 * own), `tensorboard/plugins/hparams/plugin_data.proto` and `api.proto` of https://github.com/tensorflow/tensorboard, and
 * `google/protobuf/struct.proto`.
 *
 * @module
 */
import { bytes, double, integer, join, single, text } from "../../core/protobuf.ts";

/** When an event was, and at which step. */
export interface EventTime {
  /** Milliseconds since 1970. */
  readonly t: number;
  /** The epoch. */
  readonly step: number;
}

/** `Event`: wall_time 1 (seconds), step 2, and the field that it carries. */
function event({ t, step }: EventTime, content: Uint8Array): Uint8Array {
  return join([double(1, t / 1000), integer(2, step), content]);
}

/** The first event of a file: `Event.file_version` 3. From version 2 on, a reader discards earlier data at {@link sessionStart} alone. */
export function fileVersion(time: EventTime): Uint8Array {
  return event(time, text(3, "brain.Event:2"));
}

/** A (re)start: readers discard what they read before of this step and later ones. `Event.session_log` 7, `SessionLog.status` 1: START 1. */
export function sessionStart(time: EventTime): Uint8Array {
  return event(time, bytes(7, integer(1, 1)));
}

/** An event with values: `Event.summary` 5, `Summary.value` 1. */
export function summary(time: EventTime, values: readonly Uint8Array[]): Uint8Array {
  return event(time, bytes(5, ...values.map((value) => bytes(1, value))));
}

/** `Summary.Value`: tag 1, simple_value 2 and metadata 9: plugin_data 1 (plugin_name 1), summary_description 3. */
export function scalar(tag: string, value: number, description?: string): Uint8Array {
  const metadata = description === undefined
    ? []
    : [bytes(9, bytes(1, text(1, "scalars")), text(3, description))];
  return join([text(1, tag), single(2, value), ...metadata]);
}

/** A picture file. */
export interface EncodedPicture {
  readonly height: number;
  readonly width: number;
  readonly png: Uint8Array;
}

/** How TensorFlow counts the channels of a picture file: `Image.colorspace`. */
const RGB = 3;

/** `Summary.Value.image` 4: height 1, width 2, colorspace 3, encoded_image_string 4. */
export function image(tag: string, { height, width, png }: EncodedPicture): Uint8Array {
  const content = [integer(1, height), integer(2, width), integer(3, RGB), bytes(4, png)];
  return join([text(1, tag), bytes(4, ...content)]);
}

/** The value of a hyper-parameter. */
export type HyperParameter = number | string | boolean;

/** `HParamsPluginData.session_start_info` 3: hparams 1, group_name 4, start_time_secs 5. A map is a list of entries: key 1, value 2. */
export function hyperParameters(
  parameters: Readonly<Record<string, HyperParameter>>,
  { group, t }: { readonly group: string; readonly t: number },
): Uint8Array {
  const entries = Object.entries(parameters).map(([name, value]) =>
    bytes(1, text(1, name), bytes(2, protobufValue(value)))
  );
  return pluginData(
    "_hparams_/session_start_info",
    bytes(3, ...entries, text(4, group), double(5, t / 1000)),
  );
}

/** `hparams.Status`. */
const STATUS = { unknown: 0, success: 1, failure: 2 } as const;

/** `HParamsPluginData.session_end_info` 4: status 1, end_time_secs 2. */
export function sessionEnd(status: keyof typeof STATUS, t: number): Uint8Array {
  return pluginData("_hparams_/session_end_info", bytes(4, integer(1, STATUS[status]), double(2, t / 1000)));
}

/** `google.protobuf.Value`: number_value 2, string_value 3, bool_value 4. */
function protobufValue(value: HyperParameter): Uint8Array {
  if (typeof value === "number") return double(2, value);
  return typeof value === "string" ? text(3, value) : integer(4, Number(value));
}

/** A tensor without numbers, which a value that is all metadata carries: `TensorProto` dtype 1 (DT_FLOAT 1), tensor_shape 2 with dim 2 of size 0. */
const EMPTY_TENSOR = join([integer(1, 1), bytes(2, bytes(2))]);

/** `Summary.Value.metadata` 9, `SummaryMetadata.plugin_data` 1: plugin_name 1, content 2. */
function pluginData(tag: string, content: Uint8Array): Uint8Array {
  const plugin = bytes(1, text(1, "hparams"), bytes(2, content));
  return join([text(1, tag), bytes(8, EMPTY_TENSOR), bytes(9, plugin)]);
}
