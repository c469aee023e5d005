import { describe, expect, it } from "vitest";

import { Selection } from "./selection.svelte";

const order = [10, 11, 12, 13, 14, 15];
const chosen = (selection: Selection) => [...selection.ids].sort();

describe("Selection", () => {
  it("redraws a range as its end moves, and keeps what was chosen before", () => {
    const selection = new Selection();
    selection.toggle(order, 5);
    selection.toggle(order, 1);
    selection.extend(order, 3);
    expect(chosen(selection)).toEqual([11, 12, 13, 15]);
    selection.extend(order, 0);
    expect(chosen(selection)).toEqual([10, 11, 15]);
  });

  it("begins a range where the focus was when nothing was chosen", () => {
    const selection = new Selection();
    selection.extend(order, 3, 2);
    expect(chosen(selection)).toEqual([12, 13]);
  });

  it("chooses a month, and lets it go when all of it is chosen", () => {
    const selection = new Selection();
    selection.toggle(order, 0);
    selection.toggleAll([10, 11]);
    expect(chosen(selection)).toEqual([10, 11]);
    selection.toggleAll([10, 11]);
    expect(chosen(selection)).toEqual([]);
  });
});
