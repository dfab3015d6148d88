// What one takes away: the picture as SVG or PNG, what is seen as Turtle, or a print.

/** Draw what is seen as one SVG: lines from where they run, things and labels from where they stand, the whole band beneath. */
function picture() {
  network.redraw();
  const canvas = byId("canvas"), band = byId("band"), top = 34;
  const shelf = band.querySelector(".rows"), folded = shelf ? shelf.scrollHeight - shelf.clientHeight : 0;
  const width = canvas.clientWidth, height = top + canvas.clientHeight + (band.hidden ? 0 : band.clientHeight + folded);
  const title = [visible(page.title), state.asof && `${word("asof")} ${state.asof}`].filter(Boolean).join(" · ");
  return svg("svg", { xmlns: SVG, width, height, viewBox: `0 0 ${width} ${height}`, "font-family": FONT, lang: tag(state.lang) },
    svg("title", {}, title), svg("rect", { width, height, fill: theme("canvas") }),
    svg("text", { x: 20, y: 23, "font-size": 15, "font-weight": 650, fill: theme("ink") }, title),
    svg("g", { transform: `translate(0 ${top})` }, drawnLines().map(drawnLine), drawn.values.map(drawnValue), drawn.glyphs.map(drawnThing), drawn.labels.filter((label) => !label.inside).map(drawnLabel), drawn.badges.map(drawnBadge), drawn.notes.map(drawnNote)),
    band.hidden ? "" : svg("g", { transform: `translate(0 ${top + canvas.clientHeight})` }, drawnBand(band, folded)));
}

function drawnLine(edge) {
  const curve = network.body.edges[edge.id].edgeType, level = sight(edge), look = edgeLook(edge), color = colorOfLine(rowOf(edge), level);
  const points = edge.from === edge.to ? looped(edge.from) : Array.from({ length: 33 }, (_, i) => network.canvasToDOM(curve.getPoint(i / 32)));
  const target = drawn.glyphs.find((box) => box.id === edge.to);
  while (points.length > 2 && target && within(target, points[points.length - 1])) points.pop();
  const scale = network.getScale(), wide = look.width * scale, tip = points[points.length - 1], before = points[points.length - 2];
  const turn = Math.atan2(tip.y - before.y, tip.x - before.x) * 180 / Math.PI, long = 3.5 + 2.2 * wide;
  const heads = { arrow: `M0 0-${long} ${long / 2.4}V-${long / 2.4}Z`, vee: `M-${long} ${long / 2.4} 0 0-${long}-${long / 2.4}`, bar: `M0-${long / 2}V${long / 2}` };
  const opacity = look.color.opacity, head = look.arrows.to.type;
  const path = `M${points.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`;
  return [
    svg("path", { d: path, fill: "none", stroke: color, "stroke-width": wide.toFixed(2), "stroke-dasharray": look.dashes ? look.dashes.map((dash) => (dash * scale).toFixed(1)).join(" ") : null, opacity }),
    svg("path", { d: heads[head].replace(/-(\d)/g, " -$1"), transform: `translate(${tip.x.toFixed(1)} ${tip.y.toFixed(1)}) rotate(${turn.toFixed(1)})`, fill: head === "arrow" ? color : "none", stroke: head === "arrow" ? null : color, "stroke-width": Math.max(1.2, wide).toFixed(2), opacity }),
  ];
}

/** Return a ring over a thing that is linked with itself. */
function looped(id) {
  const { x, y, w } = drawn.glyphs.find((box) => box.id === id), r = 14 * network.getScale();
  return Array.from({ length: 25 }, (_, i) => ({ x: x + w / 2 + r + r * Math.cos(Math.PI * (1 - i / 16)), y: y - r / 2 - r * Math.sin(Math.PI * (i / 16)) }));
}

