import { describe, expect, it } from "vitest";

import { hasTerm, joined, parseTerm, partsOf, quoted, splitQuery, typingOf, withTerm, withoutTerm } from "./query";

describe("splitQuery", () => {
  it.each([
    ["red kayak at dusk", ["red", "kayak", "at", "dusk"]],
    ['tag:"rock \\"n\\" roll" x', ['tag:"rock \\"n\\" roll"', "x"]],
    ["-(red umbrella) (snow OR ice) y", ["-(red umbrella)", "(snow OR ice)", "y"]],
    ['"no entry" -"one way"', ['"no entry"', '-"one way"']],
    ['5" wide screen', ['5"', "wide", "screen"]],
    ["  ", []],
  ])("cuts %s", (query, parts) => {
    expect(splitQuery(query)).toEqual(parts);
  });
});

describe("partsOf", () => {
  it("tells facts from words, wherever they stand", () => {
    const { facts, words } = partsOf('red camera:fuji kayak -tag:"my dog" id:17 -people');
    expect(words).toBe("red kayak -people");
    expect(facts.map(({ field, negated, value }) => [field, negated, value])).toEqual([
      ["camera", false, "fuji"],
      ["tag", true, "my dog"],
      ["id", false, "17"],
    ]);
  });
  it("leaves a query with OR whole", () => {
    expect(partsOf("tag:a OR tag:b")).toEqual({ facts: [], words: "tag:a OR tag:b" });
  });
  it("takes what is no field for words", () => {
    expect(partsOf("at 3:30 \\tag:x http://a sentence: fine").facts).toEqual([]);
    expect(parseTerm("tag:").field).toBe("");
  });
});

describe("terms in and out", () => {
  it("adds once, and turns the opposite round", () => {
    expect(withTerm("dog", "tag:beach")).toBe("dog tag:beach");
    expect(withTerm("dog TAG:beach", "tag:beach")).toBe("dog tag:beach");
    expect(withTerm("dog -tag:beach", "tag:beach")).toBe("dog tag:beach");
    expect(withTerm("tag:beach", "-tag:beach")).toBe("-tag:beach");
  });
  it("puts parentheses around what an OR holds together", () => {
    expect(withTerm("cat OR dog", "date:2024")).toBe("(cat OR dog) date:2024");
  });
  it("takes off what it put on", () => {
    for (const query of ["", "dog", 'a "b c" -d']) {
      expect(withoutTerm(withTerm(query, 'camera:"X T5"'), 'camera:"X T5"')).toBe(query);
    }
    expect(hasTerm("x camera:fuji", "Camera:Fuji")).toBe(true);
    expect(joined("", [])).toBe("");
  });
  it("writes values that need quotation marks with them", () => {
    expect(quoted("beach")).toBe("beach");
    expect(parseTerm(`tag:${quoted('a "b" \\ (c)')}`).value).toBe('a "b" \\ (c)');
  });
});

describe("typingOf", () => {
  it.each([
    ["red ca", { before: "red ", token: "ca", sign: "", field: "", value: "ca" }],
    ["red camera:fu", { before: "red ", token: "camera:fu", sign: "", field: "camera", value: "fu" }],
    ["-tag:", { before: "", token: "-tag:", sign: "-", field: "tag", value: "" }],
    ['tag:"my do', { before: "", token: 'tag:"my do', sign: "", field: "tag", value: "my do" }],
    ["red ", { before: "red ", token: "", sign: "", field: "", value: "" }],
  ] as const)("%s", (words, typing) => {
    expect(typingOf(words)).toEqual(typing);
  });
});
