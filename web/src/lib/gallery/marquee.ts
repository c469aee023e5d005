// Choosing with a rectangle: press anywhere in the grid with a mouse, draw, let go. Near the edges the page scrolls along.
// A press that moves less than a few pixels is a click and none of this file's business.

export interface MarqueeActions {
  /** With whether what was chosen before stays. */
  start(keep: boolean): void;
  /** Corners in the grid's own px. */
  draw(x0: number, y0: number, x1: number, y1: number): void;
}

const kLeastPx = 6;
const kEdgePx = 40;

/** Returns what ends it. */
export function marquee(scroller: HTMLElement, host: HTMLElement, actions: MarqueeActions): () => void {
  let box: HTMLElement | null = null;
  let from = { x: 0, y: 0 };
  let pointer = { x: 0, y: 0, id: -1 };
  let keep = false;
  let frame = 0;

  const inGrid = (x: number, y: number) => {
    const rect = host.getBoundingClientRect();
    return { x: x - rect.left, y: y - rect.top };
  };
  const drawn = () => {
    const to = inGrid(pointer.x, pointer.y);
    if (!box) return;
    box.style.transform = `translate(${Math.min(from.x, to.x)}px, ${Math.min(from.y, to.y)}px)`;
    box.style.width = `${Math.abs(from.x - to.x)}px`;
    box.style.height = `${Math.abs(from.y - to.y)}px`;
    const rtl = getComputedStyle(host).direction === "rtl";
    const across = (x: number) => (rtl ? host.clientWidth - x : x);
    actions.draw(across(from.x), from.y, across(to.x), to.y);
  };
  const along = () => {
    const rect = scroller.getBoundingClientRect();
    const over = pointer.y < rect.top + kEdgePx ? pointer.y - rect.top - kEdgePx : Math.max(0, pointer.y - rect.bottom + kEdgePx);
    if (over !== 0) {
      scroller.scrollTop += over / 2;
      drawn();
    }
    frame = requestAnimationFrame(along);
  };
  const down = (event: PointerEvent) => {
    if (event.pointerType !== "mouse" || event.button !== 0) return;
    from = inGrid(event.clientX, event.clientY);
    pointer = { x: event.clientX, y: event.clientY, id: event.pointerId };
    keep = event.ctrlKey || event.metaKey || event.shiftKey;
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", up);
    window.addEventListener("pointercancel", up);
  };
  const move = (event: PointerEvent) => {
    if (event.pointerId !== pointer.id) return;
    pointer = { ...pointer, x: event.clientX, y: event.clientY };
    const to = inGrid(event.clientX, event.clientY);
    if (!box) {
      if (Math.hypot(to.x - from.x, to.y - from.y) < kLeastPx) return;
      box = document.createElement("div");
      box.className = "marquee";
      box.setAttribute("role", "presentation");
      host.append(box);
      actions.start(keep);
      frame = requestAnimationFrame(along);
    }
    drawn();
  };
  const up = () => {
    window.removeEventListener("pointermove", move);
    window.removeEventListener("pointerup", up);
    window.removeEventListener("pointercancel", up);
    cancelAnimationFrame(frame);
    if (!box) return;
    box.remove();
    box = null;
    // The click that follows belongs to the rectangle.
    const swallow = (event: MouseEvent) => {
      event.stopPropagation();
      event.preventDefault();
    };
    window.addEventListener("click", swallow, { capture: true, once: true });
    window.setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 0);
  };
  host.addEventListener("pointerdown", down);
  return () => {
    host.removeEventListener("pointerdown", down);
    up();
  };
}