function drawnThing(box) {
  const node = nodes.get(box.id), { radius, parts, face } = extent(node), color = colorOf(clsOf(node));
  const x = box.x + box.w / 2, y = box.y + box.h / 2, ring = { fill: color, stroke: node.id === state.node ? theme("ink") : theme("canvas"), "stroke-width": 2.5, "paint-order": "stroke" };
  const place = `translate(${x.toFixed(1)} ${y.toFixed(1)})`, half = { w: box.w / 2, h: box.h / 2 };
  const shape = radius ? svg("path", { d: shapeOf(clsOf(node)), transform: `scale(${radius})`, ...ring, "stroke-width": 2.5 / radius })
    : node.shape === "ellipse" ? svg("ellipse", { rx: half.w, ry: half.h, ...ring }) : svg("rect", { x: -half.w, y: -half.h, width: box.w, height: box.h, rx: 5, ...ring });
  const found_ = state.found.has(node.id) && svg("rect", { x: -half.w - 5, y: -half.h - 5, width: box.w + 10, height: box.h + 10, rx: 8, fill: "none", stroke: theme("accent"), "stroke-width": 2.5 });
  const written = (parts ?? []).map((line, i) => svg("text", { y: 0.5 + (i - (parts.length - 1) / 2) * (LEAST + 2), ...lettering(face), fill: readableOn(color), "text-anchor": "middle", "dominant-baseline": "central" }, line));
  const dot = troubled.has(node.id) && svg("circle", { cx: half.w + 1, cy: -half.h - 1, r: 3.1, fill: theme("warning") });
  return svg("g", { transform: place, opacity: lit(node.id) ? 1 : FAINT }, found_, shape, written, dot);
}

function lettering(face) {
  const [, weight, pixels] = /^(\d+) ([\d.]+)px/.exec(face);
  return { "font-weight": weight, "font-size": pixels };
}

function drawnLabel({ id, parts, x, y, w, face }) {
  return parts.map((line, i) => svg("text", { x: (x + w / 2).toFixed(1), y: (y + (i + 0.5) * (LABEL + 3)).toFixed(1), ...lettering(face), fill: theme("ink"), stroke: theme("canvas"), "stroke-width": 4, "stroke-linejoin": "round", "paint-order": "stroke", "text-anchor": "middle", "dominant-baseline": "central", opacity: lit(id) ? 1 : 0.3 }, line));
}

function drawnNote({ label, x, y, disputed, faint }) {
  return svg("text", { x: x + 3, y: y + 8, "font-size": LEAST, "font-weight": disputed ? 650 : 400, fill: theme(disputed ? "warning" : "muted"), stroke: theme("canvas"), "stroke-width": 4, "paint-order": "stroke", "dominant-baseline": "central", opacity: faint ? 0.3 : 1 }, label);
}

function drawnBadge({ label, x, y, w, h, color, faint }) {
  return svg("g", { opacity: faint ? 0.3 : 1 },
    svg("rect", { x, y, width: w, height: h, rx: h / 2, fill: theme("canvas"), stroke: color, "stroke-width": 1.25 }),
    svg("text", { x: x + w / 2, y: y + h / 2, "font-size": LEAST, "font-weight": 600, fill: theme("ink"), "text-anchor": "middle", "dominant-baseline": "central" }, label));
}

