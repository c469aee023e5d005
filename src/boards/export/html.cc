// A board as one HTML file that needs nothing else: pictures as data: addresses, places as shares of the
// sheet's width, one script that pans and zooms. Its own Content-Security-Policy allows exactly that script
// and those rules, by their hashes, and nothing from anywhere else. Because the policy allows no style
// attributes, every item has an id and a rule.
#include <algorithm>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/try.h"
#include "base/utf8.h"
#include "boards/export/export_job.h"
#include "boards/export/html_page.h"
#include "boards/export/scene.h"

namespace vitrine {
namespace {

std::string PolicyHash(std::string_view text) {
  const Sha256Digest digest = Sha256(text);
  return "'sha256-" + Base64({reinterpret_cast<const char*>(digest.data()), digest.size()}) + "'";
}

// Rules and markup of the items, in lengths that are shares of the sheet.
class PageMaker {
 public:
  PageMaker(ExportJob& job, const Rect& sheet) : job_(job), sheet_(sheet) {}

  std::string Style() const {
    const std::string ratio = CssNumber(sheet_.width() / sheet_.height());
    const Colour ground = SheetColourOf(job_.board);
    std::string style(HtmlStyle());
    style += "body{background:" + HexOf(ground) + ";color:" + HexOf(InkOn(ground)) + "}\n";
    style += "#sheet{width:min(100vw,calc(100vh*" + ratio + "));aspect-ratio:" + ratio + "}\n";
    std::size_t number = 0;
    for (const BoardItem* item : DrawingOrder(job_.board))
      style += Rules(*item, "#i" + std::to_string(number++));
    return style;
  }

  // The picture's address, or a place that says that it is not there.
  std::string Markup(const BoardItem& item, std::size_t number, const std::string& address) {
    const std::string id = "id=\"i" + std::to_string(number) + "\"";
    switch (item.kind) {
      case ItemKind::kPicture:
        return PictureMarkup(item, id, address);
      case ItemKind::kNote:
        return "<div class=\"n\" " + id + ">" + EscapeHtml(item.text) + "</div>\n";
      case ItemKind::kFrame:
        return "<section class=\"f\" " + id + ">" +
               (item.text.empty() ? "" : "<h2>" + EscapeHtml(item.text) + "</h2>") + "</section>\n";
      case ItemKind::kArrow:
        return ArrowMarkup(item, id);
    }
    return {};
  }

 private:
  std::string Length(double units) const { return CssNumber(units / sheet_.width() * 100) + "cqw"; }
  static std::string Percent(double share) { return CssNumber(share * 100) + "%"; }

  std::string Place(const Rect& box, bool grows) const {
    return "left:" + Percent((box.left - sheet_.left) / sheet_.width()) +
           ";top:" + Percent((box.top - sheet_.top) / sheet_.height()) +
           ";width:" + Percent(box.width() / sheet_.width()) + (grows ? ";min-height:" : ";height:") +
           Percent(box.height() / sheet_.height());
  }

  std::string Rules(const BoardItem& item, const std::string& id) const {
    using namespace board_theme;
    const Rect box = item.kind == ItemKind::kArrow ? ArrowBox(item) : BoxOf(item);
    std::string own = Place(box, item.kind == ItemKind::kNote);
    if (item.opacity < 1) own += ";opacity:" + CssNumber(item.opacity);
    if (item.rotation_deg != 0) {
      own += ";transform:rotate(" + CssNumber(item.rotation_deg) + "deg)";
      // A note turns about the middle of its box, though its paper may be longer.
      own += ";transform-origin:" + Length(box.width() / 2) + " " + Length(box.height() / 2);
    }
    std::string rules;
    if (item.kind == ItemKind::kNote) {
      const Colour paper = ColourOf(item.colour, kNote);
      own += ";background:" + HexOf(paper) + ";color:" + HexOf(InkOn(paper)) +
             ";font-size:" + Length(item.font_px) + ";padding:" + Length(kNotePadding) +
             ";border-radius:" + Length(kNoteRadius);
    } else if (item.kind == ItemKind::kFrame) {
      own += ";border:" + Length(kFrameLine) + " solid " + HexOf(ColourOf(item.colour, kFrame)) +
             ";border-radius:" + Length(kFrameRadius);
      if (!item.text.empty()) {
        rules += id + " h2{font-size:" + Length(item.font_px) + ";margin-bottom:" + Length(kCaptionGap / 2) +
                 "}\n";
      }
    } else if (item.kind == ItemKind::kPicture) {
      rules += PictureRules(item, id);
    }
    return id + "{" + own + "}\n" + rules;
  }

