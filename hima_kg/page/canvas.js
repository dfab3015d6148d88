// The canvas: vis-network pans, zooms and bends the lines; things and labels are painted here, at the size of the screen.

const RADIUS = [6, 5, 6.5, 8.5, 15];
const MARGIN = { x: 26, top: 16, bottom: 20 };
const FAINT = 0.28;
const INNER = 12.5, LABEL = 12, LEAST = 11;
const LEGIBLE = 0.55; // boxes hold their names from this zoom on,
const COVERED = 0.1, CUT = 0.5; // unless more than so many of them cover each other, or have to cut them
const MOST = 25; // neighbours that are brought in at a time
const drawn = { labels: [], badges: [], notes: [], values: [], missing: 0 };
const stretch = { x: 1, y: 1, scale: 1 };
const importanceOf = (node) => classes.get(clsOf(node)).importance;
const holdsText = (node) => node.shape === "box" || node.shape === "ellipse";
const size = () => Math.min(1.3, Math.max(0.62, network.getScale()));
const font = (pixels, weight = 400) => `${weight} ${pixels}px ${FONT}`;
const FONT = getComputedStyle(document.body).fontFamily;
const pen = document.createElement("canvas").getContext("2d");

// Things

const widths = new Map();
/** Return how wide a label is, in pixels; those that were asked for last are kept, as panning asks for the same in each frame. */
function measure(label, face) {
  const key = `${face} ${label}`;
  if (widths.size > 8_000) widths.clear();
  if (!widths.has(key)) {
    pen.font = face;
    widths.set(key, pen.measureText(label).width);
  }
  return widths.get(key);
}

function shorten(label, face, room) {
  if (measure(label, face) <= room) return label;
  const letters = [...label];
  while (letters.length > 2 && measure(`${letters.join("")}…`, face) > room) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}

function halves(label) {
  const spaces = [...label.matchAll(/ /g)].map(({ index }) => index);
  if (!spaces.length) return [label];
  const middle = spaces.reduce((a, b) => (Math.abs(b - label.length / 2) < Math.abs(a - label.length / 2) ? b : a));
  return [label.slice(0, middle), label.slice(middle + 1)];
}

function inner(node) {
  const name = labelOf(node.id), weight = importanceOf(node) > 2 ? 650 : 500;
  const room = Math.max(60, node.room * stretch.x * network.getScale() - (node.shape === "ellipse" ? 24 : 16));
  const tries = [[INNER, [name]], [11.5, [name]], [LEAST, halves(name)]].map(([one, parts]) => ({ face: font(Math.max(LEAST, one * size()), weight), parts }));
  const widest = ({ face, parts }) => Math.max(...parts.map((part) => measure(part, face)));
  const best = tries.find((one) => widest(one) <= room) ?? tries[2];
  const parts = best.parts.map((part) => shorten(part, best.face, room));
  const high = Math.max(LEAST, INNER * size()), pad = Math.max(0.85, size());
  return { face: best.face, parts, width: widest({ ...best, parts }) + (node.shape === "ellipse" ? 26 : 18) * pad, height: high * (parts.length > 1 ? 2.6 : 1.95) };
}

const extents = { key: "", boxes: new Map(), legible: false };
/** Return how much of the screen a thing takes, worked out once for each zoom. */
function extent(node) {
  const key = [network.getScale(), stretch.x, stretch.y, shown.size, state.lang].join(" ");
  if (extents.key !== key) Object.assign(extents, { key, boxes: new Map(), legible: isLegible() });
  if (!extents.boxes.has(node.id)) extents.boxes.set(node.id, measured(node));
  return extents.boxes.get(node.id);
}

