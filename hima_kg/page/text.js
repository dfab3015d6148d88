"use strict";
// The data, what the reader has chosen, and how things are put into words and elements.
// Everything shown goes through textContent; what the data and the address bar say is taken as untrusted.

const data = JSON.parse(document.getElementById("data").textContent);
const { page } = data;
const root = document.documentElement;
const byId = (id) => document.getElementById(id);
const table = (name) => new Map(Object.entries(page[name]));
const [classes, properties, documents, claims, rules, asides] = ["classes", "properties", "documents", "claims", "rules", "asides"].map(table);
const nodes = new Map(data.nodes.map((node) => [node.id, node]));
const edges = new Map(data.edges.map((edge) => [edge.id, edge]));
const state = { lang: page.lang, theme: "", node: null, edge: null, hover: null, themed: false, off: new Set(), moved: false };
const drawn = { labels: [], missing: 0 };

// Words

const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;
const escaped = (sign) => `⟨U+${sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
const visible = (text) => String(text).replace(HIDDEN, escaped);
const word = (key) => (Object.hasOwn(page.words, state.lang) ? page.words[state.lang] : page.words.en)[key];
const inLang = (names) => names && (names[state.lang] ?? names.en ?? Object.values(names)[0]);
const named = (names, otherwise) => visible(inLang(names) || otherwise);
const nameOf = (id) => named((nodes.get(id) ?? asides.get(id))?.label, id);
const classOf = (node) => named(classes.get(node.cls)?.label, node.cls);
const propertyOf = (id) => named(properties.get(id)?.label, id);
const tag = (lang) => (lang ? lang.replace(/-([a-z]{4})\b/i, (_, s) => `-${s[0].toUpperCase()}${s.slice(1)}`) : null);
const fold = (text) => text.normalize("NFKD").toLowerCase().replace(/[\u0300-\u036f]/g, "").normalize("NFC").trim();
const squeeze = (text) => text.replace(/[\s\-_.·'’]+/g, "");

function languageName(lang) {
  const known = { en: "English", "zh-hans": "中文", ko: "한국어" };
  return known[lang] ?? new Intl.DisplayNames([lang], { type: "language" }).of(lang);
}

function dated({ earliest, latest }) {
  if (!earliest || !latest) return earliest || latest ? `${earliest ?? "…"} – ${latest ?? "…"}` : word("undated");
  if (earliest === latest) return earliest;
  const end = new Date(`${latest}T00:00:00Z`);
  end.setUTCDate(end.getUTCDate() + 1);
  const wholeMonths = earliest.endsWith("-01") && end.getUTCDate() === 1;
  if (wholeMonths && earliest.slice(0, 7) === latest.slice(0, 7)) return earliest.slice(0, 7);
  if (earliest.endsWith("-01-01") && latest === `${earliest.slice(0, 4)}-12-31`) return earliest.slice(0, 4);
  return `${earliest} – ${latest}`;
}

// Elements

function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

const text = (name, style, ...children) => el(name, { class: style }, ...children.flat());
const bdi = (value, lang) => el("bdi", { lang: tag(lang) }, visible(value));
const goTo = (id) => (nodes.has(id) ? el("button", { type: "button", class: "link", click: () => choose(id) }, bdi(nameOf(id))) : bdi(nameOf(id)));

function outward(url, label) {
  if (!/^https?:\/\/[^\s]+$/i.test(url ?? "")) return label;
  return el("a", { href: url, rel: "noopener noreferrer", referrerpolicy: "no-referrer", target: "_blank" }, label);
}

const SHAPES = {
  square: "M-.85-.85H.85V.85H-.85Z",
  diamond: "M0-1.2 1.2 0 0 1.2-1.2 0Z",
  triangle: "M0-1.1 1.1.85H-1.1Z",
  triangleDown: "M0 1.1 1.1-.85H-1.1Z",
  hexagon: "M1 0 .5.87H-.5L-1 0-.5-.87H.5Z",
  star: "M0-1.25.31-.42 1.19-.39.5.16.73 1.01 0 .52-.73 1.01-.5.16-1.19-.39-.31-.42Z",
  dot: "M-.95 0A.95.95 0 1 1 .95 0A.95.95 0 1 1-.95 0Z",
  box: "M-1.2-.7H1.2Q1.4-.7 1.4-.5V.5Q1.4.7 1.2.7H-1.2Q-1.4.7-1.4.5V-.5Q-1.4-.7-1.2-.7Z",
  ellipse: "M-1.4 0A1.4.8 0 1 1 1.4 0A1.4.8 0 1 1-1.4 0Z",
};
const paths = Object.fromEntries(Object.entries(SHAPES).map(([name, path]) => [name, new Path2D(path)]));
const colorOf = (cls) => classes.get(cls)?.color?.[state.theme] ?? theme("muted");
const inks = new Map();
const INKS = ["canvas", "hairline", "ink", "muted", "warning", "line"];
const theme = (name) => inks.get(name);

function glyph(cls) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [key, value] of Object.entries({ viewBox: "-1.5 -1.5 3 3", "aria-hidden": "true", class: "glyph" })) svg.setAttribute(key, value);
  path.setAttribute("d", SHAPES[classes.get(cls)?.shape] ?? SHAPES.dot);
  path.setAttribute("fill", colorOf(cls));
  svg.append(path);
  return svg;
}

function wear() {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  if (!state.themed) state.theme = dark;
  root.setAttribute("data-theme", state.theme);
  for (const name of INKS) inks.set(name, getComputedStyle(root).getPropertyValue(`--${name}`).trim());
}

wear();
