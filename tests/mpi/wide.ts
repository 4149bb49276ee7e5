/** A pipeline whose steps are large enough for the sessions of the native engine. */
import { ae, evaluate, glyphs, load, noise, pipeline, train } from "../../mod.ts";

export default pipeline("wide", { seed: 5 })
  .pipe(load(glyphs()))
  .pipe(noise({ std: 0.3 }))
  .pipe(train(ae({ encoder: [35, 256, 128], latent: 8, loss: "bce" }), {
    epochs: 3,
    batchSize: 250,
    repeats: 20,
    previews: false,
  }))
  .pipe(evaluate());
