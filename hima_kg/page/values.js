// Values as small nodes of their own, for who wants them on the picture: each by its thing, where there is room.

const RINGS = [44, 62, 84, 110, 140], TURNS = 12, MOST_VALUES = 150;
const isValue = (row) => !row.link && !row.derived && !NAMING.has(row.p);
const valuesOf = (id) => (about.get(id) ?? []).filter((row) => isValue(row) && isAsked(row));
const countOfValues = () => entities.filter((node) => seen(node.id)).reduce((sum, node) => sum + valuesOf(node.id).length, 0);

/** Return where a pill may stand around a place, the nearest first. */
function* placesAround({ x, y }, w, h) {
  for (const ring of RINGS) for (let turn = 0; turn < TURNS; turn += 1) {
    const angle = (turn * 2 * Math.PI) / TURNS;
    yield { x: x + (ring * 0.7 + w / 2) * Math.cos(angle) - w / 2, y: y + ring * 0.8 * Math.sin(angle) - h / 2, w, h };
  }
}

function firstOf(places, test) {
  for (const place of places) if (test(place)) return place;
  return null;
}

/** Return a pill for each value of what is lit, the most important things first, unless all places near to its thing are taken. */
function values(taken) {
  if (!state.values) return [];
  const { clientWidth, clientHeight } = byId("canvas"), view = { x: 0, y: 0, w: clientWidth, h: clientHeight };
  const boxes = drawn.glyphs.filter((box) => lit(box.id) && overlaps(box, view)).sort((a, b) => rank(nodes.get(b.id)) - rank(nodes.get(a.id)));
  const pills = [];
  for (const box of boxes) for (const row of valuesOf(box.id)) {
    if (pills.length === MOST_VALUES) return pills;
    const label = clipped(`${propertyOf(row.p)}: ${visible(amount(row))}`, 32), from = { x: box.x + box.w / 2, y: box.y + box.h / 2 };
    const isInside = ({ x, y, w, h }) => x >= 2 && y >= 2 && x + w <= clientWidth - 2 && y + h <= clientHeight - 2;
    const spot = firstOf(placesAround(from, measure(label, font(LEAST)) + 12, 17), (one) => isInside(one) && taken.isFree(one));
    if (!spot) continue;
    taken.add(spot);
    pills.push({ ...spot, label, from, statement: row.number });
  }
  return pills;
}

function paintValues(ctx, pills) {
  ctx.globalAlpha = 1;
  for (const { from, x, y, w, h } of pills) {
    const thread = new Path2D();
    thread.moveTo(from.x, from.y);
    thread.lineTo(x + w / 2, y + h / 2);
    ctx.globalCompositeOperation = "destination-over"; // it runs beneath what stands there already
    stroke(ctx, thread, theme("line"), 1);
    ctx.globalCompositeOperation = "source-over";
  }
  for (const { x, y, w, h, label, statement } of pills) {
    const pill = new Path2D();
    pill.roundRect(x, y, w, h, 3);
    fill(ctx, pill, theme("canvas"));
    stroke(ctx, pill, theme(statement === state.statement ? "ink" : "line"), statement === state.statement ? 2 : 1);
    write(ctx, label, x + w / 2, y + h / 2 + 0.5, font(LEAST), theme("ink"), "center");
  }
}

function drawnValue({ from, x, y, w, h, label }) {
  return svg("g", {},
    svg("path", { d: `M${from.x.toFixed(1)} ${from.y.toFixed(1)}L${(x + w / 2).toFixed(1)} ${(y + h / 2).toFixed(1)}`, stroke: theme("line"), "stroke-width": 1 }),
    svg("rect", { x, y, width: w, height: h, rx: 3, fill: theme("canvas"), stroke: theme("line") }),
    svg("text", { x: x + w / 2, y: y + h / 2, "font-size": LEAST, fill: theme("ink"), "text-anchor": "middle", "dominant-baseline": "central" }, label));
}

const valueAt = (point) => drawn.values.find((box) => within(box, point));

function switchValues() {
  state.values = !state.values;
  renderLegend();
  byId("legend").querySelector("[data-key=values]")?.focus();
  repaint();
  remember();
}

/** Return the chip of the legend that shows or hides them; nothing where there are none. */
function valuesChip() {
  const count = countOfValues();
  return count ? el("button", { type: "button", "aria-pressed": String(state.values), "data-key": "values", click: switchValues }, text("span", "pill"), word("values"), " ", text("span", "count", number(count))) : "";
}