  std::string PictureRules(const BoardItem& item, const std::string& id) const {
    const double width = std::max(item.crop.right - item.crop.left, 1e-6);
    const double height = std::max(item.crop.bottom - item.crop.top, 1e-6);
    std::string rules = id + " img{left:" + Percent(-item.crop.left / width) +
                        ";top:" + Percent(-item.crop.top / height) + ";width:" + Percent(1 / width) +
                        ";height:" + Percent(1 / height) + "}\n";
    if (item.flip_x || item.flip_y) {
      rules += id + " .c{transform:scale(" + (item.flip_x ? "-1" : "1") + "," + (item.flip_y ? "-1" : "1") +
               ")}\n";
    }
    const double font = CaptionFontPx(item);
    if (!item.text.empty()) {
      rules += id + " figcaption{font-size:" + Length(font) +
               ";margin-top:" + Length(board_theme::kCaptionGap) + "}\n";
    }
    const double missing = std::clamp(std::min(item.width / 14, item.height / 5), 4.0, 30.0);
    return rules + id + " .m{font-size:" + Length(missing) + "}\n";
  }

  std::string PictureMarkup(const BoardItem& item, const std::string& id, const std::string& address) {
    const SourcePicture& picture = job_.Picture(item.content);
    const std::string& words = !item.text.empty()         ? item.text
                               : !picture.caption.empty() ? picture.caption
                                                          : picture.name;
    std::string markup = "<figure class=\"p" + std::string(item.grey ? " g" : "") + "\" " + id + ">";
    if (address.empty()) {
      markup += "<div class=\"c m\">" + EscapeHtml(picture.name) + "<br>not there</div>";
    } else {
      markup += "<div class=\"c\"><img alt=\"" + EscapeHtml(words) + "\" src=\"" + address + "\"></div>";
    }
    if (!item.text.empty()) markup += "<figcaption>" + EscapeHtml(item.text) + "</figcaption>";
    return markup + "</figure>\n";
  }

  // An arrow may be flat, and a box without area shows nothing: room on all sides, so that its middle stays.
  static Rect ArrowBox(const BoardItem& item) {
    const double room = 3 * ArrowOf(item).line;
    const Rect box = BoxOf(item);
    return {box.left - room, box.top - room, box.right + room, box.bottom + room};
  }

  static std::string ArrowMarkup(const BoardItem& item, const std::string& id) {
    const ArrowShape shape = ArrowOf(item);
    const Rect box = ArrowBox(item);
    const std::string colour = HexOf(ColourOf(item.colour, board_theme::kArrow));
    const auto at = [&box](const Point& point) {
      return CssNumber(point.x - box.left) + " " + CssNumber(point.y - box.top);
    };
    return "<svg role=\"img\" aria-label=\"arrow\" " + id + " viewBox=\"0 0 " + CssNumber(box.width()) + " " +
           CssNumber(box.height()) + "\" preserveAspectRatio=\"none\"><path d=\"M" + at(shape.from) + "L" +
           at(shape.to) + "\" stroke=\"" + colour + "\" stroke-width=\"" + CssNumber(shape.line) +
           "\" stroke-linecap=\"round\" fill=\"none\"/><path d=\"M" + at(shape.head[0]) + "L" +
           at(shape.head[1]) + "L" + at(shape.head[2]) + "Z\" fill=\"" + colour + "\"/></svg>\n";
  }

  ExportJob& job_;
  Rect sheet_;
};

// The bytes of a picture as a data: address; empty where it is not there.
std::string AddressOf(ExportJob& job, const std::string& content) {
  const SourcePicture& picture = job.Picture(content);
  const std::string& format = picture.format;
  const bool browsers_show = format == "jpeg" || format == "png" || format == "webp" || format == "gif";
  if (job.request.keep_private && browsers_show && picture.available) {
    if (const Result<std::string> bytes = ReadOriginal(job, content)) {
      return "data:image/" + format + ";base64," + Base64(*bytes);
    }
  }
  const Result<std::string> jpeg = job.source.Jpeg(content, job.request.edge_px);
  if (!jpeg) {
    job.Miss(content);
    return {};
  }
  return "data:image/jpeg;base64," + Base64(*jpeg);
}

}  // namespace

Status WriteHtml(ExportJob& job) {
  Rect sheet = SheetOf(job.board);
  PageMaker page(job, sheet);
  const std::string style = page.Style();
  const std::string name = EscapeHtml(job.board.name);
  VITRINE_TRY(job.out.Write(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src " +
      PolicyHash(style) + "; script-src " + PolicyHash(HtmlScript()) +
      "; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"generator\" "
      "content=\"Vitrine\">\n<title>" +
      name + "</title>\n<style>" + style + "</style>\n</head>\n<body>\n<main tabindex=\"0\" aria-label=\"" +
      name + "\">\n<div id=\"sheet\">\n"));
  std::size_t number = 0;
  for (const BoardItem* item : DrawingOrder(job.board)) {
    if (job.Stopped()) return {};
    job.Step("putting pictures in", number, job.board.items.size());
    const std::string address =
        item->kind == ItemKind::kPicture ? AddressOf(job, item->content) : std::string();
    VITRINE_TRY(job.out.Write(page.Markup(*item, number++, address)));
  }
  VITRINE_TRY(job.out.Write("</div>\n</main>\n<script>"));
  VITRINE_TRY(job.out.Write(HtmlScript()));
  return job.out.Write("</script>\n</body>\n</html>\n");
}

}  // namespace vitrine
