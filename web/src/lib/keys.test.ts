import { describe, expect, it } from "vitest";

import { capsOf, KeyMap, nameOf, type Binding } from "./keys";

const pressed = (key: string, more: Partial<KeyboardEvent> = {}) => {
  const state = { prevented: false };
  const event = {
    key, code: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, isComposing: false,
    target: null, timeStamp: 0, defaultPrevented: false, preventDefault: () => (state.prevented = true), ...more,
  } as unknown as KeyboardEvent;
  return { event, state };
};
const binding = (keys: string, run: () => void): Binding => ({ keys, run, label: "nav.gallery", group: "keys.group.everywhere" });

// Node has no elements: what is asked of them is only whether the target is one.
globalThis.HTMLElement ??= class {} as never;

describe("nameOf", () => {
  it.each([
    ["?", { shiftKey: true }, "?"],
    ["K", { ctrlKey: true, shiftKey: true }, "mod+shift+k"],
    ["k", { metaKey: true }, "mod+k"],
    ["ArrowDown", { shiftKey: true }, "shift+ArrowDown"],
    [" ", {}, "Space"],
    ["\u0438", { code: "KeyB" }, "b"],
  ])("writes %s", (key, more, name) => {
    expect(nameOf(pressed(key, more).event)).toBe(name);
  });
});

describe("KeyMap", () => {
  it("runs the later of two bindings, and gives way when it is taken off", () => {
    const map = new KeyMap();
    const ran: string[] = [];
    map.register(binding("x", () => ran.push("first")));
    const off = map.register(binding("x", () => ran.push("second")));
    map.handle(pressed("x").event);
    off();
    map.handle(pressed("x").event);
    expect(ran).toEqual(["second", "first"]);
  });

  it("knows sequences, within their time only", () => {
    const map = new KeyMap();
    let ran = 0;
    map.register(binding("g b", () => ++ran));
    map.handle(pressed("g", { timeStamp: 0 }).event);
    map.handle(pressed("b", { timeStamp: 5000 }).event);
    expect(ran).toBe(0);
    map.handle(pressed("g", { timeStamp: 6000 }).event);
    map.handle(pressed("b", { timeStamp: 6300 }).event);
    expect(ran).toBe(1);
  });

  it("lets only the uppermost layer act", () => {
    const map = new KeyMap();
    const ran: string[] = [];
    map.register(binding("x", () => ran.push("page")));
    const close = map.layer();
    map.register(binding("y", () => ran.push("dialog")));
    map.handle(pressed("x").event);
    map.handle(pressed("y").event);
    close();
    map.handle(pressed("x").event);
    map.handle(pressed("y").event);
    expect(ran).toEqual(["dialog", "page"]);
  });

  it("switches single keys off and leaves the others", () => {
    const map = new KeyMap();
    const ran: string[] = [];
    map.register(binding("x", () => ran.push("x")), binding("mod+k", () => ran.push("mod+k")));
    map.singles = false;
    map.handle(pressed("x").event);
    map.handle(pressed("k", { ctrlKey: true }).event);
    expect(ran).toEqual(["mod+k"]);
  });
});

it("draws caps", () => {
  expect(capsOf("mod+shift+k")).toEqual([["Ctrl", "Shift", "K"]]);
  expect(capsOf("g b")).toEqual([["G"], ["B"]]);
  expect(capsOf("+")).toEqual([["+"]]);
});
