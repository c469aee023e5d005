#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include "base/utf8.h"

namespace vitrine {
namespace {

std::string_view Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

PictureProtocol DetectPictures() {
  const std::string_view term = Environment("TERM");
  const std::string_view program = Environment("TERM_PROGRAM");
  if (!Environment("TMUX").empty()) return PictureProtocol::kNone;  // tmux eats the sequences.
  if (!Environment("KITTY_WINDOW_ID").empty() || term == "xterm-kitty" || term == "xterm-ghostty") {
    return PictureProtocol::kKitty;
  }
  if (program == "iTerm.app" || program == "WezTerm" || program == "mintty") return PictureProtocol::kITerm;
  return PictureProtocol::kNone;
}

int Columns() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

// RGB8 averaged down to width x height cells.
std::vector<std::uint8_t> Shrink(const Library::Preview& preview, int width, int height) {
  std::vector<std::uint8_t> small(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  const auto sample = [&](int x, int y, int channel) {
    const int x0 = x * preview.width_px / width;
    const int x1 = std::max(x0 + 1, (x + 1) * preview.width_px / width);
    const int y0 = y * preview.height_px / height;
    const int y1 = std::max(y0 + 1, (y + 1) * preview.height_px / height);
    int sum = 0;
    for (int v = y0; v < y1; ++v) {
      for (int u = x0; u < x1; ++u)
        sum += preview.rgb[static_cast<std::size_t>((v * preview.width_px + u) * 3 + channel)];
    }
    return static_cast<std::uint8_t>(sum / ((x1 - x0) * (y1 - y0)));
  };
  std::size_t next = 0;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int channel = 0; channel < 3; ++channel) small[next++] = sample(x, y, channel);
    }
  }
  return small;
}

std::string Rgb(const std::uint8_t* pixel) {
  return std::to_string(pixel[0]) + ";" + std::to_string(pixel[1]) + ";" + std::to_string(pixel[2]);
}

std::string DrawHalfBlocks(const Library::Preview& preview, int rows, int columns) {
  const int height = rows * 2;
  const int width = std::clamp(height * preview.width_px / std::max(1, preview.height_px), 1, columns);
  const std::vector<std::uint8_t> small = Shrink(preview, width, height);
  std::string text;
  for (int y = 0; y < height; y += 2) {
    for (int x = 0; x < width; ++x) {
      const std::uint8_t* upper = &small[static_cast<std::size_t>((y * width + x) * 3)];
      text += "\x1b[38;2;" + Rgb(upper) + ";48;2;" + Rgb(upper + static_cast<std::ptrdiff_t>(width) * 3) +
              "m\u2580";
    }
    text += "\x1b[0m\n";
  }
  return text;
}

// Transmit-and-display in pieces of at most 4096 base64 characters, as the protocol asks.
std::string DrawKitty(const Library::Preview& preview, int rows) {
  const std::string data = Base64({reinterpret_cast<const char*>(preview.rgb.data()), preview.rgb.size()});
  std::string text;
  for (std::size_t offset = 0; offset < data.size(); offset += 4096) {
    const bool more = offset + 4096 < data.size();
    text += "\x1b_G";
    if (offset == 0) {
      text += "a=T,f=24,q=2,s=" + std::to_string(preview.width_px) +
              ",v=" + std::to_string(preview.height_px) + ",r=" + std::to_string(rows) + ",";
    }
    text += std::string(more ? "m=1;" : "m=0;") + data.substr(offset, 4096) + "\x1b\\";
  }
  return text + "\n";
}

}  // namespace

Terminal DetectTerminal(ColorMode mode) {
  Terminal terminal;
  terminal.is_terminal = isatty(STDOUT_FILENO) == 1;
  const bool dumb = Environment("TERM") == "dumb" || Environment("TERM").empty();
  const bool plain = dumb || !Environment("NO_COLOR").empty();
  terminal.color = mode == ColorMode::kAlways || (mode == ColorMode::kAuto && terminal.is_terminal && !plain);
  terminal.links = terminal.is_terminal && !dumb && mode != ColorMode::kNever;
  terminal.columns = Columns();
  if (terminal.is_terminal && !dumb) terminal.pictures = DetectPictures();
  return terminal;
}

std::string Styled(const Terminal& terminal, std::string_view sgr, std::string_view text) {
  if (!terminal.color) return std::string(text);
  return "\x1b[" + std::string(sgr) + "m" + std::string(text) + "\x1b[0m";
}

std::string FileLink(const Terminal& terminal, const PathBytes& path, std::string_view text) {
  if (!terminal.links) return std::string(text);
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string url = "file://";
  for (const char c : path) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (std::isalnum(byte) != 0 || std::string_view("/-._~").find(c) != std::string_view::npos) {
      url += c;
    } else {
      url += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return "\x1b]8;;" + url + "\x1b\\" + std::string(text) + "\x1b]8;;\x1b\\";
}

std::string DrawPixels(const Terminal& terminal, const Library::Preview& preview, int rows) {
  if (preview.rgb.empty()) return {};
  if (terminal.pictures == PictureProtocol::kKitty) return DrawKitty(preview, rows);
  if (terminal.pictures == PictureProtocol::kHalfBlocks)
    return DrawHalfBlocks(preview, rows, terminal.columns);
  return {};
}

std::string DrawFile(std::string_view jpeg, int rows) {
  return "\x1b]1337;File=inline=1;preserveAspectRatio=1;height=" + std::to_string(rows) +
         ";size=" + std::to_string(jpeg.size()) + ":" + Base64(jpeg) + "\a\n";
}

}  // namespace vitrine