function isLegible() {
  if (network.getScale() < LEGIBLE) return false;
  const taken = new Grid(), holders = entities.filter((node) => shown.has(node.id) && holdsText(node));
  let covered = 0, cut = 0;
  for (const node of holders) {
    const { width: w, height: h, parts } = inner(node), { x, y } = network.canvasToDOM(network.getPosition(node.id));
    const box = { x: x - w / 2, y: y - h / 2, w, h };
    covered += !taken.isFree(box);
    cut += parts.join(" ") !== labelOf(node.id);
    taken.add(box);
  }
  return covered <= COVERED * holders.length && cut <= CUT * holders.length;
}

function measured(node) {
  if (holdsText(node) && extents.legible) return inner(node);
  const radius = (RADIUS[importanceOf(node)] ?? 6) * size();
  return { radius, width: radius * (holdsText(node) ? 2.8 : 2.2), height: radius * (holdsText(node) ? 1.6 : 2.2) };
}

function readableOn(color) {
  const [r, g, b] = [1, 3, 5].map((i) => (parseInt(color.slice(i, i + 2), 16) / 255) ** 2.2);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#101418" : "#ffffff";
}

function outline(node, { width, height, radius }) {
  const path = new Path2D();
  if (radius) path.addPath(new Path2D(shapeOf(clsOf(node))), new DOMMatrix([radius, 0, 0, radius, 0, 0]));
  else if (node.shape === "ellipse") path.ellipse(0, 0, width / 2, height / 2, 0, 0, 7);
  else path.roundRect(-width / 2, -height / 2, width, height, 5 * size());
  return path;
}

function paint({ ctx, id, x, y }) {
  const node = nodes.get(id), box = extent(node), unit = 1 / network.getScale();
  return { drawNode: () => paintNode(ctx, node, box, x, y, unit), nodeDimensions: { width: (box.width + 5) * unit, height: (box.height + 5) * unit } };
}

function paintNode(ctx, node, box, x, y, unit) {
  const path = outline(node, box), color = colorOf(clsOf(node));
  ctx.translate(x, y);
  ctx.scale(unit, unit);
  if (state.found.has(node.id)) stroke(ctx, path, theme("accent"), 11);
  stroke(ctx, path, theme("canvas"), 5);
  if (node.id === state.node) stroke(ctx, path, theme("ink"), 6.5);
  if (node.id === state.node) stroke(ctx, path, theme("canvas"), 3);
  fill(ctx, path, theme("canvas"));
  ctx.globalAlpha = lit(node.id) ? 1 : FAINT;
  fill(ctx, path, color);
  box.parts?.forEach((line, i) => write(ctx, line, 0, 0.5 + (i - (box.parts.length - 1) / 2) * (LEAST + 2), box.face, readableOn(color), "center"));
  if (troubled.has(node.id)) badge(ctx, box.width / 2 + 1, -box.height / 2 - 1);
}

function fill(ctx, path, color) {
  ctx.fillStyle = color;
  ctx.fill(path);
}

function stroke(ctx, path, color, width, dashes = []) {
  ctx.setLineDash(dashes);
  ctx.lineWidth = width;
  ctx.lineJoin = "round";
  ctx.strokeStyle = color;
  ctx.stroke(path);
}

function badge(ctx, x, y) {
  const dot = new Path2D();
  dot.arc(x, y, 3.1, 0, 7);
  stroke(ctx, dot, theme("canvas"), 3);
  fill(ctx, dot, theme("warning"));
}

/** Paint a number in a pill on its line. */
function paintBadge(ctx, { x, y, w, h, label, color, faint }) {
  const pill = new Path2D();
  pill.roundRect(x, y, w, h, h / 2);
  ctx.globalAlpha = faint ? 0.3 : 1;
  stroke(ctx, pill, color, 2.5);
  fill(ctx, pill, theme("canvas"));
  write(ctx, label, x + w / 2, y + h / 2 + 0.5, font(LEAST, 600), theme("ink"), "center");
}

function write(ctx, label, x, y, face, color, align, halo) {
  Object.assign(ctx, { font: face, textAlign: align, textBaseline: "middle", fillStyle: color, lineJoin: "round" });
  if (halo) {
    Object.assign(ctx, { lineWidth: 4, strokeStyle: halo });
    ctx.setLineDash([]);
    ctx.strokeText(label, x, y);
  }
  ctx.fillText(label, x, y);
}

