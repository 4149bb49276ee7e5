/** A pipeline that ranks cannot share. */
import { glyphs, load, pipeline } from "../../mod.ts";

export default pipeline("no-training").pipe(load(glyphs()));
