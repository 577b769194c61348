// Tab-separated text as spreadsheets copy it: cells with tabs, lines or quotes stand in quotes.

export function quoted(text) {
  return /["\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// Rows of cells; none for no text at all. The line break at the end is no row of its own.
export function parsed(text) {
  const rows = [[]];
  const part = /(?:"((?:[^"]|"")*)"(?=[\t\r\n]|$)|([^\t\r\n]*))(\t|\r\n|\r|\n|$)/y;
  for (let found; part.lastIndex <= text.length && (found = part.exec(text)); ) {
    rows.at(-1).push(found[1] === undefined ? found[2] : found[1].replaceAll('""', '"'));
    if (!found[3]) break;
    if (found[3] !== "\t") rows.push([]);
  }
  if (rows.length > 1 && rows.at(-1).length === 1 && rows.at(-1)[0] === "") rows.pop();
  return text ? rows : [];
}
