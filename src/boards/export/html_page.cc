#include "boards/export/html_page.h"

#include <array>
#include <charconv>

#include "base/utf8.h"

namespace vitrine {
namespace {

// The sheet keeps its shape and fits the window by itself; all lengths on it are shares of its width (cqw),
// so that nothing needs a script.
constexpr std::string_view kStyle = R"css(
*{box-sizing:border-box}
html,body{margin:0;height:100%;overflow:hidden}
body{font-family:system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;display:grid;place-items:center}
main{position:fixed;inset:0;display:grid;place-items:center;touch-action:none;outline:none}
main:focus-visible{box-shadow:inset 0 0 0 3px #2f6fde}
main.live{cursor:grab}
main.held{cursor:grabbing}
#sheet{position:relative;container-type:inline-size;transform-origin:0 0;flex:none}
#sheet>*{position:absolute;margin:0}
.c{position:absolute;inset:0;overflow:hidden}
.c img{position:absolute;display:block;max-width:none}
.g img{filter:grayscale(1)}
figcaption{position:absolute;top:100%;left:0;right:0;color:#6b6966;line-height:1.3;max-height:2.7em;overflow:hidden;overflow-wrap:anywhere}
.n{white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.25;box-shadow:0 1px 3px rgba(0,0,0,.14)}
.f h2{position:absolute;bottom:100%;left:0;margin:0;max-width:100%;white-space:nowrap;overflow:hidden;text-overflow:ellipsis;font-weight:700;line-height:1.35;color:#5c5956}
.m{display:grid;place-items:center;background:#dbd9d6;color:#66635f;text-align:center;overflow:hidden}
svg{overflow:visible}
#tools{position:fixed;right:16px;bottom:16px;display:flex;gap:2px;background:#fff;border-radius:10px;box-shadow:0 1px 8px rgba(0,0,0,.22);overflow:hidden}
#tools button{border:0;background:none;min-width:44px;height:44px;font:500 16px/1 inherit;font-family:inherit;color:#22211f;cursor:pointer}
#tools button:hover{background:#f0efec}
#tools button:focus-visible{outline:3px solid #2f6fde;outline-offset:-3px}
@media print{#tools{display:none}}
)css";

constexpr std::string_view kScript = R"js(
"use strict";
(() => {
  const view = document.querySelector("main"), sheet = document.getElementById("sheet");
  let x = 0, y = 0, zoom = 1;
  const pointers = new Map();
  const show = () => { sheet.style.transform = `translate(${x}px,${y}px) scale(${zoom})`; };
  const fit = () => { x = 0; y = 0; zoom = 1; show(); };
  const base = () => ({ left: sheet.offsetLeft, top: sheet.offsetTop });
  const zoomAt = (factor, clientX, clientY) => {
    const next = Math.min(200, Math.max(0.2, zoom * factor)), real = next / zoom, b = base();
    x = clientX - b.left - (clientX - b.left - x) * real;
    y = clientY - b.top - (clientY - b.top - y) * real;
    zoom = next;
    show();
  };
  const zoomMiddle = (factor) => zoomAt(factor, innerWidth / 2, innerHeight / 2);
  view.classList.add("live");
  view.addEventListener("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    if (event.shiftKey) { x -= (event.deltaX || event.deltaY) * lines; show(); return; }
    zoomAt(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0016)), event.clientX, event.clientY);
  }, { passive: false });
  view.addEventListener("pointerdown", (event) => {
    if (event.button > 1) return;
    view.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, event);
    view.classList.add("held");
  });
  view.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    if (pointers.size === 1) {
      x += event.clientX - before.clientX;
      y += event.clientY - before.clientY;
      show();
    } else {
      const other = [...pointers.values()].find((p) => p.pointerId !== event.pointerId);
      const was = Math.hypot(before.clientX - other.clientX, before.clientY - other.clientY);
      const is = Math.hypot(event.clientX - other.clientX, event.clientY - other.clientY);
      x += (event.clientX - before.clientX) / 2;
      y += (event.clientY - before.clientY) / 2;
      if (was > 0 && is > 0) zoomAt(is / was, (event.clientX + other.clientX) / 2, (event.clientY + other.clientY) / 2);
    }
    pointers.set(event.pointerId, event);
  });
  const release = (event) => {
    pointers.delete(event.pointerId);
    if (pointers.size === 0) view.classList.remove("held");
  };
  view.addEventListener("pointerup", release);
  view.addEventListener("pointercancel", release);
  view.addEventListener("dragstart", (event) => event.preventDefault());
  view.addEventListener("dblclick", (event) => {
    const item = event.target.closest("#sheet>*");
    if (!item) { fit(); return; }
    const box = item.getBoundingClientRect();
    const factor = Math.min(innerWidth / box.width, innerHeight / box.height) * 0.92;
    x += innerWidth / 2 - (box.left + box.width / 2);
    y += innerHeight / 2 - (box.top + box.height / 2);
    zoomMiddle(factor);
  });
  const keys = {
    "+": () => zoomMiddle(1.25), "=": () => zoomMiddle(1.25), "-": () => zoomMiddle(0.8), "0": fit,
    ArrowLeft: () => { x += 60; show(); }, ArrowRight: () => { x -= 60; show(); },
    ArrowUp: () => { y += 60; show(); }, ArrowDown: () => { y -= 60; show(); },
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  const tools = document.createElement("aside");
  tools.id = "tools";
  tools.setAttribute("aria-label", "View");
  for (const [text, label, act] of [["\u2212", "Zoom out", keys["-"]], ["Fit", "Fit the whole board", fit], ["+", "Zoom in", keys["+"]]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", act);
    tools.append(button);
  }
  document.body.append(tools);
})();
)js";

}  // namespace

std::string EscapeHtml(std::string_view text) {
  std::string out;
  for (const char32_t letter : DecodeUtf8(text)) {
    switch (letter) {
      case U'&':
        out += "&amp;";
        break;
      case U'<':
        out += "&lt;";
        break;
      case U'>':
        out += "&gt;";
        break;
      case U'"':
        out += "&quot;";
        break;
      case U'\'':
        out += "&#39;";
        break;
      case U'\n':
      case U'\t':
        out += static_cast<char>(letter);
        break;
      default: {
        const bool control = letter < 0x20 || (letter >= 0x7F && letter < 0xA0);
        AppendUtf8(out, control ? char32_t{0xFFFD} : letter);
      }
    }
  }
  return out;
}

std::string_view HtmlStyle() { return kStyle; }
std::string_view HtmlScript() { return kScript; }

std::string CssNumber(double value) {
  std::array<char, 400> text{};
  const auto written =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, 6);
  std::string number(text.data(), written.ptr);
  while (number.ends_with('0')) number.pop_back();
  if (number.ends_with('.')) number.pop_back();
  return number == "-0" ? "0" : number;
}

}  // namespace vitrine
