internal import Imaging

/// What makes the report's tables sort and its maps slide.
enum ReportScript {
  /// The colour tables, then the program.
  static var text: String {
    "\"use strict\";\nconst COLORS = { sequential: \"\(hex(.turbo))\", diverging: \"\(hex(.diverging))\" };\n"
      + program
  }

  private static func hex(_ map: ColorMap) -> String {
    let digits = Array("0123456789abcdef")
    return String(
      map.table.flatMap { color in
        [color.red, color.green, color.blue].flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
      })
  }

  private static let program = """
    // Tables: a click on a heading sorts methods and controls, each among themselves; what has no number stays last.
    for (const button of document.querySelectorAll("table.sortable thead button")) {
      button.addEventListener("click", () => {
        const heading = button.closest("th"), table = button.closest("table");
        const column = Number(button.dataset.column);
        const descending = heading.getAttribute("aria-sort") === "ascending";
        for (const other of table.querySelectorAll("thead th")) other.setAttribute("aria-sort", "none");
        heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
        const value = row => row.children[column].dataset.value;
        const compare = (a, b) => {
          const x = value(a), y = value(b);
          if (x === "" || y === "") return (x === "") - (y === "");
          const order = column === 0 ? x.localeCompare(y, "en") : Number(x) - Number(y);
          return descending ? -order : order;
        };
        for (const body of table.tBodies) body.append(...[...body.rows].sort(compare));
      });
    }

    // Maps: bytes become colours.
    const tables = {};
    for (const [name, hex] of Object.entries(COLORS)) {
      tables[name] = hex.match(/../g).map(pair => parseInt(pair, 16));
    }
    const color = (table, place) => {
      const i = Math.round(Math.min(Math.max(place, 0), 1) * (table.length / 3 - 1)) * 3;
      return [table[i], table[i + 1], table[i + 2]];
    };
    for (const bar of document.querySelectorAll("canvas.bar")) {
      const context = bar.getContext("2d"), table = tables[bar.dataset.bar];
      for (let x = 0; x < bar.width; x++) {
        context.fillStyle = "rgb(" + color(table, x / (bar.width - 1)).join(",") + ")";
        context.fillRect(x, 0, 1, bar.height);
      }
    }
    const maps = [...document.querySelectorAll("canvas.map")];
    const groups = {};
    for (const map of maps) {
      const low = Number(map.dataset.low), high = Number(map.dataset.high);
      const group = groups[map.dataset.group] ??= { low, high };
      group.low = Math.min(group.low, low);
      group.high = Math.max(group.high, high);
    }
    let isShared = false;
    const draw = map => {
      const bytes = Uint8Array.from(atob(map.dataset.bytes), c => c.charCodeAt(0));
      const low = Number(map.dataset.low), high = Number(map.dataset.high);
      const range = isShared ? groups[map.dataset.group] : { low, high };
      const table = map.dataset.signed === "1" ? tables.diverging : tables.sequential;
      const context = map.getContext("2d"), image = context.createImageData(map.width, map.height);
      const lookup = [];
      for (let b = 0; b < 256; b++) {
        const value = low + b / 255 * (high - low);
        lookup.push(color(table, (value - range.low) / (range.high - range.low)));
      }
      for (let i = 0; i < bytes.length; i++) {
        const [r, g, b] = lookup[bytes[i]];
        image.data.set([r, g, b, 255], 4 * i);
      }
      context.putImageData(image, 0, 0);
      map.dataset.drawn = isShared ? "shared" : "own";
    };
    // Some at a time, so that the page stays quick; those in a closed part when it is opened.
    let waiting = [];
    const drawSome = () => {
      for (const map of waiting.splice(0, 40)) draw(map);
      if (waiting.length) setTimeout(drawSome);
    };
    const drawIn = part => {
      const wanted = isShared ? "shared" : "own";
      const missing = [...part.querySelectorAll("canvas.map")].filter(map => map.dataset.drawn !== wanted);
      if (!waiting.length && missing.length) setTimeout(drawSome);
      waiting.push(...missing);
    };
    const parts = [...document.querySelectorAll("#gallery > details")];
    for (const part of parts) {
      if (part.open) drawIn(part);
      part.addEventListener("toggle", () => { if (part.open) drawIn(part); });
    }
    for (const choice of document.querySelectorAll("input[name=scale]")) {
      choice.addEventListener("change", () => {
        isShared = document.querySelector("input[name=scale]:checked").value === "shared";
        for (const part of parts) if (part.open) drawIn(part);
      });
    }

    // Sliders: how much of the map is seen over the picture.
    const slide = (card, value) => {
      for (const map of card.querySelectorAll("canvas.map")) map.style.opacity = value / 100;
    };
    for (const card of document.querySelectorAll(".card")) {
      const picture = card.querySelector("img.picture");
      for (const stack of card.querySelectorAll(".stack")) {
        const copy = new Image();
        copy.src = picture.src;
        copy.alt = "";
        stack.prepend(copy);
        const outline = card.querySelector(".frame svg.outline");
        if (outline) {
          const lines = outline.cloneNode(true);
          lines.setAttribute("aria-hidden", "true");
          stack.append(lines);
        }
      }
      card.querySelector("input.slide").addEventListener("input", event => slide(card, event.target.value));
    }
    const outlines = document.querySelector("input.outlines");
    if (outlines) {
      outlines.addEventListener("change", () => {
        document.querySelector("#gallery").classList.toggle("plain-maps", !outlines.checked);
      });
    }
    const all = document.querySelector("input.slide-all");
    if (all) {
      all.addEventListener("input", () => {
        for (const card of document.querySelectorAll(".card")) {
          card.querySelector("input.slide").value = all.value;
          slide(card, all.value);
        }
      });
    }
    document.documentElement.dataset.ready = "yes";
    """
}
