/**
 * Whether two results of a trial agree.
 *
 * @module
 */
import { unitInfo } from "../../pipeline/metric.ts";
import type { TrialSummary } from "../tables/trial_summary.ts";
import { intervalOf, metricAddresses, metricInfos, metricValue } from "../tables/metric_addresses.ts";
import { resourcesText } from "./resources.ts";

/**
 * In what two results of a trial differ, as text; `undefined` where they agree. Times may differ, and one of them may be a failure, which
 * another machine did not have.
 */
export function conflict(first: TrialSummary, second: TrialSummary): string | undefined {
  if (first.state === "failed" || second.state === "failed") return undefined;
  if (first.state !== second.state) return `their state (${first.state}, ${second.state})`;
  const both = [first, second];
  if (first.epochs !== second.epochs) return `epochs (${first.epochs}, ${second.epochs})${computedBy(both)}`;
  const infos = metricInfos(both);
  const address = metricAddresses(both).find((address) => {
    const info = infos.get(intervalOf(address, infos) ?? address);
    return !isOfMachine(info) && metricValue(first, address) !== metricValue(second, address);
  });
  if (address === undefined) return undefined;
  const [one, other] = both.map((result) => metricValue(result, address) ?? "none");
  return `${address} (${one}, ${other})${computedBy(both)}`;
}

function isOfMachine(info: { readonly unit: string } | undefined): boolean {
  return info !== undefined && unitInfo(info.unit).isOfMachine === true;
}

/** What the two were computed with, where that differs: it may be the reason. */
function computedBy(results: readonly TrialSummary[]): string {
  const [first, second] = results.map(({ resources }) => resourcesText(resources));
  return first === second ? "" : `, computed with ${first}, and ${second}`;
}