function onScreen(ctx, paintIt) {
  const ratio = ctx.canvas.width / ctx.canvas.clientWidth;
  ctx.save();
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  paintIt();
  ctx.restore();
}

// Labels: the most important first, each where it hides nothing, or not at all

const overlaps = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
const within = (box, p) => p.x >= box.x && p.x <= box.x + box.w && p.y >= box.y && p.y <= box.y + box.h;

/** Boxes on the screen by the cells of a grid, so that one is held only against those near to it. */
class Grid {
  constructor(cell = 120) { this.cell = cell; this.cells = new Map(); }

  keys({ x, y, w, h }) {
    const found = [];
    for (let i = Math.floor(x / this.cell); i <= (x + w) / this.cell; i += 1) for (let j = Math.floor(y / this.cell); j <= (y + h) / this.cell; j += 1) found.push(i * 4096 + j);
    return found;
  }

  add(box) { for (const key of this.keys(box)) this.cells.set(key, [...(this.cells.get(key) ?? []), box]); }

  /** Return how much of others a box would hide, in square pixels. */
  hidden(box) {
    const others = new Set(this.keys(box).flatMap((key) => this.cells.get(key) ?? []));
    const shared = (a, b, from, long) => Math.max(0, Math.min(a[from] + a[long], b[from] + b[long]) - Math.max(a[from], b[from]));
    return [...others].reduce((sum, other) => sum + shared(box, other, "x", "w") * shared(box, other, "y", "h"), 0);
  }

  isFree(box) { return this.keys(box).every((key) => !(this.cells.get(key) ?? []).some((other) => overlaps(box, other))); }
}

function glyphBox(node) {
  const { x, y } = network.canvasToDOM(network.getPosition(node.id));
  const { width, height, parts } = extent(node);
  return { id: node.id, x: x - width / 2, y: y - height / 2, w: width, h: height, inside: Boolean(parts) };
}

/** Give the places where a label may stand, the best first; each is worked out only where those before it are taken. */
function* spots(node, box, face) {
  const name = labelOf(node.id), room = Math.max(node.room * stretch.x * network.getScale(), 96);
  const full = () => [name], short = () => [shorten(name, face, room)], split = () => halves(name).map((part) => shorten(part, face, Math.max(room * 1.1, 150)));
  const middle = box.x + box.w / 2, level = box.y + box.h / 2, end = byId("canvas").clientWidth - 4, inView = middle > 0 && middle < end;
  const left = (w) => box.x - w - 5, right = () => box.x + box.w + 5, center = (w) => middle - w / 2;
  const row = (h) => level - h / 2, below = () => box.y + box.h + 2, above = (h) => box.y - h - 1;
  for (const [told, x, y] of [[full, center, below], [split, center, below], [full, right, row], [full, left, row], [short, center, below], [split, center, above], [short, center, above], [short, right, row], [short, left, row]]) {
    const parts = told(), w = Math.max(...parts.map((part) => measure(part, face))), h = parts.length * (LABEL + 3);
    if (level > 0 && y(h) < 1) continue; // it would run out of the canvas
    yield { parts, x: inView ? Math.max(4, Math.min(x(w), end - w)) : x(w), y: y(h), w, h };
  }
}

/** Return the first place that is free; where none is, a label that must be read takes the best. */
function spotOf(node, box, face, taken) {
  let best = null;
  for (const spot of spots(node, box, face)) {
    if (taken.isFree(spot)) return spot;
    best ??= spot;
  }
  return rank(node) >= 8 ? best : null;
}

function rank(node) {
  if (node.id === state.node) return 9;
  if (node.id === state.hover) return 8;
  return (state.node || state.statement !== null) && lit(node.id) ? 4 + importanceOf(node) / 5 : importanceOf(node) / 5;
}

