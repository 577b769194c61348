import { editable } from "./marks.js";
import { parsed, quoted } from "./tsv.js";

// The selected rectangle of a kk-grid, and what goes between it and the clipboard.
export class Range {
  constructor(grid) {
    this.grid = grid;
  }

  reach(cell, extend) {
    if (!extend || !this.anchor?.isConnected) this.anchor = cell;
    this.end = cell;
    this.paint();
  }

  // The first column stands still above the others.
  reveal(cell) {
    const first = cell.parentElement.querySelector(".primary-cell");
    this.grid.querySelector(".table-wrap").style.scrollPaddingLeft = `${first === cell ? 0 : first.offsetWidth}px`;
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  collapse(cell) {
    const wide = this.cells().flat().length > 1;
    this.reach(cell, false);
    return wide;
  }

  all() {
    const rows = this.grid.rows;
    [this.anchor, this.end] = [rows[0][0], rows.at(-1).at(-1)];
    this.paint();
  }

  // The rectangle between anchor and end, or one of another size from its upper left corner.
  cells(height, width) {
    const rows = this.grid.rows;
    const place = (cell) => {
      const row = rows.findIndex((cells) => cells.includes(cell));
      return [row, rows[row]?.indexOf(cell) ?? -1];
    };
    const [[r1, c1], [r2, c2]] = [place(this.anchor), place(this.end)];
    if (r1 < 0 || r2 < 0) return [];
    const [top, left] = [Math.min(r1, r2), Math.min(c1, c2)];
    const [h, w] = [height ?? Math.abs(r1 - r2) + 1, width ?? Math.abs(c1 - c2) + 1];
    return rows.slice(top, top + h).map((cells) => cells.slice(left, left + w));
  }

  paint() {
    for (const cell of this.grid.querySelectorAll("td.in-range")) cell.classList.remove("in-range");
    const cells = this.cells().flat();
    if (cells.length > 1) for (const cell of cells) cell.classList.add("in-range");
  }

  copy(event) {
    if (!this.grid.contains(document.activeElement)) return;
    const lines = this.cells().map((cells) => cells.map((cell) => quoted(this.text(cell))).join("\t"));
    event.clipboardData.setData("text/plain", lines.join("\r\n"));
    event.preventDefault();
  }

  cut(event) {
    this.copy(event);
    if (event.defaultPrevented) this.empty();
  }

  paste(event) {
    const table = parsed(event.clipboardData.getData("text/plain"));
    if (!table.length) return;
    event.preventDefault();
    const [height, width] = [table.length, Math.max(...table.map((row) => row.length))];
    const chosen = this.cells();
    // A selection that is a multiple of what is pasted is filled with it, as in a spreadsheet.
    const times = chosen.length % height === 0 && chosen[0].length % width === 0;
    const target = times ? chosen : this.cells(height, width);
    const changes = target.flatMap((cells, row) => cells.flatMap((cell, column) => {
      const text = table[row % height][column % width];
      const as = text === undefined || (!editable(cell) && text.trim() === this.text(cell));
      return as ? [] : [{ cell, text, label: text }];
    }));
    if (this.grid.writing.put(changes) && !times) {
      const left = table.flat().length - target.flat().length;
      this.end = target.at(-1)?.at(-1) ?? this.end;
      this.paint();
      if (left > 0) this.grid.marks.tell(this.grid.dataset.outside.replace("{n}", left));
    }
  }

  empty() {
    this.grid.writing.put(this.cells().flat().filter(editable).map((cell) => ({ cell, text: "", label: "" })));
  }

  // The uppermost row of the selection into those below; of one row, the row above it.
  fill() {
    let cells = this.cells();
    if (cells.length === 1) {
      const rows = this.grid.rows;
      const above = rows[rows.findIndex((row) => row.includes(cells[0][0])) - 1];
      if (!above) return;
      const left = rows.find((row) => row.includes(cells[0][0])).indexOf(cells[0][0]);
      cells = [above.slice(left, left + cells[0].length), ...cells];
    }
    const [source, ...targets] = cells;
    this.grid.writing.put(targets.flatMap((row) => row.filter(editable).map((cell) => {
      const text = this.text(source[row.indexOf(cell)]);
      return { cell, text, label: text };
    })));
  }

  // What a cell says, in words that can be pasted: of a choice its label, else what one would type.
  text(cell) {
    const { name, value, typed } = cell.dataset;
    const option = [...(this.grid.editor.of(name)?.querySelectorAll("option") ?? [])].find((one) => one.value === value);
    if (typed !== undefined) return cell.textContent;
    if (option) return option.value ? option.label : "";
    return this.grid.editor.of(name)?.querySelector("select") ? shown(cell) : value ?? shown(cell);
  }
}

function shown(cell) {
  const copy = cell.cloneNode(true);
  for (const time of copy.querySelectorAll("time[title]")) time.textContent = time.title;
  for (const mark of copy.querySelectorAll(".avatar, .none, .hidden-text")) mark.remove();
  return copy.textContent.replaceAll("\u00a0", " ").trim();
}
