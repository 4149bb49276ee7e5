/** `--early-stop`: a rule of early stopping with its options, as in `asha,minimumEpochs=5`. @module */
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { shortened } from "../../core/errors.ts";
import type { SweepOptions } from "../../pipeline/sweep/sweep.ts";

/** Turns off what the file says. */
const NONE = "none";

/**
 * Parses the option; which rules and options there are is checked with the sweep.
 *
 * @throws {InvalidArgumentError} When it has not this form.
 */
export function parseEarlyStop(text: string): SweepOptions["earlyStop"] {
  const [kind, ...settings] = text.split(",").map((part) => part.trim());
  if (kind === NONE && settings.length === 0) return null;
  const entries = settings.map((setting) => {
    const equals = setting.indexOf("=");
    if (equals > 0) return [setting.slice(0, equals), valueOf(setting.slice(equals + 1))];
    throw new InvalidArgumentError(
      `It must be a rule and its options, as in asha,minimumEpochs=5, got "${shortened(text)}"`,
    );
  });
  return { ...Object.fromEntries(entries), kind };
}

/** JSON, and otherwise text. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