function paintLabels(ctx) {
  const visible = entities.filter((node) => seen(node.id));
  const boxes = visible.map(glyphBox), taken = new Grid();
  boxes.forEach((box) => taken.add(box));
  const outside = visible.map((node, i) => [node, boxes[i]]).filter(([, box]) => !box.inside);
  drawn.labels = boxes.filter((box) => box.inside);
  drawn.glyphs = boxes;
  drawn.missing = 0;
  for (const [node, box] of outside.sort(([a], [b]) => rank(b) - rank(a))) {
    const face = font(LABEL, importanceOf(node) > 3 || node.id === state.node ? 650 : 400);
    const spot = spotOf(node, box, face, taken);
    if (!spot) { drawn.missing += 1; continue; }
    taken.add(spot);
    drawn.labels.push({ ...spot, id: node.id, face });
    ctx.globalAlpha = lit(node.id) ? 1 : 0.3;
    spot.parts.forEach((line, i) => write(ctx, line, spot.x + spot.w / 2, spot.y + (i + 0.5) * (LABEL + 3), face, theme("ink"), "center", theme("canvas")));
  }
  drawn.badges = badges(taken);
  drawn.badges.forEach((one) => paintBadge(ctx, one));
  drawn.notes = notes(taken);
  for (const note of drawn.notes) {
    ctx.globalAlpha = note.faint ? 0.3 : 1;
    write(ctx, note.label, note.x + 3, note.y + 8, font(LEAST, note.disputed ? 650 : 400), theme(note.disputed ? "warning" : "muted"), "left", theme("canvas"));
  }
  drawn.values = values(taken);
  paintValues(ctx, drawn.values);
  ctx.globalAlpha = 1;
}

// The network, where its things stand, and those that are brought in

const visNode = ({ id, x, y }) => ({ id, x: (x - page.canvas.width / 2) * stretch.x, y: (y - page.canvas.height / 2) * stretch.y, hidden: off(id), shape: "custom", ctxRenderer: paint });
const visEdge = ({ id, from, to, bend, width }) => ({ id, from, to, smooth: smooth(bend), width, hidden: true });
const visNodes = new vis.DataSet(entities.filter((node) => shown.has(node.id)).map(visNode));
const visEdges = new vis.DataSet(lines.filter((edge) => shown.has(edge.from) && shown.has(edge.to)).map(visEdge));
const network = new vis.Network(byId("canvas"), { nodes: visNodes, edges: visEdges }, {
  physics: false,
  layout: { improvedLayout: false },
  interaction: { dragNodes: false, hover: false, selectable: false, selectConnectedEdges: false, hideEdgesOnDrag: false },
  edges: { chosen: false, selfReference: { size: 14 } },
});

byId("canvas").querySelector(".vis-network").tabIndex = -1; // its arrow keys do nothing here

function frame() {
  const { clientWidth, clientHeight } = byId("canvas");
  const [w, h] = [clientWidth - 2 * MARGIN.x, clientHeight - MARGIN.top - MARGIN.bottom];
  if (w <= 0 || h <= 0) return;
  const { width, height } = page.canvas;
  const scale = Math.min(w / width, h / height);
  Object.assign(stretch, { x: Math.min(2.2, w / width / scale), y: Math.min(2.8, h / height / scale), scale });
  visNodes.update([...shown].map((id) => visNode(nodes.get(id))));
  state.moved = false;
  network.moveTo({ position: { x: 0, y: (MARGIN.bottom - MARGIN.top) / 2 / scale }, scale, animation: false });
  route();
}

const hiddenBeside = (id) => [...(around.get(id) ?? [])].filter((other) => !shown.has(other) && !isEvent(other));

