"use strict";
// The canvas: vis-network pans, zooms and routes the lines; nodes, labels and the time band are painted here.

// Drawing: nodes are painted at a size of the screen, between two bounds, whatever the zoom

const RADIUS = [6, 5, 6.5, 8.5, 15];
const MARGIN = { x: 26, top: 22, bottom: 14 };
const FAINT = 0.28;
const INNER = 12.5, LABEL = 12, LEAST = 11;
const troubled = new Set(page.conflicts.flatMap((conflict) => conflict.about));
const stretch = { x: 1, y: 1, scale: 1 };
const holdsText = (node) => !node.event && (node.shape === "box" || node.shape === "ellipse");
const size = () => Math.min(1.3, Math.max(0.62, network.getScale()));
const hollow = (node) => Boolean(node.status_id) && node.status_id !== "kg:Occurred";
const off = (node) => state.off.has(node.cls);
const touches = (edge, id) => edge.from === id || edge.to === id;
const ends = (edge) => [nodes.get(edge.from), nodes.get(edge.to)];
const font = (pixels, weight = 400) => `${weight} ${pixels}px ${FONT}`;
const FONT = getComputedStyle(document.body).fontFamily;
const pen = document.createElement("canvas").getContext("2d");

function measure(label, face) {
  pen.font = face;
  return pen.measureText(label).width;
}

function shorten(label, face, room) {
  if (measure(label, face) <= room) return label;
  const letters = [...label];
  while (letters.length > 2 && measure(`${letters.join("")}…`, face) > room) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}

function inner(node) {
  const name = nameOf(node.id), weight = node.importance > 2 ? 650 : 500;
  const room = Math.max(60, node.room * stretch.x * network.getScale() - (node.shape === "ellipse" ? 24 : 16));
  const tries = [[INNER, [name]], [11.5, [name]], [LEAST, halves(name)]].map(([one, lines]) => ({ face: font(Math.max(LEAST, one * size()), weight), lines }));
  const widest = ({ face, lines }) => Math.max(...lines.map((line) => measure(line, face)));
  const best = tries.find((one) => widest(one) <= room) ?? tries[2];
  const lines = best.lines.map((line) => shorten(line, best.face, room));
  return { ...best, lines, width: widest({ ...best, lines }) + (node.shape === "ellipse" ? 26 : 18) * size(), height: INNER * (lines.length > 1 ? 2.5 : 1.95) * size() };
}

function extent(node) {
  if (holdsText(node) && INNER * size() >= LEAST) return inner(node);
  const radius = (node.event ? 5 : RADIUS[node.importance] ?? 6) * size();
  const wide = node.shape === "box" || node.shape === "ellipse";
  return { radius, width: radius * (wide ? 2.8 : 2.2), height: radius * (wide ? 1.6 : 2.2) };
}

function readableOn(color) {
  const [r, g, b] = [1, 3, 5].map((i) => (parseInt(color.slice(i, i + 2), 16) / 255) ** 2.2);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#101418" : "#ffffff";
}

function lit(id) {
  if (state.edge) return touches(edges.get(state.edge), id);
  return !state.node || id === state.node || near(state.node).has(id);
}

function outline(ctx, node, { width, height, radius }) {
  const path = new Path2D();
  if (radius) path.addPath(paths[node.shape] ?? paths.dot, new DOMMatrix([radius, 0, 0, radius, 0, 0]));
  else if (node.shape === "ellipse") path.ellipse(0, 0, width / 2, height / 2, 0, 0, 7);
  else path.roundRect(-width / 2, -height / 2, width, height, 5 * size());
  return path;
}

function paint({ ctx, id, x, y }) {
  const node = nodes.get(id);
  const box = extent(node);
  const unit = 1 / network.getScale();
  return { drawNode: () => paintNode(ctx, node, box, x, y, unit), nodeDimensions: { width: (box.width + 5) * unit, height: (box.height + 5) * unit } };
}

function paintNode(ctx, node, box, x, y, unit) {
  const path = outline(ctx, node, box);
  const color = colorOf(node.cls);
  ctx.translate(x, y);
  ctx.scale(unit, unit);
  ctx.globalAlpha = lit(node.id) ? 1 : FAINT;
  if (node.span > 6) paintSpan(ctx, node.span / 2 / unit * stretch.x, color);
  ctx.globalAlpha = 1;
  if (!node.event) stroke(ctx, path, theme("canvas"), 5);
  if (node.id === state.node) stroke(ctx, path, theme("ink"), 6.5);
  if (node.id === state.node) stroke(ctx, path, theme("canvas"), 3);
  fill(ctx, path, theme("canvas"));
  ctx.globalAlpha = lit(node.id) ? 1 : FAINT;
  if (!hollow(node)) fill(ctx, path, color);
  if (hollow(node)) stroke(ctx, path, color, 1.6, [3, 2]);
  const ink = hollow(node) ? theme("ink") : readableOn(color);
  box.lines?.forEach((line, i) => write(ctx, line, 0, 0.5 + (i - (box.lines.length - 1) / 2) * (LEAST + 2), box.face, ink, "center"));
  if (troubled.has(node.id)) badge(ctx, box.width / 2 + 1, -box.height / 2 - 1);
}

