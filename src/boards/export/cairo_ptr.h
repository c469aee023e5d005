// Owners of what cairo and pango count references of.
#pragma once

#include <cairo.h>
#include <pango/pangocairo.h>

#include <memory>

namespace vitrine {

struct CairoDelete {
  void operator()(cairo_t* context) const { cairo_destroy(context); }
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_pattern_t* pattern) const { cairo_pattern_destroy(pattern); }
};
using CairoContext = std::unique_ptr<cairo_t, CairoDelete>;
using CairoSurface = std::unique_ptr<cairo_surface_t, CairoDelete>;
using CairoPattern = std::unique_ptr<cairo_pattern_t, CairoDelete>;

struct PangoDelete {
  void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
  void operator()(PangoLayout* layout) const { g_object_unref(layout); }
  void operator()(PangoContext* context) const { g_object_unref(context); }
};
template <typename T>
using PangoPtr = std::unique_ptr<T, PangoDelete>;

/// Puts a context's state back at the end of a block.
class CairoState {
 public:
  explicit CairoState(cairo_t* context) : context_(context) { cairo_save(context_); }
  CairoState(const CairoState&) = delete;
  CairoState& operator=(const CairoState&) = delete;
  ~CairoState() { cairo_restore(context_); }

 private:
  cairo_t* context_;
};

}  // namespace vitrine