/** Bring in things that a large network left out, on free spots around a place. */
function bring(ids, { x, y }) {
  const taken = [...shown].map((id) => nodes.get(id));
  const isFree = (spot) => taken.every((node) => Math.abs(node.x - spot.x) > 64 || Math.abs(node.y - spot.y) > 34);
  for (const id of ids) {
    const node = nodes.get(id);
    for (let step = 0; step < 4000 && node.x === undefined; step += 1) {
      const angle = step * 2.399963, distance = 26 * Math.sqrt(step); // a sunflower: every place around once, the nearest first
      const spot = { x: x + 1.8 * distance * Math.cos(angle), y: y + distance * Math.sin(angle) };
      if (isFree(spot)) Object.assign(node, spot, { room: 110 });
    }
    Object.assign(node, { x: node.x ?? x, y: node.y ?? y, room: 110 });
    taken.push(node);
    shown.add(id);
  }
  visNodes.add(ids.map((id) => visNode(nodes.get(id))));
  visEdges.add(lines.filter((edge) => shown.has(edge.from) && shown.has(edge.to) && !visEdges.get(edge.id)).map(visEdge));
}

function expand(id) {
  const weight = (other) => importanceOf(nodes.get(other)) * 1e6 + around.get(other).size;
  const ids = hiddenBeside(id).sort((a, b) => weight(b) - weight(a) || (a < b ? -1 : 1)).slice(0, MOST);
  bring(ids, nodes.get(id));
  renderLegend();
  repaint();
  renderPanel();
  focusOn([id, ...ids]);
}

/** Bring a thing onto the canvas, beside what it is linked with, or where one looks. */
function ensure(id) {
  if (!nodes.has(id) || isEvent(id) || shown.has(id)) return;
  const beside = [...around.get(id)].find((other) => shown.has(other));
  const { x, y } = network.getViewPosition();
  bring([id], beside ? nodes.get(beside) : { x: x / stretch.x + page.canvas.width / 2, y: y / stretch.y + page.canvas.height / 2 });
}

const calm = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? false : { duration: 350, easingFunction: "easeInOutCubic" });

/** Show things and what stands around them: move only if some of them are out of sight, and never nearer than needed. */
function focusOn(ids) {
  const there = ids.filter(seen), hidden = covered();
  const { clientWidth, clientHeight } = byId("canvas"), free = clientHeight - hidden;
  const isInside = (id) => within({ x: 20, y: 16, w: clientWidth - 40, h: free - 40 }, network.canvasToDOM(network.getPosition(id)));
  if (!there.length || there.every(isInside)) return;
  network.fit({ nodes: there, maxZoomLevel: Math.max(1, stretch.scale), animation: !hidden && calm() });
  if (hidden) network.moveTo({ position: network.getViewPosition(), scale: network.getScale() * (free / clientHeight), offset: { x: 0, y: -hidden / 2 }, animation: calm() });
}

/** Return how much of the canvas, from below, is behind the panel: something on a phone alone. */
function covered() {
  const panel = byId("panel").getBoundingClientRect(), canvas = byId("canvas").getBoundingClientRect();
  return panel.left < canvas.right && panel.height ? Math.max(0, canvas.bottom - panel.top) : 0;
}

const NEAR = 6;
/** Return the line at a point of the screen, or close by; the renderer finds the nearest, from further away the more it is magnified. */
function lineAt(point) {
  const edge = network.body.edges[network.getEdgeAt(point)];
  if (!edge) return null;
  const { x, y } = network.DOMtoCanvas(point), { from, to } = edge;
  return edge.edgeType.getDistanceToEdge(from.x, from.y, to.x, to.y, x, y) * network.getScale() <= NEAR ? edge.id : null;
}

function zoom(factor) {
  state.moved = true;
  network.moveTo({ scale: Math.min(8, Math.max(0.1, network.getScale() * factor)), animation: calm() });
}

function pointed(point) {
  const label = [...drawn.labels].reverse().find((box) => within(box, point));
  return label?.id ?? network.getNodeAt(point) ?? null;
}

function hoverAt(id, value = null, line = null) {
  byId("canvas").classList.toggle("pointing", Boolean(id ?? value ?? line));
  if (id === state.hover) return;
  state.hover = id;
  repaint();
}
