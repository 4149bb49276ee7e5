/**
 * Whether the latent numbers of a VAE are used: the KL of each, how many are active, and what to do when they are not.
 *
 * @module
 */
import { colour, type Plots } from "../plot.ts";
import { figureHtml } from "./figure.ts";
import { type Html, html } from "./html.ts";
import { isNumber, numberText } from "./numbers.ts";
import type { ReportData } from "./report_data.ts";

/** The least variance of a posterior mean that counts as active (Burda et al. 2016, arXiv:1509.00519). */
const ACTIVE = 0.01;

/** The section; nothing without a posterior. */
export function healthSection({ latent, model }: ReportData, plots: Plots): Html | undefined {
  if (latent === undefined || latent.kl === null || model?.spec.kind !== "vae") return undefined;
  const { kl, mean, variance, measured, split } = latent;
  const numbers = kl.map((value, k) => ({
    name: `z${k + 1}`,
    kl: value ?? 0,
    mean: mean[k],
    variance: variance[k],
    active: isNumber(variance[k]) && variance[k] > ACTIVE,
  })).sort((a, b) => b.kl - a.kl);
  const active = numbers.filter(({ active }) => active).length,
    total = numbers.reduce((sum, { kl }) => sum + kl, 0);
  const words = `${active} of ${numbers.length} latent numbers are active; together ${
    numberText(total, 4)
  } nats a sample`;
  const { grammar } = plots;
  return html`<section id="health"><h2>Health of the latent space</h2>${
    active < numbers.length &&
    html`<p class="${active <= numbers.length / 4 ? "alarm" : "note"}">${
      numbers.length - active
    } of ${numbers.length} latent numbers carry nothing${
      active <= numbers.length / 4 &&
      ": the posterior has collapsed onto the prior. A smaller beta, a warm-up of the KL or free bits help"
    }.</p>`
  }${
    figureHtml(plots, {
      title: `KL of each latent number, nats a sample (mean over ${
        measured.toLocaleString("en-US")
      } images of the ${split} split)`,
      description: `${words}.`,
      note: `${words}. Pale: variance of the posterior mean at most ${ACTIVE}.`,
      plot: (width) => ({
        height: 240,
        marginLeft: 48,
        marginBottom: 38,
        marginTop: 26,
        x: {
          label: null,
          domain: numbers.map(({ name }) => name),
          ticks: numbers.length * 22 > width ? [] : undefined,
          tickRotate: numbers.length > 16 ? -60 : 0,
        },
        y: { label: "nats a sample", grid: true, nice: true },
        marks: [
          grammar.barY(numbers, {
            x: "name",
            y: "kl",
            fill: ({ active }: { active: boolean }) => colour(active ? "first" : "faint"),
            fillOpacity: 0.9,
          }),
          grammar.ruleY([0], { stroke: "currentColor" }),
        ],
      }),
      table: {
        head: ["latent number", "KL (nats)", "mean of means", "variance of means", "active"],
        rows: numbers.map((
          { name, kl, mean, variance, active },
        ) => [name, numberText(kl, 4), numberText(mean, 3), numberText(variance, 3), active ? "yes" : "no"]),
      },
    })
  }</section>`;
}
