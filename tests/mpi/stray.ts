/** A pipeline with an error on rank 2 that nothing awaits. */
import { ae, glyphs, load, pipeline, train } from "../../mod.ts";

if (Deno.env.get("OMPI_COMM_WORLD_RANK") === "2") void Promise.reject(new Error("a stray error"));

export default pipeline("stray", { seed: 5 })
  .pipe(load(glyphs()))
  .pipe(train(ae({ encoder: [35, 10], latent: 2 }), { epochs: 6000, repeats: 64, previews: false }));
