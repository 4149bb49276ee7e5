/**
 * The attributes of drawn faces, and those of face i for a seed.
 *
 * @module
 */
import { fillUniform } from "../core/random.ts";
import { ROUNDS } from "./split.ts";

/** The choices of one attribute. */
interface AttributeChoices {
  /** The possible values, all equally likely. */
  readonly values: readonly string[];
  /** The share of the faces that have it; the others have the value `none`. @default {1} */
  readonly share?: number;
}

/** The attributes in which faces differ. */
export type FaceAttribute = "hair" | "eyes" | "mouth" | "nose" | "facialHair" | "skin" | "hairColour";

/**
 * The attributes of a face, by the names of the style Personas (of which hats and a pacifier are left out). The order is part of the
 * faces: append only.
 */
export const ATTRIBUTES = {
  hair: {
    values: [
      "bald",
      "bobBangs",
      "bobCut",
      "buzzcut",
      "curly",
      "curlyHighTop",
      "long",
      "pigtails",
      "shortCombover",
      "straightBun",
    ],
  },
  eyes: { values: ["glasses", "happy", "open", "sleep", "sunglasses", "wink"] },
  mouth: { values: ["bigSmile", "frown", "lips", "smile", "smirk", "surprise"] },
  nose: { values: ["mediumRound", "smallRound", "wrinkles"] },
  facialHair: { values: ["beardMustache", "goatee", "pyramid", "walrus"], share: 0.2 },
  skin: { values: ["pale", "fair", "tan", "brown", "dark"] },
  hairColour: { values: ["white", "ginger", "brown", "black"] },
} as const satisfies Readonly<Record<FaceAttribute, AttributeChoices>>;

type ValueOf<Name extends FaceAttribute> =
  | typeof ATTRIBUTES[Name]["values"][number]
  | (typeof ATTRIBUTES[Name] extends { share: number } ? "none" : never);

/** The value of each attribute of one face. */
export type FaceLook = { readonly [Name in FaceAttribute]: ValueOf<Name> };

/** All values of an attribute, `none` among them where a face can be without it. */
export function attributeValues(attribute: FaceAttribute): string[] {
  const { values, share = 1 }: AttributeChoices = ATTRIBUTES[attribute];
  return share < 1 ? [...values, "none"] : [...values];
}

const NAMES = Object.keys(ATTRIBUTES) as FaceAttribute[];

/** The attributes of faces 0 to count - 1 for a seed, each drawn independently. */
export function drawLooks(count: number, seed: number): FaceLook[] {
  const numbers = new Float64Array(count * NAMES.length);
  const index = Uint32Array.from({ length: count }, (_, face) => face);
  fillUniform(numbers, count, NAMES.length, index, { seed, stream: "split", epoch: ROUNDS.looks });
  return Array.from(index, (face) => {
    const look = NAMES.map((
      name,
      column,
    ) => [name, choose(ATTRIBUTES[name], numbers[face * NAMES.length + column])]);
    return Object.fromEntries(look) as FaceLook;
  });
}

/** The choice for a number between 0 and 1. */
function choose({ values, share = 1 }: AttributeChoices, number: number): string {
  return number < share ? values[Math.floor(number / share * values.length)] : "none";
}

const SKIN: Readonly<Record<FaceLook["skin"], string>> = {
  pale: "eeb4a4",
  fair: "e5a07e",
  tan: "d78774",
  brown: "b16a5b",
  dark: "92594b",
};

const HAIR: Readonly<Record<FaceLook["hairColour"], string>> = {
  white: "dee1f5",
  ginger: "f29c65",
  brown: "6c4545",
  black: "362c47",
};

/** The attributes as options of the style: one choice each, so that DiceBear's own random numbers are not used. */
export function styleOptions(look: FaceLook): Partial<import("@dicebear/personas").Options> {
  const { hair, eyes, mouth, nose, facialHair, skin, hairColour } = look;
  return {
    hair: [hair],
    eyes: [eyes],
    mouth: [mouth],
    nose: [nose],
    ...(facialHair === "none"
      ? { facialHairProbability: 0 }
      : { facialHair: [facialHair], facialHairProbability: 100 }),
    skinColor: [SKIN[skin]],
    hairColor: [HAIR[hairColour]],
    body: ["rounded"],
    clothingColor: ["7555ca"],
  };
}