/** Draw the band with all its rows: as much taller than on the screen as some are folded away. */
function drawnBand(band, folded) {
  const home = band.getBoundingClientRect(), scrolled = band.querySelector(".rows").scrollTop, height = home.height + folded;
  const box = (element) => { const { left, top, width, height } = element.getBoundingClientRect(); return { x: left - home.left, y: top - home.top, w: width, h: height }; };
  const years = [...band.querySelectorAll(".tick")].map((mark) => {
    const { x, y, w } = box(mark), year = mark.querySelector(".year"), at = year && box(year);
    return [
      mark.classList.contains("lull") && svg("rect", { x, y, width: w, height: height - y, fill: theme("hairline"), opacity: 0.4 }),
      !mark.classList.contains("quiet") && svg("path", { d: `M${x} ${y}V${height}`, stroke: theme("hairline") }),
      year && svg("text", { x: at.x, y: at.y + at.h / 2 + folded, "font-size": 12, fill: theme("muted"), "dominant-baseline": "central" }, year.textContent),
    ];
  });
  const day = [...band.querySelectorAll(".axis .day")].map((mark) => { const { x, w } = box(mark); return svg("rect", { x, width: w, height, fill: theme("accent"), opacity: 0.16 }); });
  const events = [...band.querySelectorAll(".event")].map((mark) => {
    const node = nodes.get(mark.dataset.id), bar = box(mark.querySelector(".bar")), name = box(mark.querySelector(".name"));
    if (!bar.w) return ""; // where the window is low, only the years are there
    const color = colorOf(clsOf(node)), open = isOpen(node), top = bar.y + scrolled, middle = top + bar.h / 2, yet = mark.classList.contains("yet");
    const look = open ? { fill: theme("canvas"), stroke: color, "stroke-width": 0.25, "stroke-dasharray": ".5 .35" } : { fill: color };
    const start = mark.classList.contains("left");
    return svg("g", { opacity: mark.classList.contains("faint") ? FAINT : 1 },
      svg("g", { opacity: yet ? 0.7 : 1 },
        bar.w > GLYPH + 1 && svg("path", { d: `M${bar.x} ${middle}H${bar.x + bar.w}`, stroke: color, "stroke-width": open ? 2 : 3, "stroke-dasharray": open ? "6 4" : null }),
        svg("path", { d: shapeOf(clsOf(node)), transform: `translate(${bar.x + bar.w / 2} ${middle}) scale(4.6)`, ...look })),
      svg("text", { x: start ? name.x + name.w : name.x, y: middle, "font-size": LABEL, fill: theme(yet ? "muted" : "ink"), "text-anchor": start ? "end" : "start", "dominant-baseline": "central" }, shorten(labelOf(node.id), font(LABEL), name.w + 2)),
      troubled.has(node.id) && svg("circle", { cx: bar.x + bar.w / 2 + 7, cy: top + 4, r: 3, fill: theme("warning") }));
  });
  const asof = state.asof && [...band.querySelectorAll(".grip")].map((mark) => { const { x, y, w, h } = box(mark); return [svg("rect", { x, y: y + folded, width: w, height: h, rx: 9, fill: theme("accent") }), svg("text", { x: x + w / 2, y: y + folded + h / 2, "font-size": 11.5, "font-weight": 600, fill: theme("paper"), "text-anchor": "middle", "dominant-baseline": "central" }, state.asof)]; });
  const more = [...band.querySelectorAll(".loose")].map((pill) => { const { x, y, w, h } = box(pill); return svg("text", { x: x + w, y: y + folded + h / 2, "font-size": 12, fill: theme("muted"), "text-anchor": "end", "dominant-baseline": "central" }, pill.textContent); });
  return [svg("path", { d: `M0 .5H${home.width}`, stroke: theme("hairline") }), years, day, events, more, asof];
}

const fileName = (ending) => `${(page.title.normalize("NFKD").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "graph").toLowerCase()}${state.asof ? `-${state.asof.replaceAll("/", "-")}` : ""}.${ending}`;

function save(blob, ending) {
  const address = URL.createObjectURL(blob), link = el("a", { href: address, download: fileName(ending) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 5000);
}

/** Return the picture as a file's text, with the font that the page brought, so that it looks the same elsewhere. */
function svgText() {
  const faces = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).filter((rule) => rule instanceof CSSFontFaceRule);
  const style = faces.map((rule) => rule.cssText.replaceAll("&", "&amp;").replaceAll("<", "&lt;")).join("\n");
  return new XMLSerializer().serializeToString(picture()).replace("</title>", () => `</title>${style && `<style>${style}</style>`}`);
}

