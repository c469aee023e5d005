import { describe, expect, it } from "vitest";

import { proposalsFor, type Known } from "./suggest";

const known: Known = {
  tags: [
    { tag: "animals/dog", accepted: 4, suggested: 0, rejected: 0 },
    { tag: "hot dog", accepted: 9, suggested: 0, rejected: 0 },
    { tag: "doghouse", accepted: 0, suggested: 7, rejected: 0 },
  ],
  searches: [{ name: "Dogs of 2024", query: "dog date:2024" }],
  facets: [{ field: "camera", values: [{ label: "FUJIFILM X-T5", query: 'camera:"FUJIFILM X-T5"', count: 12 }] }],
};
const texts = (words: string) => proposalsFor(words, known).map(({ text }) => text);

describe("proposalsFor", () => {
  it("offers saved searches before a word is typed", () => {
    expect(texts("")).toEqual(["dog date:2024"]);
  });
  it("offers accepted tags, the frequent ones first, and searches", () => {
    expect(texts("red dog")).toEqual(['tag:"hot dog"', "tag:animals/dog", "dog date:2024"]);
    expect(texts("-dog")[0]).toBe('-tag:"hot dog"');
  });
  it("offers fields, then what the library has for one", () => {
    expect(texts("cam")).toEqual(["camera:"]);
    expect(texts("camera:fu")).toEqual(['camera:"FUJIFILM X-T5"']);
    expect(texts("-mood:w")).toEqual(["-mood:warm"]);
  });
  it("keeps quiet inside quotation marks", () => {
    expect(texts('"do')).toEqual([]);
  });
});