function paintSpan(ctx, half, color) {
  ctx.fillStyle = color;
  ctx.beginPath();
  ctx.roundRect(-half, -1.5, 2 * half, 3, 1.5);
  ctx.fill();
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

const place = (x, y) => network.canvasToDOM({ x: (x - page.canvas.width / 2) * stretch.x, y: (y - page.canvas.height / 2) * stretch.y });

function paintBand(ctx) {
  if (!page.band.ticks.length && page.band.undated === undefined) return;
  const { width, height, top } = page.canvas;
  const [start, end] = [place(0, top - 10), place(width, height)];
  const columns = [...page.band.ticks, ...(page.band.undated === undefined ? [] : [[page.band.undated, word("undated")]])];
  ctx.fillStyle = theme("hairline");
  ctx.fillRect(start.x, start.y, end.x - start.x, 1);
  const breadth = columns.length > 1 ? (columns[1][0] - columns[0][0]) * network.getScale() * stretch.x : 99;
  columns.forEach(([x, label], i) => {
    const left = place(x, top).x;
    ctx.fillStyle = theme("hairline");
    ctx.fillRect(Math.round(left), start.y, 1, end.y - start.y);
    if (breadth > 34 || i % 3 === 0) write(ctx, label, left + 6, end.y - 8, font(LEAST + 0.5), theme("muted"), "left");
  });
}

// Labels: the most important first, each where it hides nothing, or not at all

const overlaps = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
const within = (box, p) => p.x >= box.x && p.x <= box.x + box.w && p.y >= box.y && p.y <= box.y + box.h;

function glyphBox(node) {
  const { x, y } = network.canvasToDOM(network.getPosition(node.id));
  const { width, height } = extent(node);
  return { id: node.id, x: x - width / 2, y: y - height / 2, w: width, h: height, inside: holdsText(node) && INNER * size() >= LEAST };
}

function halves(label) {
  const spaces = [...label.matchAll(/ /g)].map(({ index }) => index);
  if (!spaces.length) return [label];
  const middle = spaces.reduce((a, b) => (Math.abs(b - label.length / 2) < Math.abs(a - label.length / 2) ? b : a));
  return [label.slice(0, middle), label.slice(middle + 1)];
}

function spots(node, box, face) {
  const name = nameOf(node.id);
  const room = Math.max(node.room * stretch.x * network.getScale(), node.event ? 80 : 96);
  const [full, short, split] = [[name], [shorten(name, face, room)], halves(name).map((part) => shorten(part, face, Math.max(room * 1.1, 150)))];
  const wide = Math.max(box.w, node.span * stretch.x * network.getScale());
  const middle = box.x + box.w / 2, level = box.y + box.h / 2, end = byId("canvas").clientWidth - 4;
  const at = (lines, x, y) => {
    const w = Math.max(...lines.map((line) => measure(line, face))), h = lines.length * (LABEL + 3);
    const seen = middle > 0 && middle < end;
    return { lines, x: seen ? Math.max(4, Math.min(x(w), end - w)) : x(w), y: y(h), w, h };
  };
  const left = (w) => middle - wide / 2 - w - 5, right = () => middle + wide / 2 + 5, center = (w) => middle - w / 2;
  const row = (h) => level - h / 2, below = () => box.y + box.h + 2, above = (h) => box.y - h - 1;
  const [first, second] = node.side === "left" ? [left, right] : [right, left];
  if (node.event) return [...(rank(node) >= 4 ? [full] : []), short].flatMap((lines) => [at(lines, first, row), at(lines, second, row)]);
  return [[full, center, below], [split, center, below], [short, center, below], [split, center, above], [short, center, above], [short, right, row], [short, left, row]].map((one) => at(...one));
}

function rank(node) {
  if (node.id === state.node) return 9;
  if (node.id === state.hover) return 8;
  return (state.node || state.edge) && lit(node.id) ? 4 + node.importance / 5 : node.importance / 5;
}

function paintLabels(ctx) {
  const seen = [...nodes.values()].filter((node) => !off(node));
  const taken = seen.map(glyphBox);
  const outside = seen.map((node, i) => [node, taken[i]]).filter(([, box]) => !box.inside);
  drawn.labels = taken.filter((box) => box.inside);
  drawn.missing = 0;
  for (const [node, box] of outside.sort(([a], [b]) => rank(b) - rank(a))) {
    const face = font(LABEL, node.importance > 3 || node.id === state.node ? 650 : 400);
    const tries = spots(node, box, face);
    const spot = tries.find((one) => !taken.some((other) => overlaps(one, other))) ?? (rank(node) >= 8 ? tries[0] : null);
    if (!spot) { drawn.missing += 1; continue; }
    taken.push(spot);
    drawn.labels.push({ ...spot, id: node.id });
    ctx.globalAlpha = lit(node.id) ? 1 : 0.3;
    spot.lines.forEach((line, i) => write(ctx, line, spot.x + spot.w / 2, spot.y + (i + 0.5) * (LABEL + 3), face, theme("ink"), "center", theme("canvas")));
  }
  paintEdgeLabels(ctx, taken);
}

function paintEdgeLabels(ctx, taken) {
  const active = [...edges.values()].filter((edge) => shownEdge(edge) && spoken(edge));
  ctx.globalAlpha = 1;
  for (const edge of active.length <= 15 ? active : []) {
    const drawnEdge = network.body.edges[edge.id];
    const face = font(LEAST), label = propertyOf(edge.property), w = measure(label, face);
    const places = [0.5, 0.35, 0.65].map((t) => network.canvasToDOM(drawnEdge.edgeType.getPoint(t)));
    const boxes = places.map(({ x, y }) => ({ x: x - w / 2 - 3, y: y - 8, w: w + 6, h: 16 }));
    const box = boxes.find((one) => !taken.some((other) => overlaps(one, other)));
    if (!box) continue;
    taken.push(box);
    write(ctx, label, box.x + 3, box.y + 8, face, theme("muted"), "left", theme("canvas"));
  }
}

// Edges: an event's are drawn only while it is pointed at

const around = new Map(data.nodes.map((node) => [node.id, new Set()]));
data.edges.forEach((edge) => { around.get(edge.from).add(edge.to); around.get(edge.to).add(edge.from); });
const near = (id) => around.get(id);
const spoken = (edge) => edge.id === state.edge || [state.node, state.hover].some((id) => id && touches(edge, id));
const shownEdge = (edge) => !ends(edge).some(off) && (!edge.event || spoken(edge));

function edgeLook(edge) {
  const focused = state.node || state.edge;
  const color = properties.get(edge.property)?.color?.[state.theme] ?? theme("line");
  const faint = focused && !spoken(edge);
  const width = edge.width * (spoken(edge) && !edge.event ? 1.7 : 1);
  return { id: edge.id, hidden: !shownEdge(edge), width, color: { color, opacity: faint ? 0.14 : 1 } };
}

function repaint() {
  const looks = data.edges.map(edgeLook).filter((look) => {
    const edge = edges.get(look.id), key = JSON.stringify(look);
    return edge.look !== key && ((edge.look = key), true);
  });
  if (looks.length) visEdges.update(looks);
  network.redraw();
}

function smooth([type, roundness]) {
  const upright = type === "horizontal" || type === "vertical";
  return { enabled: true, roundness, type: upright ? "cubicBezier" : type, ...(upright && { forceDirection: type }) };
}

const visNodes = new vis.DataSet(data.nodes.map(({ id, x, y }) => ({ id, x, y, shape: "custom", ctxRenderer: paint })));
const visEdges = new vis.DataSet(data.edges.map(({ id, from, to, bend, dotted, width }) => ({ id, from, to, smooth: smooth(bend), dashes: dotted ? [1, 5] : false, width, hidden: true })));
const network = new vis.Network(byId("canvas"), { nodes: visNodes, edges: visEdges }, {
  physics: false,
  layout: { improvedLayout: false },
  interaction: { dragNodes: false, hover: false, selectable: false, selectConnectedEdges: false, hideEdgesOnDrag: false },
  edges: { chosen: false, arrows: { to: { enabled: true, scaleFactor: 0.4 } }, selfReference: { size: 14 } },
});

function frame() {
  const { clientWidth, clientHeight } = byId("canvas");
  const [w, h] = [clientWidth - 2 * MARGIN.x, clientHeight - MARGIN.top - MARGIN.bottom];
  if (w <= 0 || h <= 0) return;
  const { width, height } = page.canvas;
  const scale = Math.min(w / width, h / height);
  Object.assign(stretch, { x: Math.min(1.8, w / width / scale), y: Math.min(2.4, h / height / scale), scale });
  visNodes.update(data.nodes.map(({ id, x, y }) => ({ id, x: (x - width / 2) * stretch.x, y: (y - height / 2) * stretch.y })));
  state.moved = false;
  network.moveTo({ position: { x: 0, y: (MARGIN.bottom - MARGIN.top) / 2 / scale }, scale, animation: false });
}

function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? false : { duration: 350, easingFunction: "easeInOutCubic" };
}

function zoom(factor) {
  state.moved = true;
  network.moveTo({ scale: Math.min(8, Math.max(0.1, network.getScale() * factor)), animation: calm() });
}

function pointed(point) {
  const label = [...drawn.labels].reverse().find((box) => within(box, point));
  return label?.id ?? network.getNodeAt(point) ?? null;
}

function hover(event) {
  const id = event.type === "pointerleave" ? null : pointed({ x: event.offsetX, y: event.offsetY });
  byId("canvas").classList.toggle("pointing", Boolean(id));
  if (id === state.hover) return;
  state.hover = id;
  repaint();
}