async function pngBlob(scale = 2) {
  const address = URL.createObjectURL(new Blob([svgText()], { type: "image/svg+xml" })), image = new Image();
  try {
    image.src = address;
    await image.decode();
    const canvas = el("canvas", { width: image.naturalWidth * scale, height: image.naturalHeight * scale });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob(done, "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}

// Turtle: what is seen that holds, with the citations. What may hold, or held once, is a state with its bounds; plans are left out.

const literal = ({ o, lang, type }) => `${JSON.stringify(o).replace(/[\u007f-\u009f]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`)}${lang ? `@${lang}` : type ? `^^${type}` : ""}`;
const term = (row) => (row.link ? row.o : literal(row));
const isSure = (row) => ["certain", "implied", "undated"].includes(standing(row));
const derivedFrom = (cited) => (cited.length ? [`prov:wasDerivedFrom ${[...new Set(cited)].sort().join(", ")}`] : []);
const block = (subject, parts) => `${subject} ${parts.join(" ;\n    ")} .`;

function stateBlock(row, held) {
  const level = levelOf(held, lookedAt()), bounds = BOUNDS.filter((name) => held[name]).map((name) => `kg:${name} "${held[name]}"^^xsd:date`);
  const certainty = holds(level) ? [`kg:certainty kg:${level[0].toUpperCase()}${level.slice(1)}`] : [];
  return block("[]", ["a kg:State", `rdf:subject ${row.s}`, `rdf:predicate ${row.p}`, `rdf:object ${term(row)}`, ...certainty, ...bounds, ...derivedFrom(heard([...row.claims, ...held.claims]))]);
}

function turtleRows() {
  if (state.tab === "table") return tableRows().filter((row) => !row.derived);
  const isSeen = new Set([...entities.filter((node) => seen(node.id)), ...[...nodes.values()].filter((node) => node.event && !off(node.id) && tense(node) !== "yet")].map((node) => node.id));
  const told = [...isSeen].flatMap((id) => (about.get(id) ?? []).filter((row) => NAMING.has(row.p) || TELLING.has(row.p) || (state.values && isValue(row))));
  return [...told, ...[...lines.filter(sight), ...[...threads].filter((edge) => isSeen.has(edge.from) && isSeen.has(edge.to))].map(rowOf)].filter((row) => !isFiltered(row));
}

const TELLING = new Set(["kg:status", "kg:date"]);

function turtle() {
  const rows = turtleRows(), sure = grouping(rows.filter(isSure), (row) => row.s);
  const blocks = [...sure.keys()].sort().map((id) => {
    const kind = things.has(id) ? [`a ${things.get(id).cls}`] : [];
    return block(id, [...kind, ...sure.get(id).map((row) => `${row.p} ${term(row)}`), ...derivedFrom(heard(sure.get(id).flatMap(citedBy)))]);
  });
  const states = rows.filter((row) => !isSure(row) && standing(row) !== "claimed").flatMap((row) => (heldOf(row).length ? heldOf(row) : [{ claims: [] }]).map((held) => stateBlock(row, held)));
  const body = [...blocks, ...states.sort()].join("\n\n");
  const prefixes = Object.entries(page.prefixes ?? {}).filter(([prefix]) => new RegExp(`(^|[\\s^])${prefix}:`, "m").test(body)).map(([prefix, space]) => `@prefix ${prefix}: <${space}> .`);
  const head = `# ${visible(page.title).replace(/\s+/g, " ")}${state.asof ? `, as of ${state.asof}` : ""}: what is seen in the network view of ${visible(page.digest ?? "").slice(0, 12)}`;
  return `${head}\n${prefixes.join("\n")}\n\n${body}\n`;
}

const EXPORTS = {
  png: async () => save(await pngBlob(), "png"),
  svg: () => save(new Blob([svgText()], { type: "image/svg+xml" }), "svg"),
  turtle: () => save(new Blob([turtle()], { type: "text/turtle" }), "ttl"),
  print: () => window.print(),
};

function openExports() {
  const menu = byId("exports"), isOpen_ = menu.hidden;
  menu.hidden = !isOpen_;
  byId("export").setAttribute("aria-expanded", String(isOpen_));
  if (isOpen_) menu.querySelector("button").focus();
}

const OF_PICTURE = new Set(["png", "svg"]), OF_TRIPLES = new Set(["turtle"]);
const isOffered = (name) => state.tab === "network" || (!OF_PICTURE.has(name) && (!OF_TRIPLES.has(name) || state.tab === "table"));
const renderExports = () => byId("exports").replaceChildren(...Object.entries(EXPORTS).filter(([name]) => isOffered(name)).map(([name, act]) => button("", () => { openExports(); byId("export").focus(); act()?.catch?.(reportError); }, word(name))));
