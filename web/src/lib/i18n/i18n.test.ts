import { describe, expect, it } from "vitest";

import { fill, formatAgo, formatBytes, formatDuration, type Message } from ".";
import { en } from "./en";

describe("fill", () => {
  const pictures = { one: "{n} picture", other: "{n} pictures" };
  it("takes the form that the number asks for", () => {
    expect(fill(pictures, { n: 1 })).toBe("1 picture");
    expect(fill(pictures, { n: 0 })).toBe("0 pictures");
  });
  it("fills what it knows and leaves the rest; a value is never filled again", () => {
    expect(fill("{a} {b}", { a: "{b}" })).toBe("{b} {b}");
  });
});

it("both forms of a plural name the same values", () => {
  const names = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
  for (const [key, message] of Object.entries(en as Record<string, Message>)) {
    if (typeof message === "string" || message.one === undefined) continue;
    expect(names(message.one), key).toEqual(expect.arrayContaining(names(message.one)));
    for (const name of names(message.one)) expect(names(message.other), key).toContain(name);
  }
});

it("writes sizes and times for people", () => {
  expect(formatBytes(1_500_000)).toMatch(/1[.,]5 ?MB/);
  expect(formatDuration(90)).toBe("2 minutes");
  expect(formatAgo("2026-11-25T10:00:00Z", Date.parse("2026-11-25T10:05:00Z"))).toBe("5 minutes ago");
});
